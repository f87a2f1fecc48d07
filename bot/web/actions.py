"""The page of action items: mine, those that wait for a second pair of eyes, the late ones, all."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.domain import actions
from bot.domain.actions import ActionItem
from bot.lib.choices import one_of
from bot.web.look import Look
from bot.web.visits import Doorman, Visit

MOST = 200


def _open(visit: Visit) -> list[ActionItem]:
    return [item for item in actions.all(visit.session, as_=visit.by, limit=1000) if not item.is_settled]


KINDS: dict[str, Callable[[Visit], list[ActionItem]]] = {
    "mine": lambda visit: actions.mine(visit.session, visit.by, limit=MOST + 1),
    "verify": lambda visit: actions.to_verify(visit.session, visit.by, limit=MOST + 1),
    "late": lambda visit: actions.all(
        visit.session, as_=visit.by, overdue_on=visit.now.date(), limit=MOST + 1
    ),
    "open": _open,
    "all": lambda visit: actions.all(visit.session, as_=visit.by, limit=MOST + 1),
}


class ActionPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [self.doorman.get("/actions", self.list)]

    def list(self, visit: Visit) -> Response:
        kind = visit.query.get("show", "mine")
        found = one_of("list", kind, KINDS)(visit)
        rows = [self._row(visit, item) for item in found[:MOST]]
        words = visit.words(rows=rows, kind=kind, kinds=list(KINDS), is_cut=len(found) > MOST, at="actions")
        return self.look.page("actions.html.j2", words)

    def _row(self, visit: Visit, item: ActionItem) -> dict[str, Any]:
        today = visit.now.date()
        late = (today - item.due).days if item.due and item.is_late(today) else 0
        return {"item": item, "owner": visit.name(item.owner_id), "late": late}
