"""Sets the app up as its manifest says, so that the sandbox refuses what Slack would refuse."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.workspace import Installed

KINDS = {"global": "shortcut", "message": "message_action"}


def installed_from(manifest: Json) -> Installed:
    """Returns the setup of a manifest; what it leaves out stays as the sandbox has it."""
    installed = Installed()
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    if commands := features.get("slash_commands"):
        installed.commands = [one["command"] for one in commands]
        installed.hints |= {one["command"]: _hint(one) for one in commands}
        installed.escapes_commands = any(one.get("should_escape") for one in commands)
    if shortcuts := features.get("shortcuts"):
        installed.shortcuts = {one["callback_id"]: KINDS[one["type"]] for one in shortcuts}
        installed.hints |= {one["callback_id"]: _hint(one) for one in shortcuts}
    if scopes := manifest.get("oauth_config", {}).get("scopes", {}).get("bot"):
        installed.scopes = list(scopes)
    if events := settings.get("event_subscriptions", {}).get("bot_events"):
        installed.events = list(events)
    return installed


def _hint(described: Json) -> Json:
    shown = ("name", "description", "usage_hint")
    return {name: described[name] for name in shown if name in described}
