"""The page of planned work: planning it, and saying how it goes."""

from starlette.responses import Response
from starlette.routing import Route

from bot.domain import components, maintenance
from bot.domain.company import company_of
from bot.domain.maintenance import Plan, Stage, asking
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look
from bot.web.visits import Doorman, NotAllowedForm, Visit, see

MOST = 100
BUTTONS = {
    Stage.SCHEDULED: (
        ("begin", "Begin now"),
        ("tell", "Tell customers"),
        ("move", "Move"),
        ("cancel", "Cancel it"),
    ),
    Stage.IN_PROGRESS: (("tell", "Tell customers"), ("extend", "Extend"), ("complete", "Complete")),
}


class MaintenancePages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [
            self.doorman.get("/maintenance", self.list),
            self.doorman.post("/maintenance", self.plan, self.again),
            self.doorman.post("/maintenance/{ref}", self.do, self.again),
        ]

    def list(self, visit: Visit) -> Response:
        return self._list(visit, "", 200)

    def again(self, visit: Visit, refusal: Refused) -> Response:
        """The same page, with what was refused and all that was typed."""
        status = 403 if isinstance(refusal, NotAllowedForm) else status_of(refusal)
        return self._list(visit, str(refusal), status)

    def _list(self, visit: Visit, wrong: str, status: int) -> Response:
        found = maintenance.page(visit.session, MOST)
        words = visit.words(
            at="maintenance",
            live=[each for each in found if not each.is_over][::-1],
            over=[each for each in found if each.is_over],
            told=maintenance.words_of(visit.session, found),
            components=components.known(company_of(visit.session)),
            names={one.key: one.name for one in components.known(company_of(visit.session))},
            buttons=BUTTONS,
            stage=Stage,
            zone=visit.by.timezone,
            typed=visit.form,
            ticked=visit.form.getlist("components"),
            meant=visit.path.get("ref", ""),
            wrong=wrong,
        )
        return self.look.page("maintenance.html.j2", words, status)

    def plan(self, visit: Visit) -> Response:
        form = visit.form
        wanted = Plan(
            title=form.get("title", ""),
            starts=form.get("starts", ""),
            ends=form.get("ends", ""),
            affects=tuple(form.getlist("components")),
            message=form.get("message", ""),
            zone=visit.by.timezone,
        )
        made = maintenance.plan(visit.session, wanted, by=visit.by, now=visit.now)
        return see(f"/maintenance#{made.ref}")

    def do(self, visit: Visit) -> Response:
        what = maintenance.find(visit.session, visit.path["ref"])
        deed, text = visit.form.get("do", ""), visit.form.get("text", "")
        asking.do(visit.session, what, deed, text, by=visit.by, now=visit.now, zone=visit.by.timezone)
        return see(f"/maintenance#{what.ref}")
