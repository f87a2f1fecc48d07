"""OpenID Connect as Slack speaks it: where a sign-in begins, and what must hold of its token."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from bot.lib.errors import Refused

SCOPES = "openid profile"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"


class Slack(Protocol):
    """What the pages ask of whoever speaks to Slack. Each call may raise DeliveryError."""

    authorize_url: str
    client_id: str
    issuers: frozenset[str]
    redirect_uri: str

    async def redeem(self, code: str) -> str: ...
    async def team(self) -> tuple[str, str]: ...
    async def meet(self, slack_id: str) -> bool: ...


class NotVouchedFor(Refused):
    """What Slack sent back does not fit this sign-in, so nobody was signed in. Try again."""


class TookTooLong(Refused):
    """This sign-in took too long. Sign in again; if that does not help, the server's clock may be wrong."""


class OtherWorkspace(Refused):
    """You chose another Slack workspace. Sign in again, and choose the one that Closeout belongs to."""


@dataclass(frozen=True)
class Expected:
    """What the token must say to be the answer to our question."""

    issuers: frozenset[str]
    client_id: str
    nonce: str
    team_id: str


def authorize_address(slack: Slack, *, state: str, nonce: str, team_id: str) -> str:
    """Where the browser goes; naming the team spares those who are in several the choice."""
    asked = {
        "response_type": "code",
        "scope": SCOPES,
        "client_id": slack.client_id,
        "redirect_uri": slack.redirect_uri,
        "state": state,
        "nonce": nonce,
        "team": team_id,
    }
    return f"{slack.authorize_url}?{urlencode(asked)}"


def slack_id_in(token: str, expected: Expected, now: datetime) -> str:
    """The Slack id of whom the token vouches for. Raises a Refused that says what did not hold.

    Its signature need not be checked: the token came from Slack itself, over TLS, in answer to our call
    (OpenID Connect Core 1.0, 3.1.3.7, point 6).
    """
    claims = _claims(token)
    audience = claims.get("aud")
    if claims.get("iss") not in expected.issuers or audience not in (
        expected.client_id,
        [expected.client_id],
    ):
        raise NotVouchedFor
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()):
        raise NotVouchedFor
    if _second(claims.get("exp")) <= now.timestamp():
        raise TookTooLong
    if claims.get(TEAM) != expected.team_id:
        raise OtherWorkspace
    found = claims.get(USER) or claims.get("sub")
    if not isinstance(found, str) or not found.isalnum():
        raise NotVouchedFor
    return found


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        raise NotVouchedFor
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        raise NotVouchedFor from None
    if not isinstance(found, dict):
        raise NotVouchedFor
    return found


def _second(claim: object) -> float:
    return float(claim) if isinstance(claim, int | float) and not isinstance(claim, bool) else 0.0


def own_path(text: str) -> str:
    """A path on this server, as it came; `/` for whatever might lead elsewhere."""
    leads_away = not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable()
    return "/" if leads_away or text.startswith("/sign-in") else text
