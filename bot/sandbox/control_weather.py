"""Control verbs for the sandbox itself: where the bot is, what goes wrong, and what time it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.answers import Json, NotPossible
from bot.sandbox.control import Control, needed, verb
from bot.sandbox.methods_chat import post_what_is_due

SETTINGS = (
    "signing_secret", "bot_token", "app_token", "client_id", "client_secret", "redirect_urls",
    "events", "scopes", "commands", "escapes_commands",
)  # fmt: skip


@verb
async def connect(control: Control, wanted: Json) -> Json:
    """Says where the bot listens, and anything else that an operator enters at Slack."""
    installed = control.workspace.installed
    if unknown := set(wanted) - {"url", "verify", "shortcuts", *SETTINGS}:
        raise NotPossible(f"Unknown setting: {', '.join(sorted(unknown))}.")
    if "url" in wanted:
        installed.bot_url = wanted["url"]
    for name in (*SETTINGS, "shortcuts"):
        if name in wanted:
            setattr(installed, name, wanted[name])
    control.workspace.tell("bot", {"is_connected": bool(installed.bot_url)})
    if not wanted.get("verify"):
        return {"url": installed.bot_url}
    return {"url": installed.bot_url, "verified": await control.hands.deliveries.verify()}


@verb
async def conditions(control: Control, wanted: Json) -> Json:
    control.workspace.conditions.change(wanted)
    shown = control.workspace.conditions.shown()
    control.workspace.tell("conditions", shown)
    return shown


@verb
async def clock(control: Control, wanted: Json) -> Json:
    """Moves the sandbox's clock on: permissions expire and scheduled messages are posted."""
    control.workspace.skipped += float(needed(wanted, "advance"))
    post_what_is_due(control.workspace)
    told = {"now": control.workspace.now()}
    control.workspace.tell("clock", told)
    return told


@verb
async def disconnect(control: Control, wanted: Json) -> Json:
    """Sends the bot's websockets away, with the reason that Slack would give."""
    reason = wanted.get("reason", "refresh_requested")
    return {"connections": await control.hands.deliveries.sockets.disconnect(reason)}


@verb
async def event(control: Control, wanted: Json) -> Json:
    """Delivers an event as given, for kinds that no hand in the sandbox can cause."""
    if "type" not in wanted.get("event", {}):
        raise NotPossible("Say event, with its type.")
    control.workspace.happened(wanted["event"] | {"event_ts": control.workspace.stamp()})
    return {}


async def show_conditions(control: Control, request: Request) -> Response:
    sockets = len(control.hands.deliveries.sockets.open)
    shown = control.workspace.conditions.shown() | {"websockets": sockets}
    return JSONResponse(shown | {"bot_url": control.workspace.installed.bot_url})
