"""What `closeout check` asks of Slack: whose token it is, what it may do, and whether Slack reaches us."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.company import Team
from bot.lib.clock import Clock
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, off, ok, side_by_side, within
from bot.lib.words import duration, plural
from bot.slack.calls import NEEDS_OPERATOR, Me, Slack, SlackRefused
from bot.slack.door import Heard
from bot.slack.signing_in import CodeSpent, SigningIn

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
    "im:history",
    "im:write",
    "pins:write",
    "reactions:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
APART = timedelta(seconds=60)  # Slack's requests are refused from five minutes on
SHAPE = re.compile(r"[0-9a-f]{32}")  # of Slack's own signing secrets
TEAMS = "Team channels"
NO_CHANNEL = "Create it as a public channel, or change `channel` of the team. Until then its manager is told."
NOBODY = (
    "Give them a `channel` or a `manager` in closeout.toml. Until then everybody is told, in announce_in."
)
NO_CODE = "closeout-check"  # Slack says of it whether it knows the app, and signs nobody in

TOKEN = "Copy the Bot User OAuth Token from OAuth & Permissions into SLACK_BOT_TOKEN, then start again."
AWAY = "See that this machine reaches SLACK_API_URL. Until then Closeout works without Slack, and catches up."
REINSTALL = "Add them under OAuth & Permissions (`closeout manifest` has them all), then reinstall the app."
CLOCK = (
    "Set this machine's clock (with systemd: timedatectl set-ntp true). "
    "When it is 5 min off, whatever Slack sends is refused."
)
SECRET = "Copy the Signing Secret from Basic Information into SLACK_SIGNING_SECRET, then start again."
APP_TOKEN = (
    "Under Basic Information make an App-Level Token with connections:write for SLACK_APP_TOKEN, "
    "and switch Socket Mode on."
)
CLIENT = (
    "Copy Client ID and Client Secret from Basic Information into SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
)


class Settings(Protocol):
    """The part of the settings that is looked at."""

    @property
    def signing_secret(self) -> str: ...
    @property
    def app_token(self) -> str: ...
    @property
    def is_practice(self) -> bool: ...


@dataclass(frozen=True)
class Asked:
    """Everything that is looked at."""

    slack: Slack
    announce_in: str
    teams: tuple[Team, ...]
    settings: Settings
    heard: Heard | None
    signing_in: SigningIn | None
    clock: Clock


async def check(asked: Asked, patience: float) -> list[Finding]:
    """Each line is well, off, or says what to do. Nothing is changed at Slack."""
    return await side_by_side(
        _workspace(asked, patience),
        _ways_in(asked, patience),
        within(patience, "Sign in with Slack", _sign_in(asked.signing_in)),
    )


async def _workspace(asked: Asked, patience: float) -> list[Finding]:
    """Without a token that works, the rest would only say so again."""
    found = await within(patience, "Slack token", _token(asked))
    if found[0].state == "bad":
        return [*found, *_away(asked)]
    return [
        *found,
        *await within(patience, "Announcements", _announcements(asked)),
        *await within(patience, TEAMS, _teams(asked)),
    ]


async def _token(asked: Asked) -> list[Finding]:
    try:
        me = await asked.slack.whoami()
    except DeliveryError as error:
        is_token = any(code in str(error) for code in NEEDS_OPERATOR)
        remedy = TOKEN if is_token or error.permanent else AWAY
        return [bad("Slack token", f"Slack does not let us in: {error}", remedy)]
    now = asked.clock()
    return [ok("Slack token", f"{me.team}, as @{me.user}"), _scopes(me), _apart(me.at, now)]


def _away(asked: Asked) -> list[Finding]:
    """Since when what is meant for Slack waits; a process that has sent nothing yet does not know."""
    span = asked.slack.door.away_for
    if span is None:
        return []
    since = asked.clock() - span
    return [
        bad(
            "Slack",
            f"away since {since:%Y-%m-%d %H:%M} UTC ({duration(span)}); what is meant for it waits",
            AWAY,
        )
    ]


def _scopes(me: Me) -> Finding:
    missing = [scope for scope in SCOPES if scope not in me.scopes]
    spare = sorted(me.scopes - set(SCOPES))
    not_needed = f"; not needed: {', '.join(spare)}" if spare else ""
    if missing:
        return bad("Slack scopes", f"missing: {', '.join(missing)}{not_needed}", REINSTALL)
    return ok("Slack scopes", f"all {len(SCOPES)} are granted{not_needed}")


def _apart(theirs: datetime | None, ours: datetime) -> Finding:
    """Slack writes the time into each answer."""
    if theirs is None:
        return off("Clock", "Slack did not say what time it is")
    ahead = ours - theirs
    where = "ahead of" if ahead > timedelta(0) else "behind"
    if abs(ahead) > APART:
        return bad("Clock", f"{duration(abs(ahead))} {where} Slack's", CLOCK)
    return ok("Clock", f"within {max(1, round(abs(ahead).total_seconds()))} s of Slack's")


async def _announcements(asked: Asked) -> list[Finding]:
    what, name = "Announcements", asked.announce_in
    if not name:
        return [off(what, "announce_in is empty, so incidents are not announced")]
    try:
        if await _is_among(asked.slack, "users.conversations", name):
            return [ok(what, f"Closeout is in #{name}")]
        there = await _is_among(asked.slack, "conversations.list", name)
    except DeliveryError as error:
        return [bad(what, f"cannot be looked up: {error}", AWAY)]
    if there:
        remedy = f"In #{name}, say /invite @Closeout. A start of Closeout also joins it."
        return [bad(what, f"Closeout is not in #{name}, so nothing is announced", remedy)]
    remedy = f"Create the public channel #{name}, or name another one as announce_in in closeout.toml."
    return [bad(what, f"there is no public channel #{name}, so nothing is announced", remedy)]


async def _teams(asked: Asked) -> list[Finding]:
    """Who hears of what is late: a channel that is there, else the manager. Nothing without teams."""
    named = [team for team in asked.teams if team.channel]
    try:
        there = await _names(asked.slack, "conversations.list") if named else set()
    except DeliveryError as error:
        return [bad(TEAMS, f"cannot be looked up: {error}", AWAY)]
    gone = [team for team in named if str(team.channel).lstrip("#") not in there]
    found = [
        bad(TEAMS, f"#{str(team.channel).lstrip('#')} of {team.name} is not there", NO_CHANNEL)
        for team in gone
    ]
    nobody = [team.name for team in asked.teams if not team.manager and (not team.channel or team in gone)]
    if nobody:
        found.append(bad(TEAMS, f"no channel and no manager: {', '.join(nobody)}", NOBODY))
    if found or not asked.teams:
        return found
    return [ok(TEAMS, f"{plural(len(asked.teams), 'team')}, each with a channel or a manager")]


async def _is_among(slack: Slack, method: str, name: str) -> bool:
    return name in await _names(slack, method)


async def _names(slack: Slack, method: str) -> set[str]:
    listed = await slack.pages(method, "channels", types="public_channel", exclude_archived=True, limit=999)
    return {str(one.get("name")) for one in listed}


async def _ways_in(asked: Asked, patience: float) -> list[Finding]:
    socket = within(patience, "Socket Mode", _socket(asked.slack, asked.settings.app_token))
    secret = asked.settings.signing_secret
    return [*await socket, *([_signing(asked, secret)] if secret else [])]


async def _socket(slack: Slack, app_token: str) -> list[Finding]:
    what = "Socket Mode"
    if not app_token:
        return [off(what, "SLACK_APP_TOKEN is not set; Slack reaches us over HTTP")]
    if not app_token.startswith("xapp-"):
        return [bad(what, "SLACK_APP_TOKEN does not begin with xapp-", APP_TOKEN)]
    try:
        await slack.open_socket(app_token)
    except SlackRefused as refused:
        return [bad(what, f"Slack does not take SLACK_APP_TOKEN: {refused.code}", APP_TOKEN)]
    except DeliveryError as error:
        is_token = any(code in str(error) for code in NEEDS_OPERATOR)
        said = "Slack does not take SLACK_APP_TOKEN" if is_token else str(error)
        return [bad(what, said, APP_TOKEN if is_token else AWAY)]
    return [ok(what, "Slack takes the app-level token")]


def _signing(asked: Asked, secret: str) -> Finding:
    """Whether it is the right one shows only when Slack sends something."""
    what, heard, now = "Signing secret", asked.heard or Heard(), asked.clock()
    if not (asked.settings.is_practice or SHAPE.fullmatch(secret)):
        said = "SLACK_SIGNING_SECRET is not one of Slack's: those have 32 digits, 0 to f"
        return bad(what, said, SECRET)
    refused = f"{duration(now - heard.refused_at)} ago" if heard.refused_at else ""
    if heard.signed_at:
        also = f"; a forged or stale one was refused {refused}" if refused else ""
        return ok(what, f"the last valid request came {duration(now - heard.signed_at)} ago{also}")
    if refused:
        said = f"every request so far was refused, the last one {refused}: its signature did not fit"
        return bad(what, said, SECRET)
    remedy = "Say /incident help in Slack, then look at /admin/check of the Closeout that runs."
    return off(what, "set, and not put to the test yet", remedy)


async def _sign_in(signing_in: SigningIn | None) -> list[Finding]:
    """A code that cannot be is refused; how it is refused says whether the app was known."""
    what = "Sign in with Slack"
    if signing_in is None:
        return [off(what, "SLACK_CLIENT_ID is not set; people sign in by a one-time link", CLIENT)]
    try:
        await signing_in.redeem(NO_CODE)
    except CodeSpent:
        return [ok(what, f"Slack knows the app. Its redirect URL must be {signing_in.redirect_uri}")]
    except SlackRefused as refused:
        if refused.code == "bad_redirect_uri":
            remedy = f"Under OAuth & Permissions add the redirect URL {signing_in.redirect_uri}"
            return [bad(what, "Slack does not know our redirect URL", remedy)]
        return [bad(what, f"Slack does not know the app: {refused.code}", CLIENT)]
    except DeliveryError as error:
        return [bad(what, str(error), AWAY)]
    return [bad(what, "Slack took a code that was made up", CLIENT)]
