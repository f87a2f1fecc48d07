"""Runs a sandbox from a terminal: `python -m bot.sandbox --port 3100 --bot http://127.0.0.1:3000/slack/events`."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from bot.sandbox.app import build
from bot.sandbox.hosts import may_listen, reached_at
from bot.sandbox.manifest import installed_from
from bot.sandbox.running import listening, server_for, settings_of
from bot.sandbox.workspace import Installed, Workspace

WELCOME = """A Slack workspace for Closeout is open at {url}

Give the bot these settings:{given}

Commands and events go to {bot}, or over Socket Mode when the bot connects.
"""


def parsed_args(args: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=3100)
    parser.add_argument(
        "--host", default="127.0.0.1", help="a loopback address, unless --allow-host names it"
    )
    parser.add_argument("--allow-host", default="", help="the other address that the sandbox may listen on")
    parser.add_argument("--bot", default="", help="where the bot takes commands and events")
    parser.add_argument("--secret", default=Installed().signing_secret, help="the signing secret")
    parser.add_argument("--manifest", type=Path, help="an app manifest: commands, shortcuts, events, scopes")
    parser.add_argument("--no-rates", action="store_true", help="never answer that calls are too many")
    return parser.parse_args(args)


def check_host(host: str, allowed: str) -> None:
    if not may_listen(host, allowed):
        raise SystemExit(f"{host} is not a loopback address. If you mean it, add --allow-host {host}.")


def workspace_for(args: argparse.Namespace) -> Workspace:
    manifest = json.loads(args.manifest.read_text()) if args.manifest else {}
    installed = installed_from(manifest)
    installed.bot_url = args.bot or installed.bot_url
    installed.signing_secret = args.secret
    workspace = Workspace(installed=installed)
    workspace.conditions.rates = not args.no_rates
    return workspace


def main(args: list[str] | None = None) -> None:
    wanted = parsed_args(args)
    check_host(wanted.host, wanted.allow_host)
    workspace = workspace_for(wanted)
    socket = listening(wanted.host, wanted.port)
    workspace.base_url = f"http://{reached_at(wanted.host)}:{socket.getsockname()[1]}"
    workspace.world.mailbox.open()
    given = "".join(f"\n  {name}={value}" for name, value in settings_of(workspace).items())
    bot = workspace.installed.bot_url or "nobody yet"
    print(WELCOME.format(url=workspace.base_url, given=given, bot=bot), flush=True)
    asyncio.run(server_for(build(workspace, wanted.host)).serve(sockets=[socket]))


if __name__ == "__main__":
    main()
