"""Sign in with Slack, as far as a browser sees it: the page on which somebody says who they are."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.people import TEAM_ID, Person
from bot.sandbox.workspace import Workspace

SCOPES = frozenset({"openid", "profile", "email"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Practice workspace</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/style.css">
<link rel="stylesheet" href="/page/world.css">
</head>
<body class="signing-in">
<main>
<p class="practice">Practice workspace. Nothing here reaches anyone.</p>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


class BadRequest(Exception):
    """Slack would show its own page of error, and send the browser nowhere."""


class OpenId:
    """The authorize page: strict about the app, its address and what it asks to know."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def routes(self) -> list[BaseRoute]:
        return [Route("/openid/connect/authorize", self.authorize, methods=["GET"])]

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        if self.workspace.conditions.down:
            return _page("Slack is down", "<p>Try again when it is back.</p>", 503)
        try:
            self._check(asked)
        except BadRequest as problem:
            body = f"<p>{escape(str(problem))}</p><p>The app that sent you here has to mend it.</p>"
            return _page("This sign-in cannot go on", body, 400)
        if who := asked.get("as"):
            return self._answer(asked, who)
        people = [one for one in self.workspace.people.values() if _may_sign_in(one)]
        return _page("Sign in to Closeout as", _choices(asked, people), 200)

    def _check(self, asked: Mapping[str, str]) -> None:
        if asked.get("client_id") != self.workspace.installed.client_id:
            raise BadRequest("invalid_client_id: no app of this workspace has that client_id.")
        if not self._is_registered(asked.get("redirect_uri", "")):
            raise BadRequest("bad_redirect_uri: redirect_uri did not match any configured URIs.")
        if asked.get("response_type") != "code":
            raise BadRequest("invalid_response_type: response_type must be code.")
        scopes = set(asked.get("scope", "").replace(",", " ").split())
        if "openid" not in scopes or scopes - SCOPES:
            raise BadRequest(
                "invalid_scope: ask for openid, and for no more than profile and email beside it."
            )
        if asked.get("team", TEAM_ID) != TEAM_ID:
            raise BadRequest("invalid_team: this workspace is not the one that the app asked for.")

    def _is_registered(self, address: str) -> bool:
        """As at Slack, a path below a registered address will do."""
        bot = urlsplit(self.workspace.bot_url)
        known = self.workspace.installed.redirect_urls or [f"{bot.scheme}://{bot.netloc}"]
        is_whole = urlsplit(address).scheme in ("http", "https") and "#" not in address
        return is_whole and any(
            one != "://" and (address == one or address.startswith(f"{one.rstrip('/')}/")) for one in known
        )

    def _answer(self, asked: Mapping[str, str], who: str) -> Response:
        """Back to the app, with a code or with a no."""
        person = next(
            (one for one in self.workspace.people.values() if who == one.handle and _may_sign_in(one)), None
        )
        told = {"error": "access_denied"} if person is None else {"code": self._code(asked, person)}
        if "state" in asked:
            told["state"] = asked["state"]
        joint = "&" if "?" in asked["redirect_uri"] else "?"
        return RedirectResponse(f"{asked['redirect_uri']}{joint}{urlencode(told)}", 302, HEADERS)

    def _code(self, asked: Mapping[str, str], person: Person) -> str:
        scopes = frozenset(asked["scope"].replace(",", " ").split())
        return self.workspace.sign_ins.agree(person, scopes, asked["redirect_uri"], asked.get("nonce", ""))


def _may_sign_in(person: Person) -> bool:
    return person.is_active and not person.is_bot and person.handle != "slackbot"


def _choices(asked: Mapping[str, str], people: list[Person]) -> str:
    rows = "".join(
        f'<li><a href="{escape(_address(asked, one.handle))}"><strong>{escape(one.name)}</strong>'
        f" <span>{escape(_role(one))}</span></a></li>"
        for one in people
    )
    return f'<ul class="choices">{rows}</ul><p><a href="{escape(_address(asked, "-"))}">Cancel</a></p>'


def _address(asked: Mapping[str, str], who: str) -> str:
    return "/openid/connect/authorize?" + urlencode({**asked, "as": who})


def _role(person: Person) -> str:
    role = "admin" if person.is_admin else "guest" if person.is_guest else ""
    place = person.timezone.rpartition("/")[2].replace("_", " ")
    return ", ".join(part for part in (role, place) if part)


def _page(title: str, body: str, status: int) -> Response:
    return HTMLResponse(PAGE.format(title=escape(title), body=body), status, HEADERS)
