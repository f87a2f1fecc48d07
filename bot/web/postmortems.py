"""The pages of postmortems: the list, one to read and to write, and one to print."""

from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain import incidents, postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import Postmortem
from bot.web.guard import with_styles
from bot.web.look import Look
from bot.web.visits import Doorman, Visit, see


class PostmortemPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        one = "/incidents/{ref}/postmortem"
        return [
            self.doorman.get("/postmortems", self.list),
            self.doorman.get(one, self.show),
            self.doorman.get(f"{one}/print", self.print),
            self.doorman.post(f"{one}/publish", publish),
            self.doorman.post(f"{one}/sections/{{section}}", write),
        ]

    def list(self, visit: Visit) -> Response:
        found = postmortems.all(visit.session, as_=visit.by)
        rows = [self._row(visit, incident, each) for incident, each in found]
        return self.look.page("postmortems.html.j2", visit.words(rows=rows, at="postmortems"))

    def _row(self, visit: Visit, incident: Incident, each: Postmortem) -> dict[str, Any]:
        is_late = not each.is_published and each.due_at is not None and each.due_at < visit.now
        return {
            "incident": incident,
            "postmortem": each,
            "owner": visit.name(each.owner_id),
            "is_late": is_late,
        }

    def show(self, visit: Visit) -> Response:
        incident = _found(visit)
        state = postmortems.state(visit.session, incident)
        questions = postmortems.questions(visit.session, incident)
        words = visit.words(
            incident=incident,
            state=state,
            owner=visit.name(state.owner_id),
            questions=questions,
            left=sum(not question.answer for question in questions),
            body=Markup(postmortems.render_body(visit.session, incident)),  # escaped where it is made
            at="postmortems",
        )
        return self.look.page("postmortem.html.j2", words)

    def print(self, visit: Visit) -> Response:
        page = postmortems.render_html(visit.session, _found(visit))
        return HTMLResponse(page, headers=with_styles(page))


def _found(visit: Visit) -> Incident:
    return incidents.find(visit.session, visit.path["ref"], as_=visit.by)


def write(visit: Visit) -> Response:
    incident, section = _found(visit), visit.path["section"]
    postmortems.write(
        visit.session, incident, section, visit.form.get("text", ""), by=visit.by, now=visit.now
    )
    return see(f"/incidents/{incident.ref}/postmortem#write-{section}")


def publish(visit: Visit) -> Response:
    incident = _found(visit)
    postmortems.publish(visit.session, incident, by=visit.by, now=visit.now)
    return see(f"/incidents/{incident.ref}/postmortem")
