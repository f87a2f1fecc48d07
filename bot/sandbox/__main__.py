"""Runs a sandbox from a terminal: `python -m bot.sandbox --port 3100 --bot http://127.0.0.1:3000/slack/events`."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
from pathlib import Path

from bot.sandbox.app import build
from bot.sandbox.manifest import installed_from
from bot.sandbox.running import listening, server_for
from bot.sandbox.workspace import Installed, Workspace

WELCOME = """A Slack workspace for Closeout is open at {url}

Give the bot these settings:
  SLACK_API_URL={url}/api/
  SLACK_BOT_TOKEN={installed.bot_token}
  SLACK_APP_TOKEN={installed.app_token}
  SLACK_SIGNING_SECRET={installed.signing_secret}

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
    """Anyone who reaches a sandbox can act as anyone in it, so it stays on this machine."""
    is_loopback = host == "localhost" or _is_loopback(host)
    if not is_loopback and host != allowed:
        raise SystemExit(f"{host} is not a loopback address. If you mean it, add --allow-host {host}.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
    host = f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    workspace.base_url = f"http://{host}:{socket.getsockname()[1]}"
    bot = workspace.installed.bot_url or "nobody yet"
    print(WELCOME.format(url=workspace.base_url, installed=workspace.installed, bot=bot), flush=True)
    asyncio.run(server_for(build(workspace)).serve(sockets=[socket]))


if __name__ == "__main__":
    main()
