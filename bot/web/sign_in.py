"""Signing in by a one-time link. Looking at the link signs nobody in: link scanners look at every link."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.people import logins
from bot.lib.errors import Refused
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
        try:
            with self.doorman.courier.reading() as session:
                person = logins.look(session, request.path_params["secret"], now=self.doorman.clock())
        except Refused as refusal:
            return self._spent(refusal)
        return self.doorman.look.page("login.html.j2", {"person": person})

    async def enter(self, request: Request) -> Response:
        return await run_in_threadpool(self._enter, request)

    def _enter(self, request: Request) -> Response:
        now = self.doorman.clock()
        if not comes_from_here(request):
            return self.doorman.sorry(NotAllowedForm())
        try:
            with self.doorman.courier.transaction() as session:
                person = logins.use(session, request.path_params["secret"], now=now)
        except Refused as refusal:
            return self._spent(refusal)
        response = see("/")
        self.doorman.passes.give(response, person, now)
        return response

    def _spent(self, refusal: Refused) -> Response:
        return self.doorman.look.page("sorry.html.j2", {"said": str(refusal), "status": 410}, 410)

    def leave(self, _: Visit) -> Response:
        response = see("/")
        self.doorman.passes.take(response)
        return response
