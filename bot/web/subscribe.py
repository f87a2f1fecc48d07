"""Pages for who subscribes to the status: ask, confirm, change, stop. Opening a link changes nothing."""

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain import components, subscribers
from bot.domain.company import Company
from bot.domain.subscribers import Standing, Subscriber
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.look import Look
from bot.web.open_forms import Floods, Sent, fields
from bot.web.open_pages import OpenPages

PATH = "/status/subscribe"
CONFIRM, MANAGE, LEAVE = (
    f"{PATH}/confirm/{{secret}}",
    "/status/subscription/{token}",
    "/status/unsubscribe/{token}",
)


class SubscribePages(OpenPages):
    group = "subscribe"
    statuses = ((subscribers.TooMany, 429),)

    def __init__(self, courier: Courier, clock: Clock, company: Company, look: Look, secret_key: str) -> None:
        super().__init__(courier, clock, look, secret_key)
        self.company = company
        self.leaves = Floods(
            most=3000
        )  # the one click of many readers comes from few addresses of their provider

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.shows(self.form)),
            Route(PATH, self.takes(self.ask), methods=["POST"]),
            Route(f"{PATH}/webhook", self.takes(self.ask_webhook), methods=["POST"]),
            Route(CONFIRM, self.shows(self.confirming)),
            Route(CONFIRM, self.takes(self.confirm), methods=["POST"]),
            Route(MANAGE, self.shows(self.manage)),
            Route(MANAGE, self.takes(self.change), methods=["POST"]),
            Route(f"{MANAGE}/challenge", self.takes(self.challenge), methods=["POST"]),
            Route(LEAVE, self.shows(self.leaving)),
            Route(LEAVE, self.takes(self.leave, reads=False, floods=self.leaves), methods=["POST"]),
        ]

    # ---- asking

    def form(self, _session: Session, _request: Request, form: Sent) -> Response:
        return self._form(form, None)

    def ask(self, session: Session, request: Request, form: Sent) -> Response:
        """The same answer whether the address is known, new, or a trap was filled in."""
        try:
            if self.is_wanted(form):
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
        return self.page("asked", {"days": subscribers.rules.CONFIRM_WITHIN.days})

    def ask_webhook(self, session: Session, request: Request, form: Sent) -> Response:
        """The secret is shown now and never again."""
        allowed = self.courier.info.get("webhooks_allow", ())
        try:
            if not self.is_wanted(form):
                return self.page("asked", {"days": subscribers.rules.CONFIRM_WITHIN.days})
            found = subscribers.ask_webhook(
                session,
                form.get("url", ""),
                now=self.clock(),
                components=form.getlist("components"),
                allowed=allowed,
            )
        except Refused as refusal:
            return self._form(form, refusal, "webhook")
        return self.page("secret", {"subscriber": found, "manage": f"/status/subscription/{found.token}"})

    def _form(self, form: Sent, refusal: Refused | None, which: str = "mail") -> Response:
        words = {"said": str(refusal or ""), "form_of": which, "typed": {"components": [], **fields(form)}}
        return self.page("form", words, 200 if refusal is None else self.status(refusal))

    # ---- confirming

    def confirming(self, session: Session, request: Request, _form: Sent) -> Response:
        """A mail scanner may open this; only the button confirms."""
        subscribers.awaiting(session, request.path_params["secret"], now=self.clock())
        return self.page("confirm", {"path": request.url.path})

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
        return self.page("manage", words, 422 if wrong else 200)

    # ---- stopping

    def leaving(self, session: Session, request: Request, _form: Sent) -> Response:
        """Opening it stops nothing: scanners open every link."""
        subscribers.of_token(session, request.path_params["token"])
        return self.page("leave", {"path": request.url.path})

    def leave(self, session: Session, request: Request, _form: Sent) -> Response:
        """By the button, and by RFC 8058's one click; the second time is as good as the first."""
        subscribers.leave(session, request.path_params["token"])
        return self.page("left", {})

    def shared(self) -> dict[str, Any]:
        return {"parts": components.known(self.company), "typed": {"components": []}}
