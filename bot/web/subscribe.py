"""Pages for who subscribes to the status: ask, confirm, change, stop. Opening a link changes nothing."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain import components, subscribers
from bot.domain.company import Company
from bot.domain.subscribers import NoSuchSubscriber, Standing, Subscriber
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look
from bot.web.open_forms import Floods, Sent, Stamps, TooLong, TooMany, client_of, fields, is_trapped, sent

PATH = "/status/subscribe"
CONFIRM, MANAGE, LEAVE = (
    f"{PATH}/confirm/{{secret}}",
    "/status/subscription/{token}",
    "/status/unsubscribe/{token}",
)
View = Callable[[Session, Request, Sent], Response]
Opened = Callable[[], AbstractContextManager[Session]]


class SubscribePages:
    """For everybody outside: no sign-in, no cookie, no script."""

    def __init__(self, courier: Courier, clock: Clock, company: Company, look: Look, secret_key: str) -> None:
        self.courier, self.clock, self.company, self.look = courier, clock, company, look
        self.stamps, self.floods = Stamps(secret_key), Floods()
        self.touches = Floods(most=60)  # with a link that only its owner has

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self._shows(self.form)),
            Route(PATH, self._takes(self.ask), methods=["POST"]),
            Route(f"{PATH}/webhook", self._takes(self.ask_webhook), methods=["POST"]),
            Route(CONFIRM, self._shows(self.confirming)),
            Route(CONFIRM, self._takes(self.confirm), methods=["POST"]),
            Route(MANAGE, self._shows(self.manage)),
            Route(MANAGE, self._takes(self.change), methods=["POST"]),
            Route(f"{MANAGE}/challenge", self._takes(self.challenge), methods=["POST"]),
            Route(LEAVE, self._shows(self.leaving)),
            Route(LEAVE, self._takes(self.leave), methods=["POST"]),
        ]

    # ---- asking

    def form(self, _session: Session, _request: Request, form: Sent) -> Response:
        return self._form(form, None)

    def ask(self, session: Session, request: Request, form: Sent) -> Response:
        """The same answer whether the address is known, new, or a trap was filled in."""
        try:
            if self._is_wanted(form):
                subscribers.ask(
                    session,
                    form.get("email", ""),
                    now=self.clock(),
                    components=form.getlist("components"),
                    pace=form.get("pace", ""),
                    timezone=form.get("timezone", ""),
                )
        except Refused as refusal:
            return self._form(form, refusal)
        return self._page("asked", {"days": subscribers.rules.CONFIRM_WITHIN.days})

    def ask_webhook(self, session: Session, request: Request, form: Sent) -> Response:
        """The secret is shown now and never again."""
        allowed = self.courier.info.get("webhooks_allow", ())
        try:
            if not self._is_wanted(form):
                return self._page("asked", {"days": subscribers.rules.CONFIRM_WITHIN.days})
            found = subscribers.ask_webhook(
                session,
                form.get("url", ""),
                now=self.clock(),
                components=form.getlist("components"),
                allowed=allowed,
            )
        except Refused as refusal:
            return self._form(form, refusal, "webhook")
        return self._page("secret", {"subscriber": found, "manage": f"/status/subscription/{found.token}"})

    def _is_wanted(self, form: Sent) -> bool:
        """Raises TooSoon or TooOld; False for a program that filled in the trap."""
        self.stamps.check(form, self.clock())
        return not is_trapped(form)

    def _form(self, form: Sent, refusal: Refused | None, which: str = "mail") -> Response:
        words = {"said": str(refusal or ""), "form_of": which, "typed": {"components": [], **fields(form)}}
        return self._page("form", words, 200 if refusal is None else _status(refusal))

    # ---- confirming

    def confirming(self, session: Session, request: Request, _form: Sent) -> Response:
        """A mail scanner may open this; only the button confirms."""
        subscribers.awaiting(session, request.path_params["secret"], now=self.clock())
        return self._page("confirm", {"path": request.url.path})

    def confirm(self, session: Session, request: Request, _form: Sent) -> Response:
        found = subscribers.confirm(session, request.path_params["secret"], now=self.clock())
        return RedirectResponse(f"/status/subscription/{found.token}?said=confirmed", 303)

    # ---- changing

    def manage(self, session: Session, request: Request, _form: Sent) -> Response:
        found = subscribers.of_token(session, request.path_params["token"])
        wished = subscribers.chosen(session, [found.id]).get(found.id, ())
        typed = {"components": list(wished), "pace": found.pace, "timezone": found.timezone}
        return self._manage(found, typed, request.query_params.get("said", ""))

    def change(self, session: Session, request: Request, form: Sent) -> Response:
        found = subscribers.of_token(session, request.path_params["token"])
        try:
            with session.begin_nested():
                subscribers.change(
                    session,
                    found,
                    components=form.getlist("components"),
                    pace=form.get("pace", ""),
                    timezone=form.get("timezone", ""),
                )
        except Refused as refusal:
            return self._manage(found, fields(form), wrong=str(refusal))
        return RedirectResponse(f"/status/subscription/{found.token}?said=saved", 303)

    def challenge(self, session: Session, request: Request, _form: Sent) -> Response:
        found = subscribers.of_token(session, request.path_params["token"])
        said = "called" if subscribers.challenge_again(session, found, now=self.clock()) else "wait"
        return RedirectResponse(f"/status/subscription/{found.token}?said={said}", 303)

    def _manage(self, found: Subscriber, typed: dict[str, Any], said: str = "", wrong: str = "") -> Response:
        words = {"subscriber": found, "typed": {"components": [], **typed}, "told": said, "said": wrong}
        words |= {"is_webhook": found.way == "webhook", "is_active": found.standing == Standing.ACTIVE}
        return self._page("manage", words, 422 if wrong else 200)

    # ---- stopping

    def leaving(self, session: Session, request: Request, _form: Sent) -> Response:
        """Opening it stops nothing: scanners open every link."""
        subscribers.of_token(session, request.path_params["token"])
        return self._page("leave", {"path": request.url.path})

    def leave(self, session: Session, request: Request, _form: Sent) -> Response:
        """By the button, and by RFC 8058's one click; the second time is as good as the first."""
        subscribers.leave(session, request.path_params["token"])
        return self._page("left", {})

    # ---- how

    def _page(self, name: str, words: dict[str, Any], status: int = 200) -> Response:
        shared = {
            "parts": components.known(self.company),
            "stamp": self.stamps.make(self.clock()),
            "typed": {"components": []},
            "said": "",
        }
        return self.look.page(f"subscribe/{name}.html.j2", {**shared, **words}, status)

    def _shows(self, view: View) -> Callable[[Request], Response]:
        def show(request: Request) -> Response:
            return self._safely(view, request, Sent(), self.courier.reading)

        return show

    def _takes(self, view: View) -> Callable[[Request], Awaitable[Response]]:
        async def take(request: Request) -> Response:
            try:
                form = Sent() if view == self.leave else await sent(request)
            except TooLong as refusal:
                return self._page("sorry", {"said": str(refusal)}, 413)
            return await run_in_threadpool(self._safely, view, request, form, self.courier.transaction)

        return take

    def _safely(self, view: View, request: Request, form: Sent, opened: Opened) -> Response:
        """A flood does not come as far as the database."""
        floods = self.touches if request.path_params or request.method == "GET" else self.floods
        try:
            floods.check(client_of(request), self.clock())
            with opened() as session:
                return view(session, request, form)
        except NoSuchSubscriber as refusal:
            return self._page("sorry", {"said": str(refusal)}, 404)
        except Refused as refusal:
            return self._page("sorry", {"said": str(refusal)}, _status(refusal))


def _status(refusal: Refused) -> int:
    return 429 if isinstance(refusal, TooMany | subscribers.TooMany) else status_of(refusal)
