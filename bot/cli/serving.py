"""Commands that stay: the bot, the practice workspace, and the drill."""

import asyncio
import dataclasses
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import uvicorn

from bot import drill as drills
from bot.app import House
from bot.cli.desk import read_settings
from bot.domain import people
from bot.domain.people import logins
from bot.lib import logs
from bot.lib.errors import Refused
from bot.sandbox.running import Running
from bot.settings import Settings, SlackSettings

SANDBOX_PORT = 3100
SECRET = "sandbox-signing-secret"
KEEP = 75  # seconds; a proxy before us that keeps a line longer than we do would now and then find it cut
SLICE = 0.0005  # seconds after which a thread that computes lets the door have the interpreter
YOU = "ada@example.com"  # who a guest of the practice workspace is
GREETING = """
Closeout is up, on a practice workspace. Nothing here reaches anyone. Ctrl-C ends it.

  Pages     {url}{path}
            (signs you in as Ada, once, within 10 minutes; again: {closeout} login {you})
  Status    {url}/status
  REST      {url}/api/docs

Now open another terminal, and declare an incident as Ada would in Slack:
  curl -s {practice}/sandbox/command -d \\
    '{{"user": "ada", "channel": "general", "text": "/incident new sev1 Checkout is down"}}'
Read a channel of the practice workspace:
  curl -s '{practice}/sandbox/transcript?channel=incidents'
Or watch a whole outage, from the page to closed, in seconds:
  {closeout} drill {drill}
"""


@click.command()
def serve() -> None:
    """Run the bot on the workspace whose tokens are set."""
    logs.set_up(json=not sys.stderr.isatty())
    _until_stopped(_serve(read_settings()))


def _until_stopped(serving: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C is how it is meant to end: everything was put away by then."""
    with suppress(KeyboardInterrupt):
        asyncio.run(serving)


async def _serve(settings: Settings, greet: Callable[[House], None] | None = None) -> None:
    with bound(settings.host, settings.port, "CLOSEOUT_PORT to another one") as door:
        house = House(settings)
        it = server(house, settings)
        serving = asyncio.create_task(it.serve(sockets=[door]))
        while not (it.started or serving.done()):
            await asyncio.sleep(0.02)
        _calm()
        if greet and it.started:
            await asyncio.to_thread(greet, house)
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
    return uvicorn.Server(config)


@click.command()
@click.option(
    "--port", type=int, help=f"Where the practice workspace listens; else {SANDBOX_PORT}, or any free port."
)
def sandbox(port: int | None) -> None:
    """Run the bot on a practice Slack workspace of its own; nothing reaches anyone."""
    logs.set_up(json=not sys.stderr.isatty(), level=logging.WARNING)
    settings = read_settings()
    with Running(port=_port_for_practice(port)) as practice:
        practice.guest.connect(f"http://{settings.host}:{settings.port}/slack/events", SECRET)
        _until_stopped(_serve(on_sandbox(settings, practice.url), partial(_greet, practice.url)))


def _port_for_practice(wanted: int | None) -> int:
    """The usual one, else any; one that was asked for must be had."""
    try:
        bound("127.0.0.1", wanted or SANDBOX_PORT, "--port to another one").close()
    except Refused:
        if wanted:
            raise
        return 0
    return wanted or SANDBOX_PORT


def _greet(practice: str, house: House) -> None:
    """What is there, and what to do next, in lines that can be copied."""
    with house.courier.transaction() as session:
        path = logins.issue(session, people.of_email(session, YOU), now=house.now())
    url, me = house.settings.public_url, sys.argv[0]
    click.echo(
        GREETING.format(url=url, path=path, practice=practice, closeout=me, you=YOU, drill="checkout-outage"),
        err=True,
    )


def on_sandbox(settings: Settings, url: str) -> Settings:
    """The same settings, but Slack is the practice workspace."""
    slack = SlackSettings(bot_token="xoxb-sandbox", signing_secret=SECRET, api_url=f"{url}/api/")
    return dataclasses.replace(settings, slack=slack)


@click.command()
@click.argument("name", required=False)
@click.option("--out", default=None, metavar="FOLDER", help="Where the postmortem goes.")
def drill(name: str | None, out: str | None) -> None:
    """Play a scripted outage on a practice workspace, from the page to closed."""
    if name is None:
        click.echo("Drills: " + ", ".join(drills.names()) + "\nPlay one: closeout drill checkout-outage")
        return
    logs.set_up(json=False, level=logging.WARNING)
    report = drills.run(name, Path(out or read_settings().data_dir / "drills"), _tell)
    click.echo(f"\n{report.transcript}\n")
    click.echo(f"Closed, in {report.seconds:.1f} s. The postmortem: {report.postmortem}")


def _tell(at: datetime, who: str, what: str) -> None:
    click.echo(f"{at:%H:%M}  {who:<10} {what}")


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Serve the real workspace when its tokens are set, else the practice workspace."""
    has_tokens = any(os.environ.get(name) for name in ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE"))
    context.invoke(serve if has_tokens else sandbox)


COMMANDS = (run, serve, sandbox, drill)
