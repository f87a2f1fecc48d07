"""Pages for who wants to tell us something: the form on the status page, and two questions afterwards.

What they answer is the same whether or not anything is known: they say nothing of incidents or persons.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import components, feedback
from bot.domain.company import Company
from bot.domain.feedback import Feedback, Helped, NoSurvey, Source, Voice
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.look import Look
from bot.web.open_forms import Sent, TooMany, client_of, fields
from bot.web.open_pages import OpenPages

PATH, ANSWER = "/status/report", "/status/answer/{token}"
WITHIN = timedelta(minutes=10)
MOST, MOST_OF_ALL = 5, 600  # reports in that time: from one client, and from everywhere
TYPED = {"words": "", "component": "", "name": "", "email": "", "helped": "", "fine": ""}


class Busy(TooMany):
    """Very many people write to us at this moment, so we could not take this. What you typed is below: send
    it again in some minutes. What we know stands on the status page."""


class Enough(TooMany):
    """Several reports came from where you are, and we have them. What you typed is below: send it again in
    some minutes, if it is something else."""


class Unanswered(Refused):
    """Choose an answer to both questions, then send it."""


class ReportPages(OpenPages):
    """A flood is held back in this process first, then by what all replicas have taken in."""

    group = "report"
    statuses = ((NoSurvey, 410), (components.NoSuchComponent, 422), (Refused, 422))

    def __init__(self, courier: Courier, clock: Clock, company: Company, look: Look, secret_key: str) -> None:
        super().__init__(courier, clock, look, secret_key)
        self.company, self.key = company, secret_key.encode()

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.shows(self.form)),
            Route(PATH, self.takes(self.take), methods=["POST"]),
            Route(ANSWER, self.shows(self.asking)),
            Route(ANSWER, self.takes(self.answer), methods=["POST"]),
        ]

    def status(self, refusal: Refused) -> int:
        return 429 if isinstance(refusal, TooMany) else super().status(refusal)

    def shared(self) -> dict[str, Any]:
        return {"parts": components.known(self.company), "typed": TYPED}

    # ---- telling us

    def form(self, _session: Session, request: Request, _form: Sent) -> Response:
        return self.page("form", {"typed": {**TYPED, "component": request.query_params.get("component", "")}})

    def take(self, session: Session, request: Request, form: Sent) -> Response:
        try:
            if self.is_wanted(form):
                self._keep(session, client_of(request), form)
        except Refused as refusal:
            return self._again(refusal, form)
        return self.page("taken", {"has_address": bool(form.get("email", "").strip())})

    def _keep(self, session: Session, host: str, form: Sent) -> None:
        now, client = self.clock(), self._stands_for(host)
        if feedback.recent(session, client, now - WITHIN) >= MOST:
            raise Enough
        if feedback.recent(session, "", now - WITHIN) >= MOST_OF_ALL:
            raise Busy
        voice = Voice(
            words=form.get("words", ""),
            source=Source.PAGE,
            name=form.get("name", ""),
            address=form.get("email", ""),
            component=form.get("component", ""),
            client=client,
        )
        feedback.take(session, voice, now=now)

    def _stands_for(self, host: str) -> str:
        """Nobody who reads the table learns the address."""
        return hmac.new(self.key, f"report/{host}".encode(), hashlib.sha256).hexdigest()[:32]

    def held_back(self, refusal: Refused, request: Request, form: Sent) -> Response:
        """Whoever typed something keeps it."""
        is_report = request.method == "POST" and not request.path_params
        return self._again(Enough(), form) if is_report else self.sorry(refusal)

    def _again(self, refusal: Refused, form: Sent) -> Response:
        words = {"said": str(refusal), "typed": {**TYPED, **fields(form)}}
        return self.page("form", words, self.status(refusal))

    # ---- two questions

    def asking(self, session: Session, request: Request, _form: Sent) -> Response:
        """A mail scanner may open it; only the button answers."""
        return self._asking(self._whose(session, request), request)

    def answer(self, session: Session, request: Request, form: Sent) -> Response:
        found = self._whose(session, request)
        fine = {"yes": True, "no": False}.get(form.get("fine", ""))
        helped, words = form.get("helped", ""), form.get("words", "")
        if helped not in set(Helped) or fine is None:
            return self._asking(found, request, Unanswered(), form)
        try:
            asked = found.token or ""
            feedback.survey(session, asked, helped=helped, is_fine=fine, words=words, now=self.clock())
        except Refused as refusal:
            return self._asking(found, request, refusal, form)
        return self.page("answered", {"is_fine": fine})

    def _whose(self, session: Session, request: Request) -> Feedback:
        return feedback.of_token(session, request.path_params["token"], self.clock())

    def _asking(
        self, found: Feedback, request: Request, refusal: Refused | None = None, form: Sent | None = None
    ) -> Response:
        words = {
            "written_at": found.at,
            "quote": found.words,
            "path": request.url.path,
            "said": str(refusal or ""),
            "typed": {**TYPED, **fields(form or Sent())},
        }
        return self.page("survey", words, 422 if refusal else 200)
