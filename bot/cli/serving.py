"""Commands that stay: the bot, the practice workspace, and the drill."""

import asyncio
import dataclasses
import os
import sys

import click
import uvicorn

from bot.app import House
from bot.cli.desk import read_settings
from bot.lib import logs
from bot.settings import Settings, SlackSettings

SANDBOX_PORT = 3100


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
    asyncio.run(_sandbox(read_settings(), port))


async def _sandbox(settings: Settings, port: int) -> None:
    from bot import sandbox as practice

    workspace = practice.Workspace(events_url=f"http://{settings.host}:{settings.port}/slack/events")
    config = uvicorn.Config(
        practice.build(workspace), host="127.0.0.1", port=port, log_config=None, access_log=False
    )
    there = on_sandbox(settings, f"http://127.0.0.1:{port}")
    click.echo(f"Practice workspace: http://127.0.0.1:{port}   Bot: {settings.public_url}", err=True)
    await asyncio.gather(uvicorn.Server(config).serve(), _serve(there))


def on_sandbox(settings: Settings, url: str) -> Settings:
    """The same settings, but Slack is the practice workspace."""
    slack = SlackSettings(
        bot_token="xoxb-sandbox", signing_secret="sandbox-signing-secret", api_url=f"{url}/api/"
    )
    return dataclasses.replace(settings, slack=slack)


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Serve the real workspace when its tokens are set, else the practice workspace."""
    has_tokens = any(os.environ.get(name) for name in ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE"))
    context.invoke(serve if has_tokens else sandbox)


COMMANDS = (run, serve, sandbox)
