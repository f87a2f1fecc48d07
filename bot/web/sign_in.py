"""Signing in by a one-time link. Looking at the link signs nobody in: link scanners look at every link."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.people import logins
from bot.web.visits import Doorman, NotAllowedForm, Visit, comes_from_here, see


class Entrance:
    """The pages in front of the door."""

    def __init__(self, doorman: Doorman) -> None:
        self.doorman = doorman

    def routes(self) -> list[Route]:
        return [
            Route("/login/{secret}", self.ask, methods=["GET"]),
            Route("/login/{secret}", self.enter, methods=["POST"]),
            self.doorman.post("/logout", self.leave),
        ]

    def ask(self, request: Request) -> Response:
        """Show for whom the link is, and a button."""
        return self.doorman.answer(lambda: self._ask(request.path_params["secret"]))

    def _ask(self, secret: str) -> Response:
        with self.doorman.courier.reading() as session:
            person = logins.look(session, secret, now=self.doorman.clock())
            return self.doorman.look.page("login.html.j2", {"person": person})

    async def enter(self, request: Request) -> Response:
        return await run_in_threadpool(self.doorman.answer, lambda: self._enter(request))

    def _enter(self, request: Request) -> Response:
        now = self.doorman.clock()
        if not comes_from_here(request):
            raise NotAllowedForm
        with self.doorman.courier.transaction() as session:
            person = logins.use(session, request.path_params["secret"], now=now)
        response = see("/")
        self.doorman.passes.give(response, person, now)
        return response

    def leave(self, _: Visit) -> Response:
        response = see("/")
        self.doorman.passes.take(response)
        return response
