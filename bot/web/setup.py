"""The set-up, looked at from a browser: the lines of `closeout check`, for administrators."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import people
from bot.lib.findings import Finding
from bot.web.visits import Doorman, Visit, form_of

Check = Callable[[], Awaitable[list[Finding]]]
PATH = "/admin/check"
ADMITTED = 204


class SetupPages:
    """The page comes at once; the looks, which take seconds, are taken when the button is pressed."""

    def __init__(self, doorman: Doorman, check: Check) -> None:
        self.doorman, self.check = doorman, check
        self._looking: asyncio.Task[list[Finding]] | None = None

    def routes(self) -> list[Route]:
        return [self.doorman.get(PATH, partial(self._page, ())), Route(PATH, self.look, methods=["POST"])]

    def _page(self, findings: Sequence[Finding], visit: Visit) -> Response:
        people.require_admin(visit.by)
        counts = {state: sum(each.state == state for each in findings) for state in ("ok", "off", "bad")}
        words = visit.words(at="setup", findings=findings, counts=counts)
        return self.doorman.look.page("setup.html.j2", words)

    def _admit(self, visit: Visit) -> Response:
        people.require_admin(visit.by)
        return Response(status_code=ADMITTED)

    async def look(self, request: Request) -> Response:
        """No transaction is open while we wait for far ends."""
        form, submit = await form_of(request), self.doorman.read_by_form
        admitted = await run_in_threadpool(submit, request, self._admit, form)
        if admitted.status_code != ADMITTED:
            return admitted
        findings = await self._looked()
        return await run_in_threadpool(submit, request, partial(self._page, findings), form)

    async def _looked(self) -> list[Finding]:
        """Those who ask at the same time share one look."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self.check())
        return await asyncio.shield(self._looking)
