"""Commands that stay: the bot, and the practice workspace."""

import asyncio
import dataclasses
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import click
import uvicorn

from bot import sample
from bot import settings as configuration
from bot.app import House
from bot.cli.desk import read_settings
from bot.cli.server import Server
from bot.domain import people
from bot.lib import db, logs
from bot.lib.errors import Refused
from bot.sandbox.hosts import may_listen, reached_at
from bot.sandbox.running import Running
from bot.settings import Settings

SANDBOX_PORT = 3100
YOU = "ada@example.com"  # who one is at first in the practice workspace; she may see its set-up
OTHERS = ("PAGERDUTY_", "SMTP_", "STATUSPAGE_", "GITHUB_", "JIRA_")  # whole groups: keys of two do not mix
KEEP = 75  # seconds; a proxy before us that keeps a line longer than we do would now and then find it cut
SLICE = 0.0005  # seconds after which a thread that computes lets the door have the interpreter
GREETING = """
Closeout is up, on a practice workspace. Nothing here reaches anyone. Ctrl-C ends it.

  Open  {practice}/

Or watch a whole outage in another terminal: {closeout} drill checkout-outage
"""
FIRST = "Writing a year of history for a practice company. This takes some seconds, once."
OUTSIDE = "Except {names}, which the environment names: what goes there is real."
ALLOW = click.option(
    "--allow-host",
    default="",
    metavar="ADDRESS",
    help="An address other than loopback on which it may listen. Whoever reaches it can act as anyone.",
)


class OpenToOthers(Refused):
    """A practice workspace listens on this machine alone."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is not a loopback address, and whoever reaches a practice workspace can act as anyone "
            f"in it. Nothing was started. Unset CLOSEOUT_HOST, or if you mean it, add --allow-host {host}"
        )


@click.command()
@ALLOW
def serve(allow_host: str) -> None:
    """Run the bot on the workspace whose tokens are set."""
    logs.set_up(json=not sys.stderr.isatty())
    settings = read_settings()
    if settings.slack.is_practice:
        check_host(settings.host, allow_host)
    is_real = settings.slack.is_on and not settings.slack.is_practice
    _until_stopped(_serve(settings, sample.check_real if is_real else None))


def check_host(host: str, allowed: str) -> None:
    """Raises OpenToOthers for an address that others reach, unless it was allowed by name."""
    if not may_listen(host, allowed):
        raise OpenToOthers(host)


def _until_stopped(serving: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C is how it is meant to end: everything was put away by then."""
    with suppress(KeyboardInterrupt):
        asyncio.run(serving)


async def _serve(
    settings: Settings,
    prepare: Callable[[House], None] | None = None,
    greet: Callable[[], None] | None = None,
) -> None:
    with bound(settings.host, settings.port, "CLOSEOUT_PORT to another one") as door:
        house = House(settings)
        if prepare:
            await asyncio.to_thread(prepare, house)
        it = server(house, settings)
        serving = asyncio.create_task(it.serve(sockets=[door]))
        while not (it.started or serving.done()):
            await asyncio.sleep(0.02)
        _calm()
        if greet and it.started:
            greet()
        await serving


def _calm() -> None:
    """No long pauses from here on: an acknowledgement waits for each of them."""
    gc.freeze()  # what was imported stays; to look through it takes the collector a tenth of a second
    sys.setswitchinterval(SLICE)


def bound(host: str, port: int, remedy: str) -> socket.socket:
    """The port, taken before anything else is begun; nobody can connect until there is an answer."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, so that asyncio sets TCP_NODELAY.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise Refused(
            f"Port {port} on {host} cannot be had: {error.strerror}. "
            f"Stop what uses it, or set {remedy}. Nothing was started."
        ) from None
    return found


def server(house: House, settings: Settings) -> uvicorn.Server:
    """One uvicorn for all doors; its own log stays quiet, ours speaks."""
    config = uvicorn.Config(
        house.asgi(),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_keep_alive=KEEP,
    )
    return Server(config, house.live.close)


@click.command()
@click.option(
    "--port", type=int, help=f"Where the practice workspace listens; else {SANDBOX_PORT}, or any free port."
)
@ALLOW
def sandbox(port: int | None, allow_host: str) -> None:
    """Run the bot on a practice Slack workspace of its own; nothing reaches anyone."""
    logs.set_up(json=not sys.stderr.isatty(), level=logging.WARNING)
    settings = read_settings()
    check_host(settings.host, allow_host)
    with Running(port=_port_for_practice(settings.host, port), host=settings.host) as practice:
        address = f"http://{reached_at(settings.host)}:{settings.port}"
        practice.guest.connect(f"{address}/slack/events")
        given = on_sandbox(os.environ, practice.settings)
        _until_stopped(_serve(given, prepare_practice, partial(_greet, practice.url)))


def prepare_practice(house: House) -> None:
    """Make the tables, and on the first start of all the history of a small company."""
    if not db.is_current(house.engine):
        click.echo(FIRST, err=True)
    db.upgrade(house.engine)
    sample.begin_practice(house)
    sample.load_first(house, now=house.now())
    with house.courier.transaction() as session:
        you, closeout = people.of_email(session, YOU), people.closeout(session)
        people.give(session, you, "admin", by=closeout, now=house.now())


def _port_for_practice(host: str, wanted: int | None) -> int:
    """The usual one, else any; one that was asked for must be had."""
    try:
        bound(host, wanted or SANDBOX_PORT, "--port to another one").close()
    except Refused:
        if wanted:
            raise
        return 0
    return wanted or SANDBOX_PORT


def _greet(practice: str) -> None:
    """One address, and what is not what it says."""
    if moved := moved_from(practice, SANDBOX_PORT):
        click.echo(moved, err=True)
    click.echo(GREETING.format(practice=practice, closeout=sys.argv[0]), err=True)
    if names := sorted(name for name in os.environ if is_outside(name)):
        click.echo(OUTSIDE.format(names=", ".join(names)), err=True)


def moved_from(practice: str, usual: int) -> str:
    """What is said where the usual port was taken; nothing where it was had, or another was asked for."""
    port = urlsplit(practice).port
    asked = click.get_current_context(silent=True)
    if port == usual or (asked is not None and asked.params.get("port")):
        return ""
    return (
        f"Port {usual} is taken, so the practice workspace listens on {port} this time. "
        f"To have the usual one, stop what uses {usual}."
    )


def on_sandbox(env: Mapping[str, str], practice: Mapping[str, str]) -> Settings:
    """The settings of the environment; Slack, and what it does not name, is the practice workspace's."""
    mine = {name: value for name, value in env.items() if not name.startswith("SLACK_")}
    named = {group for group in OTHERS for name in mine if name.startswith(group) and mine[name]}
    named |= {"MAIL_"} if "SMTP_" in named else set()
    lent = {name: value for name, value in practice.items() if not name.startswith(tuple(named))}
    settings = configuration.read({**lent, **mine})
    return settings if settings.config else dataclasses.replace(settings, config=sample.COMPANY)


def is_outside(name: str) -> bool:
    """Whether a variable leads out of the practice workspace: real mail, a real PagerDuty."""
    return name.startswith(OTHERS) and bool(os.environ[name])


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Serve the real workspace when its tokens are set, else the practice workspace."""
    has_tokens = any(os.environ.get(name) for name in ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE"))
    context.invoke(serve if has_tokens else sandbox)


COMMANDS = (run, serve, sandbox)
