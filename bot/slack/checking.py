"""What `closeout check` asks of Slack: whose token it is, what it may do, where incidents are announced."""

from bot.lib.errors import DeliveryError
from bot.slack.calls import NEEDS_OPERATOR, Slack, SlackRefused

# The scopes of deploy/slack-manifest.json; a test compares the two.
SCOPES = (
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:write",
    "pins:write",
    "reactions:read",
    "users:read",
    "users:read.email",
)
Line = tuple[str, str]  # what was found, and what to do about it; nothing to do where it is well

TOKEN = "Copy the Bot User OAuth Token from OAuth & Permissions into SLACK_BOT_TOKEN."
AWAY = "See that this machine reaches SLACK_API_URL. Until then Closeout works without Slack, and catches up."
REINSTALL = (
    "Add them under OAuth & Permissions (deploy/slack-manifest.json has them all), then reinstall the app."
)


async def check(slack: Slack, announce_in: str) -> list[Line]:
    """Each line is well, or says what to do."""
    try:
        me = await slack.whoami()
        return [
            (f"{me.team}, as @{me.user}", ""),
            _scopes(set(me.scopes)),
            await _announcements(slack, announce_in.lstrip("#")),
        ]
    except DeliveryError as error:
        is_token = any(code in str(error) for code in NEEDS_OPERATOR)
        return [(f"Slack does not let us in: {error}", TOKEN if is_token or error.permanent else AWAY)]


def _scopes(granted: set[str]) -> Line:
    missing = [scope for scope in SCOPES if scope not in granted]
    if not missing:
        return f"all {len(SCOPES)} scopes are granted", ""
    return f"scopes are missing: {', '.join(missing)}", REINSTALL


async def _announcements(slack: Slack, name: str) -> Line:
    """Joins it, as the start does: nothing is announced in a channel that we are not in."""
    if not name:
        return "announcements are off", ""
    remedy = f"Create the public channel #{name}, or name another one as announce_in in closeout.toml."
    try:
        found = await _channel(slack, name)
        if found:
            await slack.call("conversations.join", channel=found)
            return f"#{name} is there for announcements", ""
    except SlackRefused as refused:
        return f"#{name} cannot be joined: {refused}", remedy
    return f"nothing is announced: there is no #{name}", remedy


async def _channel(slack: Slack, name: str) -> str | None:
    listed = await slack.pages(
        "conversations.list", "channels", types="public_channel", exclude_archived=True, limit=999
    )
    return next((str(one["id"]) for one in listed if one["name"] == name), None)
