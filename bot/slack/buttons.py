"""What can be clicked. A button is a line said by clicking: its value is what follows the word.

That is `INC-7` and perhaps more, or `A-31`; of boxes, each has its own. `all_buttons()` knows them all.
"""

import functools
import importlib
from collections.abc import Callable
from types import ModuleType

from sqlmodel import Session

from bot.lib.plugins import modules_in
from bot.slack import commands
from bot.slack.blocks import Block, confirm
from bot.slack.blocks import button as drawn
from bot.slack.commands import Ask, Reply
from bot.slack.forms import Form

Press = Callable[[Session, Ask], Reply]
ELSEWHERE = ("bot.slack.home", "bot.slack.shortcuts")  # what is clicked or filled in without a command


def button(action: str) -> Callable[[Press], Press]:
    """Mark a function as what a click on this action does; a link alone needs none."""

    def mark(function: Press) -> Press:
        function.presses = (*getattr(function, "presses", ()), action)  # type: ignore[attr-defined]
        return function

    return mark


@functools.cache
def rooms() -> tuple[ModuleType, ...]:
    return (*modules_in(commands), *(importlib.import_module(name) for name in ELSEWHERE))


@functools.cache
def all_buttons() -> dict[str, Press]:
    """Action to function, found by what is marked."""
    things = [thing for module in rooms() for thing in vars(module).values()]
    return {action: thing for thing in things for action in getattr(thing, "presses", ())}


@functools.cache
def all_forms() -> dict[str, Form]:
    """Callback to form."""
    things = [thing for module in rooms() for thing in vars(module).values()]
    return {thing.callback: thing for thing in things if isinstance(thing, Form)}


def acknowledge(ref: str) -> Block:
    return drawn("Acknowledge", "incident.acknowledge", ref)


def update_customers(ref: str) -> Block:
    return drawn("Update customers", "update.open", ref)


def tell_first(ref: str, words: str) -> Block:
    """The confirmation shows what will be told: two clicks, and no surprise."""
    asks = confirm("Tell customers that we know?", words, "Tell them")
    return drawn("Tell customers we know", "update.first", ref, confirm=asks)


def decide(ref: str, draft: int) -> list[Block]:
    """Yes, other words, or no to a text that waits."""
    value = f"{ref} {draft}"
    return [
        drawn("Approve", f"update.approve/{draft}", value, style="primary"),
        drawn("Change", f"update.change/{draft}", value),
        drawn("Discard", f"update.discard/{draft}", value),
    ]


def add_action(ref: str) -> Block:
    return drawn("Add action", "action.open", ref)


def resolve(ref: str) -> Block:
    return drawn("Resolve", "incident.resolve", ref)


def join_as(ref: str, role: str) -> Block:
    """`role` is its key, which is also the word on the button: Join as comms."""
    return drawn(f"Join as {role}", f"role.join/{role}", f"{ref} {role}")


def open_postmortem(ref: str) -> Block:
    return drawn("Open the postmortem", "postmortem.open", ref)


def list_actions(ref: str) -> Block:
    return drawn("Actions", "action.list", ref)


def close(ref: str) -> Block:
    return drawn("Close", "incident.close", ref)


def post_runbook(ref: str, name: str, title: str) -> Block:
    return drawn(f"Runbook: {title}", f"runbook.post/{name}", f"{ref} {name}")
