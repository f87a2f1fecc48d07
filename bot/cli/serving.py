"""Commands that stay: the bot, the practice workspace, and the drill."""

import asyncio
import dataclasses
import logging
import os
import sys
from datetime import datetime
from pathlib import Path

import click
import uvicorn

from bot.app import House
from bot.cli.desk import read_settings
from bot.lib import logs
from bot.sandbox.running import Running
from bot.settings import Settings, SlackSettings

SANDBOX_PORT = 3100
SECRET = "sandbox-signing-secret"


@click.command()
def serve() -> None:
    """Run the bot on the workspace whose tokens are set."""
    logs.set_up(json=not sys.stderr.isatty())
    asyncio.run(_serve(read_settings()))


async def _serve(settings: Settings) -> None:
    await server(House(settings), settings).serve()


def server(house: House, settings: Settings) -> uvicorn.Server:
    """One uvicorn for all doors; its own log stays quiet, ours speaks."""
    config = uvicorn.Config(
        house.asgi(), host=settings.host, port=settings.port, log_config=None, access_log=False, lifespan="on"
    )
    return uvicorn.Server(config)


@click.command()
@click.option("--port", default=SANDBOX_PORT, show_default=True, help="Where the practice workspace listens.")
def sandbox(port: int) -> None:
    """Run the bot on a practice Slack workspace of its own; nothing reaches anyone."""
    logs.set_up(json=not sys.stderr.isatty())
    settings = read_settings()
    with Running(port=port) as practice:
        practice.guest.connect(f"http://{settings.host}:{settings.port}/slack/events", SECRET)
        click.echo(f"Practice workspace: {practice.url}   Closeout: {settings.public_url}", err=True)
        asyncio.run(_serve(on_sandbox(settings, practice.url)))


def on_sandbox(settings: Settings, url: str) -> Settings:
    """The same settings, but Slack is the practice workspace."""
    slack = SlackSettings(bot_token="xoxb-sandbox", signing_secret=SECRET, api_url=f"{url}/api/")
    return dataclasses.replace(settings, slack=slack)


@click.command()
@click.argument("name", required=False)
@click.option("--out", default=None, metavar="FOLDER", help="Where the postmortem goes.")
def drill(name: str | None, out: str | None) -> None:
    """Play a scripted outage on a practice workspace, from the page to closed."""
    from bot import drill as drills  # the practice workspace is only wanted here

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
