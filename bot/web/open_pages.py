"""Pages for everybody: no sign-in, no cookie, no script. A flood does not come as far as the database."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look
from bot.web.open_forms import Floods, Sent, Stamps, TooLong, TooMany, client_of, is_trapped, sent

View = Callable[[Session, Request, Sent], Response]
Opened = Callable[[], AbstractContextManager[Session]]


class OpenPages:
    """What the forms on the status page share. `group` is the folder of their templates."""

    group = ""
    statuses: tuple[tuple[type[Refused], int], ...] = ()  # of refusals that say it otherwise

    def __init__(self, courier: Courier, clock: Clock, look: Look, secret_key: str) -> None:
        self.courier, self.clock, self.look = courier, clock, look
        self.stamps, self.floods = Stamps(secret_key), Floods()
        self.touches = Floods(most=60)  # with a link that only its owner has

    def shared(self) -> dict[str, Any]:
        """Words that all pages of the group are given."""
        return {}

    def is_wanted(self, form: Sent) -> bool:
        """Raises TooSoon or TooOld; False for a program that filled in the trap."""
        self.stamps.check(form, self.clock())
        return not is_trapped(form)

    def page(self, name: str, words: dict[str, Any], status: int = 200) -> Response:
        shared = {"stamp": self.stamps.make(self.clock()), "said": "", **self.shared()}
        return self.look.page(f"{self.group}/{name}.html.j2", {**shared, **words}, status)

    def sorry(self, refusal: Refused) -> Response:
        return self.page("sorry", {"said": str(refusal)}, self.status(refusal))

    def status(self, refusal: Refused) -> int:
        own = (status for kind, status in self.statuses if isinstance(refusal, kind))
        return next(own, 429 if isinstance(refusal, TooMany) else status_of(refusal))

    def shows(self, view: View) -> Callable[[Request], Response]:
        def show(request: Request) -> Response:
            return self._safely(view, request, Sent(), self.courier.reading)

        return show

    def takes(
        self, view: View, *, reads: bool = True, floods: Floods | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """Without `reads` the body is left alone: the address says it all. `floods` is a bound of its own."""

        async def take(request: Request) -> Response:
            try:
                form = await sent(request) if reads else Sent()
            except TooLong as refusal:
                return self.page("sorry", {"said": str(refusal)}, 413)
            opened = self.courier.transaction
            return await run_in_threadpool(self._safely, view, request, form, opened, floods)

        return take

    def _safely(
        self, view: View, request: Request, form: Sent, opened: Opened, floods: Floods | None = None
    ) -> Response:
        usual = self.touches if request.path_params or request.method == "GET" else self.floods
        try:
            (floods or usual).check(client_of(request), self.clock())
        except TooMany as refusal:
            return self.held_back(refusal, request, form)
        try:
            with opened() as session:
                return view(session, request, form)
        except Refused as refusal:
            return self.sorry(refusal)

    def held_back(self, refusal: Refused, _request: Request, _form: Sent) -> Response:
        """What a flood is told."""
        return self.sorry(refusal)
