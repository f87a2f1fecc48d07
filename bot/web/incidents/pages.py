"""The list of incidents, and the page of one: its timeline, its panels, what can be done about it."""

from typing import Any

from starlette.responses import Response

from bot.domain import actions, drills, incidents, people, postmortems, runbooks
from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.incidents import LIVE, OVER, Incident, Milestone, Status
from bot.lib.choices import one_of
from bot.web import live
from bot.web.api.paging import before
from bot.web.forms import Place
from bot.web.incidents import affected, factors, telling, timeline, voices
from bot.web.look import Look
from bot.web.visits import Visit

PAGE = 50
FILTERS = {
    "live": [status.value for status in LIVE],
    "resolved": [Status.RESOLVED.value],
    "over": [status.value for status in OVER],
    "all": None,
}


def found(visit: Visit) -> Incident:
    """The incident of the address; one that the person may not see is not there."""
    return incidents.find(visit.session, visit.path["ref"], as_=visit.by)


def about(visit: Visit, incident: Incident) -> dict[str, Any]:
    """What every form about an incident shows of it."""
    return {"incident": incident, "at": "incidents", "company": company_of(visit.session)}


def home(visit: Visit, incident: Incident) -> str:
    """Where one is afterwards; who just left what is private sees it no more."""
    is_seen = incidents.visible(visit.session, incident, visit.by)
    return f"/incidents/{incident.ref}" if is_seen else "/incidents"


PLACE = Place("/incidents/{ref}", found, home, about)


class Pages:
    def __init__(self, look: Look) -> None:
        self.look = look

    def list(self, visit: Visit) -> Response:
        kind = visit.query.get("show", "live")
        one_of("list", kind, dict.fromkeys(FILTERS, True))
        statuses, start = FILTERS[kind], before(visit.query.get("before"))
        known = incidents.page(visit.session, as_=visit.by, statuses=statuses, limit=PAGE + 1, before=start)
        rows = [_line(visit, incident) for incident in known[:PAGE]]
        older = known[PAGE - 1].id if len(known) > PAGE else None
        words = visit.words(
            rows=rows,
            kind=kind,
            kinds=[*FILTERS],
            older=older,
            at="incidents",
            live="list",
            live_mark=live.mark(visit.session, visit.by.id, live.ALL),
        )
        return self.look.page("incidents.html.j2", words)

    def show(self, visit: Visit) -> Response:
        incident = found(visit)
        entries = incidents.timeline(visit.session, incident)
        words = visit.words(
            said=visit.query.get("said", ""),
            is_same=bool(visit.query.get("same")),
            timeline=timeline.shown(visit, entries),
            goes_on=_goes_on(visit, incident),
            declared_by=visit.name(incident.declared_by),
            live=incident.ref,
            live_mark=live.mark(visit.session, visit.by.id, incident.ref),
            **about(visit, incident),
            **_of_people(visit, incident),
            **_of_work(visit, incident),
            **factors.shown(visit, incident),
            **affected.shown(visit, incident),
            **voices.shown(visit, incident),
        )
        return self.look.page("incident.html.j2", words)


def _line(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {
        "incident": incident,
        "commander": visit.name(incidents.commander(visit.session, incident)),
        "services": service_names(visit, incident),
    }


def _goes_on(visit: Visit, incident: Incident) -> str:
    """The incident into which this one was merged, if the reader may know of it."""
    into = incidents.get(visit.session, incident.merged_into) if incident.merged_into else None
    return into.ref if into and incidents.visible(visit.session, into, visit.by) else ""


def service_names(visit: Visit, incident: Incident) -> list[str]:
    known = {service.key: service.name for service in company_of(visit.session).services}
    return [known.get(key, key) for key in incidents.services_of(visit.session, incident)]


def _of_people(visit: Visit, incident: Incident) -> dict[str, Any]:
    seats = incidents.seats(visit.session, incident)
    members = [people.get(visit.session, id) for id in incidents.members(visit.session, incident)]
    return {
        "roles": [(role, seats.get(role.key)) for role in company_of(visit.session).roles],
        "name": visit.name,
        "members": sorted(members, key=lambda one: one.name.lower()),
        "services": service_names(visit, incident),
    }


def _of_work(visit: Visit, incident: Incident) -> dict[str, Any]:
    """What the other features know of the incident."""
    session = visit.session
    return {
        "loops": incidents.loops(session, incident),
        "moments": [(each, incident.moment(each)) for each in Milestone],
        **telling.shown(visit, incident),
        "items": [_item(visit, item) for item in actions.of(session, incident)],
        "postmortem": postmortems.state(session, incident),
        "runs": runbooks.runs(session, incident),
        "drill": drills.of(session, incident) if incident.drill else None,
    }


def _item(visit: Visit, item: ActionItem) -> dict[str, Any]:
    today = visit.now.date()
    return {
        "item": item,
        "owner": visit.name(item.owner_id),
        "late": (today - item.due).days if item.due and item.is_late(today) else 0,
        "may_verify": visit.by.id not in (item.owner_id, item.done_by),
    }
