"""The pages of postmortems: the list, one to read and to write, and one to print."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain import postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import Postmortem
from bot.lib.errors import Refused
from bot.web.forms import Filled, Form, Forms, Place, Values, beside, status_for
from bot.web.guard import with_styles
from bot.web.incidents.pages import about, found
from bot.web.look import Look
from bot.web.offers import known_people
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
            self.doorman.post(f"{one}/sections/{{section}}", write, self.again),
            *Forms(self.doorman, self.look).routes(PLACE, FORMS),
        ]

    def list(self, visit: Visit) -> Response:
        known = postmortems.all(visit.session, as_=visit.by)
        rows = [self._row(visit, incident, each) for incident, each in known]
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
        return self._document(visit, {}, 200)

    def again(self, visit: Visit, refusal: Refused) -> Response:
        """What was typed stands in its field, with what is wrong beside it."""
        return self._document(visit, {visit.path["section"]: str(refusal)}, status_for(refusal))

    def _document(self, visit: Visit, wrong: Mapping[str, str], status: int) -> Response:
        incident = found(visit)
        state = postmortems.state(visit.session, incident)
        questions = postmortems.questions(visit.session, incident)
        typed = {section: visit.form.get("text", "") for section in wrong}
        words = visit.words(
            incident=incident,
            state=state,
            owner=visit.name(state.owner_id),
            questions=questions,
            form=Values({**{each.key: each.answer for each in questions}, **typed}, None, wrong),
            left=sum(not question.answer for question in questions),
            body=Markup(postmortems.render_body(visit.session, incident)),  # escaped where it is made
            at="postmortems",
            said=visit.query.get("said", ""),
            is_same=bool(visit.query.get("same")),
        )
        return self.look.page("postmortem.html.j2", words, status)

    def print(self, visit: Visit) -> Response:
        page = postmortems.render_html(visit.session, found(visit))
        return HTMLResponse(page, headers=with_styles(page))


def write(visit: Visit) -> Response:
    incident, section, text = found(visit), visit.path["section"], visit.form.get("text", "")
    changed = postmortems.write(visit.session, incident, section, text, by=visit.by, now=visit.now)
    said = "saved" if changed else "saved&same=1"
    return see(f"/incidents/{incident.ref}/postmortem?said={said}#write-{section}")


def publish(filled: Filled, incident: Incident) -> bool:
    return postmortems.publish(filled.session, incident, **filled.who)


def choose_template(filled: Filled, incident: Incident) -> bool:
    with beside("template"):
        return postmortems.choose_template(filled.session, incident, filled.text("template"), **filled.who)


def assign(filled: Filled, incident: Incident) -> bool:
    return postmortems.assign(filled.session, incident, filled.needed("owner"), **filled.who)


def _home(_: Visit, incident: Incident) -> str:
    return f"/incidents/{incident.ref}/postmortem"


def _left(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"left": [one for one in postmortems.questions(visit.session, incident) if not one.answer.strip()]}


def _templates(visit: Visit, incident: Incident) -> dict[str, Any]:
    chosen = postmortems.state(visit.session, incident).template
    return {"templates": postmortems.templates(visit.session), "values": {"template": chosen}}


def _writers(visit: Visit, incident: Incident) -> dict[str, Any]:
    owner = visit.name(postmortems.state(visit.session, incident).owner_id)
    return {"people": known_people(visit, incident), "values": {"owner": owner}}


def _about(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {**about(visit, incident), "at": "postmortems"}


PLACE = Place("/incidents/{ref}/postmortem", found, _home, _about)
FORMS = (
    Form("publish", publish, offers=_left, group="postmortem"),
    Form("template", choose_template, main="template", offers=_templates, group="postmortem"),
    Form("owner", assign, main="owner", offers=_writers, group="postmortem"),
)
