"""The pages of postmortems: the list, one to read and to write, and one to print."""

from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain import people, postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import OwnWork, Postmortem
from bot.lib.choices import one_of
from bot.lib.errors import Refused
from bot.web import live, review
from bot.web.forms import Filled, Form, Forms, Place, Wrong, beside, status_for
from bot.web.guard import with_styles
from bot.web.incidents.pages import about, found
from bot.web.look import Look
from bot.web.meeting import invitation
from bot.web.offers import known_people
from bot.web.visits import Doorman, Visit, form_of, see


class PostmortemPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        one = "/incidents/{ref}/postmortem"
        section = f"{one}/sections/{{section}}"
        return [
            self.doorman.get("/postmortems", self.list),
            self.doorman.get(one, self.show),
            self.doorman.get(f"{one}/print", self.print),
            self.doorman.get(f"{one}/history", self.history),
            self.doorman.get(f"{one}/meeting.ics", self.invite),
            self.doorman.post(section, write, self.again),
            self.doorman.post(f"{section}/draft", put_aside),
            self._preview(f"{section}/preview"),
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
        return self._noted(visit, self._document(visit, None, 200))

    def again(self, visit: Visit, refusal: Refused) -> Response:
        return self._document(visit, refusal, status_for(refusal))

    def _document(self, visit: Visit, refusal: Refused | None, status: int) -> Response:
        incident = found(visit)
        state = postmortems.state(visit.session, incident)
        sections = review.sections(visit, incident, refusal)
        words = visit.words(
            incident=incident,
            here=f"/incidents/{incident.ref}/postmortem",
            state=state,
            owner=visit.name(state.owner_id),
            sections=sections,
            left=sum(not one.asked.answer for one in sections),
            body=Markup(postmortems.render_body(visit.session, incident)),  # escaped where it is made
            said=visit.query.get("said", ""),
            is_same=bool(visit.query.get("same")),
            live=incident.ref,
            live_mark=live.mark(visit.session, visit.by.id, incident.ref),
            at="postmortems",
            **review.beside(visit, incident),
        )
        return self.look.page("postmortem.html.j2", words, status)

    def print(self, visit: Visit) -> Response:
        page = postmortems.render_html(visit.session, found(visit))
        return self._noted(visit, HTMLResponse(page, headers=with_styles(page)))

    def _noted(self, visit: Visit, answer: Response) -> Response:
        """Once it is sent, it is noted who reads: the look itself changes nothing, and waits for nothing."""
        draft = postmortems.of(visit.session, found(visit))
        if draft and draft.is_published:
            who = self.doorman.courier, visit.path["ref"], visit.by, visit.now
            answer.background = BackgroundTask(review.note_reader, *who)
        return answer

    def history(self, visit: Visit) -> Response:
        incident = found(visit)
        words = visit.words(
            versions=[*review.versions(visit, incident)],
            may_write=people.may(visit.by, "responder"),
            **_about(visit, incident),
        )
        return self.look.page("postmortem_history.html.j2", words)

    def invite(self, visit: Visit) -> Response:
        incident = found(visit)
        here = str(self.look.env.globals["here"])
        return invitation(incident, postmortems.meeting(visit.session, incident), here)

    def _preview(self, path: str) -> Route:
        """Drawn as the document will draw it; nothing is kept."""

        async def take(request: Request) -> Response:
            form = await form_of(request)
            return await run_in_threadpool(self.doorman.read_by_form, request, self.preview, form)

        return Route(path, take, methods=["POST"])

    def preview(self, visit: Visit) -> Response:
        incident, text = found(visit), postmortems.rules.check_text(visit.form.get("text", ""))
        words = visit.words(
            text=text,
            seen=review.seen(visit),
            section=visit.path["section"],
            shown=Markup(postmortems.render_passage(text)),  # escaped where it is made
            **_about(visit, incident),
        )
        return self.look.page("postmortem_preview.html.j2", words)


def write(visit: Visit) -> Response:
    """Saved as a new version; or what was typed is thrown away, when the reader chose what others wrote."""
    incident, section, text = found(visit), visit.path["section"], visit.form.get("text", "")
    here = f"/incidents/{incident.ref}/postmortem"
    if visit.form.get("choice") == "theirs":
        postmortems.forget(visit.session, incident, section, visit.by)
        return see(f"{here}?said=theirs#write-{section}")
    seen = review.seen(visit)
    changed = postmortems.write_all(
        visit.session,
        incident,
        {section: text},
        by=visit.by,
        now=visit.now,
        seen=None if seen is None else {section: seen},
    )
    postmortems.forget(visit.session, incident, section, visit.by)
    return see(f"{here}?said={'saved' if changed else 'saved&same=1'}#write-{section}")


def put_aside(visit: Visit) -> Response:
    """What is being typed is kept for the one who types it, a moment after each word."""
    incident, section, text = found(visit), visit.path["section"], visit.form.get("text", "")
    people.require(visit.by, "responder")
    answers = {one.key: one.answer for one in postmortems.questions(visit.session, incident)}
    if one_of("section", section, answers) == postmortems.rules.check_text(text):
        postmortems.forget(visit.session, incident, section, visit.by)
    else:
        who: dict[str, Any] = {"by": visit.by, "now": visit.now, "seen": review.seen(visit)}
        postmortems.autosave(visit.session, incident, section, text, **who)
    return Response(status_code=204)


def submit(filled: Filled, incident: Incident) -> bool:
    with beside("reviewer", OwnWork):
        reviewer = filled.someone("reviewer")
        return postmortems.submit(filled.session, incident, reviewer=reviewer, **filled.who)


def approve(filled: Filled, incident: Incident) -> bool:
    return postmortems.approve(filled.session, incident, **filled.who)


def send_back(filled: Filled, incident: Incident) -> None:
    with beside("reason"):
        postmortems.send_back(filled.session, incident, filled.text("reason"), **filled.who)


def comment(filled: Filled, incident: Incident) -> None:
    asked = {one.key: one.key for one in postmortems.questions(filled.session, incident)}
    with beside("section"):
        section = one_of("section", filled.text("section"), asked)
    quote = filled.text("quote")
    with beside("text"):
        postmortems.comment(filled.session, incident, section, filled.text("text"), quote=quote, **filled.who)


def settle(filled: Filled, incident: Incident) -> bool:
    said = filled.text("comment")
    id = int(said) if said.isdecimal() and len(said) < 10 else 0
    return postmortems.settle(filled.session, incident, id, **filled.who)


def restore(filled: Filled, incident: Incident) -> bool:
    number = filled.text("version")
    wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
    return postmortems.restore(filled.session, incident, wanted, **filled.who)


def meet(filled: Filled, incident: Incident) -> bool:
    at, is_set = filled.moment("time"), _is_set(filled, incident)
    if at is None and is_set:
        return postmortems.call_off(filled.session, incident, **filled.who)
    with beside("time"):
        if at is None:
            raise Wrong("time", "Say when: 2026-03-31 10:05")
        return postmortems.set_meeting(filled.session, incident, at, **filled.who)


def _is_set(filled: Filled, incident: Incident) -> bool:
    draft = postmortems.of(filled.session, incident)
    return draft is not None and draft.meeting_at is not None


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


def _reviewers(visit: Visit, incident: Incident) -> dict[str, Any]:
    draft, authors = postmortems.of(visit.session, incident), postmortems.authors(visit.session, incident)
    others = [one for one in known_people(visit, incident) if one.id not in authors]
    return {"people": others, "values": {"reviewer": visit.name(draft.reviewer_id if draft else None)}}


def _findings(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"findings": postmortems.findings(visit.session, incident)}


def _sections(visit: Visit, incident: Incident) -> dict[str, Any]:
    asked = postmortems.questions(visit.session, incident)
    return {"sections": [(one.key, one.key.replace("_", " ").capitalize()) for one in asked]}


def _remark(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The one that the address names, so that one sees what is settled."""
    known = {str(one.id): one for one in postmortems.comments(visit.session, incident)}
    return {"remark": known.get(visit.query.get("comment") or visit.form.get("comment", ""))}


def _version(visit: Visit, incident: Incident) -> dict[str, Any]:
    """The one that the address names, so that one sees what will stand there again."""
    wanted = visit.query.get("version") or visit.form.get("version", "")
    found = [one for one in postmortems.revisions(visit.session, incident) if str(one.number) == wanted]
    return {"version": found[0] if found else None}


def _meeting(visit: Visit, incident: Incident) -> dict[str, Any]:
    draft = postmortems.of(visit.session, incident)
    if draft is None or draft.meeting_at is None:
        return {"is_set": False}
    there = draft.meeting_at.astimezone(ZoneInfo(visit.by.timezone))
    return {"is_set": True, "values": {"time": f"{there:%Y-%m-%d %H:%M}"}}


def _about(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {**about(visit, incident), "at": "postmortems"}


PLACE = Place("/incidents/{ref}/postmortem", found, _home, _about)
FORMS = (
    Form("submit", submit, main="reviewer", offers=_reviewers, group="postmortem"),
    Form("approve", approve, offers=_findings, group="postmortem"),
    Form("back", send_back, main="reason", group="postmortem"),
    Form("comment", comment, main="text", offers=_sections, group="postmortem"),
    Form("settle", settle, offers=_remark, group="postmortem"),
    Form("restore", restore, offers=_version, group="postmortem"),
    Form("meeting", meet, main="time", offers=_meeting, group="postmortem"),
    Form("publish", publish, offers=_left, group="postmortem"),
    Form("template", choose_template, main="template", offers=_templates, group="postmortem"),
    Form("owner", assign, main="owner", offers=_writers, group="postmortem"),
)
