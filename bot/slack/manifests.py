"""The manifest of our Slack app: one file, filled in with an address, or for Socket Mode without."""

import copy
import json
from typing import Any
from urllib.parse import quote, urlsplit

from bot.lib.errors import Refused
from bot.slack.signing_in import CALLBACK

Json = dict[str, Any]
NAME = "slack-manifest.json"
EVENTS = "/slack/events"
NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_json="


class BadAddress(Refused):
    """Slack sends to https alone. Write an address like https://closeout.example.com, or use --socket."""


def made_for(template: Json, address: str, *, socket: bool = False) -> Json:
    """The manifest for this address. Without an https one, or when asked to, Slack is told to use a socket.

    Raises BadAddress for one that Slack could not use and that is not this machine's own.
    """
    made, parts = copy.deepcopy(template), urlsplit(address)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise BadAddress
    is_https = parts.scheme == "https"
    if not is_https and not socket and not _is_here(parts.hostname):
        raise BadAddress
    _sign_in_at(made, f"{address}{CALLBACK}" if is_https else "")
    _reach_at(made, f"{address}{EVENTS}" if is_https and not socket else "")
    return made


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _sign_in_at(made: Json, url: str) -> None:
    """Slack takes no redirect URL but https; without one, people sign in by a one-time link."""
    made["oauth_config"].pop("redirect_urls", None)
    if url:
        made["oauth_config"]["redirect_urls"] = [url]


def _reach_at(made: Json, url: str) -> None:
    """Everything arrives on one path. With Socket Mode no address may stand in the manifest."""
    settings = made["settings"]
    settings["socket_mode_enabled"] = not url
    places = [
        *((command, "url") for command in made["features"]["slash_commands"]),
        (settings["event_subscriptions"], "request_url"),
        (settings["interactivity"], "request_url"),
    ]
    for place, name in places:
        place.pop(name, None)
        if url:
            place[name] = url


def is_for_http(made: Json) -> bool:
    return not made["settings"]["socket_mode_enabled"]


def link(made: Json) -> str:
    """Opens Slack's page for a new app with all of it filled in."""
    return NEW_APP + quote(json.dumps(made, separators=(",", ":")), safe="")
