"""Who looks at the pages: the signed cookie, the CSRF token, and the transaction of one visit."""

import hmac
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain import people
from bot.domain.people import Person
from bot.domain.people.logins import LinkSpent
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look
from bot.web.settings import WebSettings
from bot.web.spoken import on_page

log = logging.getLogger(__name__)
COOKIE = "closeout_session"
SIGNED_IN_FOR = timedelta(days=7)


class NotSignedIn(Refused):
    """You are not signed in. Ask for a link: /incident web, or `closeout login EMAIL`."""


class NotAllowedForm(Refused):
    """This form is not from a page that we showed you. Reload the page, then try again."""


class StaleForm(NotAllowedForm):
    """You signed in again since this form was shown. Nothing was changed. Send it once more."""


Answers = ImmutableMultiDict[str, str]  # what a form brought; a name may stand several times


@dataclass(frozen=True)
class Pass:
    """What the cookie holds: whose it is, until when, and a word that ties forms to it."""

    person_id: int
    until: datetime
    nonce: str


class Passes:
    """Makes and reads the cookie. It is told the time, so that a pass ends when the house says."""

    def __init__(self, settings: WebSettings) -> None:
        self.is_https = settings.is_https
        self.cookies = URLSafeSerializer(settings.secret_key, salt="closeout.session")
        self.forms = URLSafeSerializer(settings.secret_key, salt="closeout.form")

    def give(self, response: Response, person: Person, now: datetime) -> None:
        until = now + SIGNED_IN_FOR
        value = self.cookies.dumps(
            {"p": person.id, "u": int(until.timestamp()), "n": secrets.token_urlsafe(16)}
        )
        self._set(response, value, int(SIGNED_IN_FOR.total_seconds()))

    def take(self, response: Response) -> None:
        self._set(response, "", 0)

    def _set(self, response: Response, value: str | bytes, seconds: int) -> None:
        text = value if isinstance(value, str) else value.decode()
        response.set_cookie(
            COOKIE, text, max_age=seconds, httponly=True, samesite="lax", secure=self.is_https
        )

    def read(self, request: Request, now: datetime) -> Pass | None:
        try:
            said = self.cookies.loads(request.cookies.get(COOKIE, ""))
            found = Pass(said["p"], datetime.fromtimestamp(said["u"], UTC), said["n"])
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        return found if found.until > now else None

    def form_token(self, holder: Pass) -> str:
        return str(self.forms.dumps(holder.nonce))

    def check_form(self, holder: Pass, token: str) -> None:
        if not hmac.compare_digest(self.form_token(holder).encode(), token.encode()):
            raise StaleForm


@dataclass(frozen=True)
class Visit:
    """One signed-in look at a page, or one form that was sent."""

    session: Session
    by: Person
    now: datetime
    csrf: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Answers
    names: dict[int, str] = field(default_factory=dict)  # of those met so far: a timeline names few, often

    def words(self, **more: Any) -> dict[str, Any]:
        return {"me": self.by, "csrf": self.csrf, **more}

    def name(self, id: int | None) -> str:
        """What a person is called; nothing where there is nobody."""
        if not id:
            return ""
        if id not in self.names:
            self.names[id] = people.get(self.session, id).name
        return self.names[id]


View = Callable[[Visit], Response]
Again = Callable[[Visit, Refused], Response]  # shows a form once more, with what was wrong


def comes_from_here(request: Request) -> bool:
    """Browsers say which site sent a form; one that says another site is refused."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    # A page under Referrer-Policy no-referrer sends the origin "null" with its own forms.
    return origin in (None, "null") or urlsplit(str(origin)).netloc == request.headers.get("host", "")


class Doorman:
    """Turns views into routes: lets in who has a pass, and words what goes wrong."""

    def __init__(self, courier: Courier, clock: Clock, passes: Passes, look: Look) -> None:
        self.courier, self.clock, self.passes, self.look = courier, clock, passes, look

    def get(self, path: str, view: View) -> Route:
        def show(request: Request) -> Response:
            here = str(request.url.replace(scheme="", netloc=""))
            return self.answer(lambda: self._visit(request, view, Answers(), self.courier.reading), here)

        return Route(path, show, methods=["GET"])

    def post(self, path: str, view: View, again: Again | None = None) -> Route:
        """With `again`, whoever is refused sees the form once more; without, a page that says so."""

        async def take(request: Request) -> Response:
            form = await form_of(request)
            return await run_in_threadpool(self.answer, lambda: self._take(request, view, form, again))

        return Route(path, take, methods=["POST"])

    def _take(self, request: Request, view: View, form: Answers, again: Again | None) -> Response:
        try:
            return self._submit(request, view, form)
        except Refused as refusal:
            if again is None or type(refusal) in (NotSignedIn, NotAllowedForm):
                raise
            said = refusal  # nothing of the transaction is kept; the page is read in a session of its own
        return self._visit(request, lambda visit: again(visit, said), form, self.courier.reading)

    def read_by_form(self, request: Request, view: View, form: Answers) -> Response:
        """For a form that asks for something and changes nothing here."""
        return self.answer(lambda: self._submit(request, view, form, self.courier.reading))

    def _submit(self, request: Request, view: View, form: Answers, opened: Any = None) -> Response:
        holder = self.passes.read(request, self.clock())
        if holder is None:
            raise NotSignedIn
        if not comes_from_here(request):
            raise NotAllowedForm
        self.passes.check_form(holder, form.get("csrf", ""))
        return self._visit(request, view, form, opened or self.courier.transaction)

    def _visit(self, request: Request, view: View, form: Answers, opened: Any) -> Response:
        now = self.clock()
        holder = self.passes.read(request, now)
        if holder is None:
            raise NotSignedIn
        with self._session(opened) as session:
            person = self._person(session, holder)
            csrf = self.passes.form_token(holder)
            return view(Visit(session, person, now, csrf, request.path_params, request.query_params, form))

    @contextmanager
    def _session(self, opened: Callable[[], Any]) -> Iterator[Session]:
        with opened() as session:
            yield session

    def _person(self, session: Session, holder: Pass) -> Person:
        person = people.get(session, holder.person_id)
        if not person.is_active:
            raise NotSignedIn
        return person

    def sign_in_page(self, said: str, here: str, status: int) -> Response:
        """The ways in; whoever takes one of them with Slack comes back to where he stands."""
        return self.look.page("sign_in.html.j2", {"said": said, "back": here}, status)

    def answer(self, call: Callable[[], Response], here: str = "/") -> Response:
        try:
            return call()
        except NotSignedIn:
            return self.sign_in_page("", here, 401)
        except Refused as refusal:
            return self.sorry(refusal)
        except OperationalError as error:
            log.error("The database does not answer", exc_info=error)
            said = "The database does not answer at the moment. Nothing was changed; try again shortly."
            return self.look.page("sorry.html.j2", {"said": said, "status": 503}, 503)

    def sorry(self, refusal: Refused) -> Response:
        own = {NotAllowedForm: 403, StaleForm: 403, LinkSpent: 410}
        status = own.get(type(refusal)) or status_of(refusal)
        return self.look.page("sorry.html.j2", {"said": on_page(str(refusal)), "status": status}, status)


async def form_of(request: Request) -> Answers:
    """What was typed into a form; files are not taken."""
    async with request.form(max_files=0, max_fields=100) as sent:
        return Answers([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])


def see(path: str) -> Response:
    """After a form the browser goes to a page, so that a reload does not send it again."""
    return RedirectResponse(path, 303)
