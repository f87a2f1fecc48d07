"""What people do with the bot: commands, clicks, forms, shortcuts; and what its answers do to screens."""

from __future__ import annotations

import html
import re
from typing import Any

from bot.sandbox import acts, finding, forms, methods_views, payloads
from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.channels import Channel, Message
from bot.sandbox.contract import check_response, check_submission, check_submission_answer
from bot.sandbox.contract.submission import HOLDS
from bot.sandbox.deliver import Ack, Deliveries
from bot.sandbox.finding import Found, Wish
from bot.sandbox.people import BOT_USER, Person
from bot.sandbox.views import View, blocks_with_ids
from bot.sandbox.workspace import Workspace

FAILED = '{} failed with the error "{}"'


class Hands:
    """Does things in people's name; every call returns what the bot answered and how fast."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries) -> None:
        self.workspace = workspace
        self.deliveries = deliveries

    async def command(self, person: Person, channel: Channel, line: str) -> Json:
        word, _, text = line.strip().partition(" ")
        if word not in self.workspace.installed.commands:
            raise NotPossible(f"{word} is not a valid command.")
        if channel.is_archived:
            raise NotPossible(f"#{channel.name} is archived: nobody can run a command there.")
        if self.workspace.installed.escapes_commands:
            text = escaped_names(self.workspace, text)
        form = payloads.command(self.workspace, person, channel, word, text)
        ack = await self.deliveries.command(form)
        if ack.is_good and not self._show_answer(person, channel, ack.body):
            ack.error = "invalid_command_response"
        if ack.error:
            self._slackbot(person, channel, FAILED.format(word, ack.error))
        return ack.shown() | {"trigger_id": form["trigger_id"]}

    async def words(self, person: Person, command: str) -> list[Json]:
        """Returns what a command knows, by its own help: each word, how it is used and what it does."""
        form = payloads.command(self.workspace, person, self.workspace.dm(person.id), command, "help")
        ack = await self.deliveries.command(form)
        text = ack.body.get("text", "") if isinstance(ack.body, dict) else str(ack.body or "")
        found = re.findall(rf"^`{re.escape(command)} ([^`]+)` *(.*)$", html.unescape(text), re.MULTILINE)
        return [{"word": usage.split()[0], "usage": usage, "help": help} for usage, help in found]

    def _show_answer(self, person: Person, channel: Channel, body: Any) -> bool:
        """Shows a command's answer; returns False when Slack would not take it."""
        answer: Json = body if isinstance(body, dict) else {"text": body}
        if not answer or not (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
            return True
        if check_response(answer):
            return False
        post_answer(self.workspace, channel, person.id, answer)
        return True

    def _slackbot(self, person: Person, channel: Channel, text: str) -> None:
        message = Message(self.workspace.stamp(), "USLACKBOT", text)
        acts.whisper(self.workspace, channel, person.id, message)

    async def click(self, person: Person, found: Found, value: Any, state: Json) -> Json:
        """Clicks a button or chooses something; what is chosen in a view stays chosen.

        `state` is what the fields around it hold, {block_id: {action_id: value}}.
        """
        self._look_around(found, state)
        held: Json = {}
        if found.element["type"] == "overflow" or found.element["type"] in HOLDS:
            held = forms.chosen(self.workspace, found.element, value)
        if found.element["type"] == "feedback_buttons":
            held = {"value": value}
        if found.view and found.element["type"] in HOLDS:
            found.view.typed.setdefault(found.block["block_id"], {})[found.element["action_id"]] = held
        chosen = {key: held[key] for key in held if key != "type"}
        payload = payloads.block_actions(self.workspace, person, found, chosen)
        ack = await self.deliveries.interaction(payload)
        return ack.shown() | {"trigger_id": payload["trigger_id"]}

    def _look_around(self, found: Found, state: Json) -> None:
        """Notes what the fields hold beside the one that is used: the bot is told of all."""
        if found.view:
            forms.take(self.workspace, found.view, state)
        elif found.message:
            found.typed = forms.typed(self.workspace, {"blocks": found.message.blocks or []}, state)

    async def suggest(self, person: Person, found: Found, typed: str, state: Json) -> Json:
        """Asks the bot what a menu offers for the letters typed so far."""
        self._look_around(found, state)
        payload = payloads.block_suggestion(person, found, typed)
        ack = await self.deliveries.interaction(payload)
        body = ack.body if isinstance(ack.body, dict) else {}
        groups = body.get("option_groups") or []
        options = body.get("options") or [one for group in groups for one in group["options"]]
        return ack.shown() | {"options": options, "option_groups": groups}

    async def submit(self, person: Person, view: View, values: Json, state: Json) -> Json:
        """Fills a form in and sends it; Slack's own refusals come before the bot hears of it."""
        forms.take(self.workspace, view, state)
        forms.fill(self.workspace, view, values)
        if refused := check_submission(view.shown(), view.state()):
            return {"status": None, "body": None, "ms": 0, "errors": refused, "view": view.shown()}
        urls = forms.response_urls(view)
        payload = payloads.view_submission(self.workspace, person, view, urls)
        ack = await self.deliveries.interaction(payload)
        errors = self._take(person, view, ack) if ack.is_good else {}
        stack = self.workspace.stacks.get(person.id, [])
        shown = ack.shown() | {"view": stack[-1].shown() if stack else None}
        return shown | ({"errors": errors} if errors else {})

    def _take(self, person: Person, view: View, ack: Ack) -> Json:
        """Does to the screen what the bot answered; returns the errors to show beside the fields."""
        if problems := check_submission_answer(view.body, ack.body):
            ack.error = f"invalid_response: {'; '.join(problems)}"
            return {}
        body = ack.body or {}
        action = body.get("response_action")
        if action == "update":
            methods_views.renewed(self.workspace, view, body["view"])
        elif action == "push":
            self._push(person, view, ack, body["view"])
        elif action == "clear":
            self.workspace.stacks[person.id] = []
            self.workspace.happened({"type": "sandbox_view", "user": person.id})
        elif action is None:
            self._close(view)
        return dict(body.get("errors") or {})

    def _push(self, person: Person, view: View, ack: Ack, body: Json) -> None:
        if len(self.workspace.stacks.get(person.id, [])) >= methods_views.DEEPEST:
            ack.error = "push_limit_reached"
        else:
            methods_views.opened(self.workspace, person.id, body, on=view)

    def _close(self, view: View) -> None:
        stack = self.workspace.stacks.get(view.user, [])
        self.workspace.stacks[view.user] = [one for one in stack if one is not view]
        self.workspace.happened({"type": "sandbox_view", "user": view.user})

    async def close_view(self, person: Person, *, is_cleared: bool) -> Json:
        """Closes the top view, or the whole stack; the bot hears of it if it asked to."""
        stack = self.workspace.stacks.get(person.id, [])
        if not stack:
            raise NotPossible(f"{person.first_name} has no view open.")
        leaving = stack if is_cleared else stack[-1:]
        for view in reversed(leaving):
            self._close(view)
        told = [view for view in leaving if view.notifies_on_close]
        acks = [
            await self.deliveries.interaction(payloads.view_closed(person, view, is_cleared=is_cleared))
            for view in told
        ]
        return acks[-1].shown() if acks else {"status": None, "body": None, "ms": 0}

    async def shortcut(self, person: Person, callback_id: str, on: tuple[Channel, Message] | None) -> Json:
        kind = self.workspace.installed.shortcuts.get(callback_id)
        if kind is None:
            raise NotPossible(f"There is no shortcut {callback_id!r}.")
        if kind == "shortcut":
            payload = payloads.shortcut(self.workspace, person, callback_id)
        elif on is None:
            raise NotPossible(f"{callback_id!r} is a shortcut on a message: name one by channel and ts.")
        else:
            payload = payloads.message_action(self.workspace, person, callback_id, *on)
        ack = await self.deliveries.interaction(payload)
        return ack.shown() | {"trigger_id": payload["trigger_id"]}

    def open_home(self, person: Person) -> None:
        """Opens the app's home; the bot answers in its own time with views.publish."""
        view = self.workspace.homes.get(person.id)
        event: Json = {"type": "app_home_opened", "user": person.id, "tab": "home"}
        event |= {"channel": self.workspace.dm(person.id).id, "event_ts": self.workspace.stamp()}
        self.workspace.happened(event | ({"view": view.shown()} if view else {}))

    def find(self, person: Person, wish: Wish, where: Json) -> Found:
        """Looks where the person says: in the home, a view, a channel; else at the top view first."""
        view = self._surface(person, where)
        found = finding.in_view(view, wish) if view else None
        if found:
            return found
        if view and (where.get("view_id") or where.get("home")):
            raise NotPossible(f"{person.first_name} sees no {wish} there.")
        named = where.get("channel")
        channel = self.workspace.channel(named, person.id) if named else None
        return finding.in_messages(self.workspace, person, wish, channel, where.get("ts"))

    def _surface(self, person: Person, where: Json) -> View | None:
        if where.get("home"):
            return self.workspace.homes.get(person.id)
        stack = self.workspace.stacks.get(person.id, [])
        if where.get("view_id"):
            return next((view for view in stack if view.id == where["view_id"]), None)
        return stack[-1] if stack and not where.get("channel") and not where.get("ts") else None


def post_answer(workspace: Workspace, channel: Channel, user: str, answer: Json) -> Message:
    """Posts what came back to a command or over a response_url; only in_channel is for everybody."""
    blocks = answer.get("blocks")
    message = Message(
        workspace.stamp(),
        BOT_USER,
        answer.get("text") or "",
        blocks=blocks_with_ids(blocks) if blocks else None,
        attachments=answer.get("attachments"),
        thread_ts=answer.get("thread_ts"),
        metadata=answer.get("metadata"),
    )
    if answer.get("response_type") == "in_channel":
        return acts.post(workspace, channel, message)
    return acts.whisper(workspace, channel, user, message)


def escaped_names(workspace: Workspace, text: str) -> str:
    """Turns @ben and #general into what Slack sends for them: <@U0BEN|ben>, <#C0GENERAL|general>."""

    def person(match: re.Match[str]) -> str:
        found = next((one for one in workspace.people.values() if one.handle == match[1].lower()), None)
        if found:
            return f"<@{found.id}|{found.handle}>"
        if match[1] in ("here", "channel", "everyone"):
            return f"<!{match[1]}>"
        group = next((one for one in workspace.groups if one.handle == match[1].lower()), None)
        return f"<!subteam^{group.id}|@{group.handle}>" if group else match[0]

    def channel(match: re.Match[str]) -> str:
        found = workspace.named(match[1])
        return f"<#{found.id}|{found.name}>" if found else match[0]

    text = re.sub(r"(?<![\w<@])@([\w.-]+)", person, text)
    return re.sub(r"(?<![\w<&])#([\w-]+)", channel, text)
