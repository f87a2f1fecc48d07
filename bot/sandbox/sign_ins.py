"""Sign-ins with Slack that are under way: codes that are good once, and tokens that say who somebody is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.answers import Json
from bot.sandbox.people import TEAM_ID, Person

ISSUER = "https://slack.com"
CODE_LIVES, TOKEN_LIVES = 600.0, 300.0  # seconds, as at Slack
KEPT = 1000


@dataclass(frozen=True)
class Consent:
    """Somebody agreed that an app may know who they are."""

    user: str
    scopes: frozenset[str]
    redirect_uri: str
    nonce: str
    at: float


class SignIns:
    """Codes and tokens; the oldest are forgotten when there are many."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._codes: dict[str, Consent] = {}
        self.tokens: dict[str, Consent] = {}

    def agree(self, person: Person, scopes: frozenset[str], redirect_uri: str, nonce: str) -> str:
        """Returns the code that the app may exchange."""
        code = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
        self._codes[code] = Consent(person.id, scopes, redirect_uri, nonce, self.now())
        _forget(self._codes)
        return code

    def spend(self, code: str) -> Consent | None:
        """Returns what a code stands for, once; None when it was used, is too old, or never was."""
        found = self._codes.pop(code, None)
        return found if found and self.now() - found.at <= CODE_LIVES else None

    def token(self, consent: Consent) -> str:
        token = f"xoxp-sandbox-{secrets.token_hex(16)}"
        self.tokens[token] = consent
        _forget(self.tokens)
        return token


def _forget(kept: dict[str, Consent]) -> None:
    while len(kept) > KEPT:
        del kept[next(iter(kept))]


def claims(person: Person, scopes: frozenset[str]) -> Json:
    """Returns what Slack tells of somebody: e-mail address and name only where their scope was asked for."""
    told: Json = {
        "sub": person.id,
        f"{ISSUER}/user_id": person.id,
        f"{ISSUER}/team_id": TEAM_ID,
        f"{ISSUER}/team_name": "Sandbox",
        f"{ISSUER}/team_domain": "sandbox",
    }
    if "email" in scopes:
        told |= {"email": person.email, "email_verified": True, "date_email_verified": person.updated}
    if "profile" in scopes:
        given, _, family = person.name.partition(" ")
        told |= {"name": person.name, "given_name": given, "family_name": family, "locale": "en-US"}
    return told


def id_token(told: Json, *, audience: str, nonce: str, now: float, secret: str) -> str:
    """Returns a signed token: Slack signs with a published key, this workspace with the app's secret."""
    second = int(now)
    times = {"iat": second, "auth_time": second, "exp": second + int(TOKEN_LIVES)}
    body = {"iss": ISSUER, "aud": audience, **times, "nonce": nonce, **told}
    signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(body)}"
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_text(digest)}"


def _part(value: Json) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
