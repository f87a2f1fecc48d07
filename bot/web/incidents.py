"""The pages of incidents: the list, and one incident with its timeline, its panels and its buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from bot.domain import actions, incidents, people, postmortems, runbooks, updates
from bot.domain.company import company_of
from bot.domain.incidents import LIVE, OVER, Entry, Incident, Milestone, Status
from bot.domain.updates import Phase
from bot.lib.choices import one_of
from bot.web.api.paging import before
from bot.web.look import Look
from bot.web.visits import Doorman, Visit, see

SILENCE = timedelta(minutes=30)
PAGE = 50
FILTERS = {
    "live": [status.value for status in LIVE],
    "resolved": [Status.RESOLVED.value],
    "over": [status.value for status in OVER],
    "all": None,
}


@dataclass(frozen=True)
class Row:
    """One line of the timeline as it is shown; `silence` is how long nothing was said before it."""

    entry: Entry
    who: str
    text: str
    trace: list[str]
    new_day: datetime | None
    silence: timedelta | None


class IncidentPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [
            self.doorman.get("/", self.list),
            self.doorman.get("/incidents", self.list),
            self.doorman.get("/incidents/{ref}", self.show),
            *(self.doorman.post(f"/incidents/{{ref}}/{word}", step) for word, step in STEPS.items()),
        ]

    def list(self, visit: Visit) -> Response:
        kind = visit.query.get("show", "live")
        one_of("list", kind, dict.fromkeys(FILTERS, True))
        statuses, start = FILTERS[kind], before(visit.query.get("before"))
        found = incidents.page(visit.session, as_=visit.by, statuses=statuses, limit=PAGE + 1, before=start)
        rows = [self._line(visit, incident) for incident in found[:PAGE]]
        older = found[PAGE - 1].id if len(found) > PAGE else None
        words = visit.words(rows=rows, kind=kind, kinds=list(FILTERS), older=older, at="incidents")
        return self.look.page("incidents.html.j2", words)

    def _line(self, visit: Visit, incident: Incident) -> dict[str, Any]:
        return {
            "incident": incident,
            "commander": visit.name(incidents.commander(visit.session, incident)),
            "services": service_names(visit, incident),
        }

    def _goes_on(self, visit: Visit, incident: Incident) -> str:
        """The incident into which this one was merged, if the reader may know of it."""
        into = incidents.get(visit.session, incident.merged_into) if incident.merged_into else None
        return into.ref if into and incidents.visible(visit.session, into, visit.by) else ""

    def show(self, visit: Visit) -> Response:
        incident = incidents.find(visit.session, visit.path["ref"], as_=visit.by)
        entries = incidents.timeline(visit.session, incident)
        seats = incidents.seats(visit.session, incident)
        roles = [(role, visit.name(seats.get(role.key))) for role in company_of(visit.session).roles]
        words = visit.words(
            incident=incident,
            rows=list(rows(visit, entries)),
            roles=roles,
            services=service_names(visit, incident),
            moments=[(each.words, incident.moment(each)) for each in Milestone],
            loops=incidents.loops(visit.session, incident),
            goes_on=self._goes_on(visit, incident),
            declared_by=visit.name(incident.declared_by),
            at="incidents",
            **extras(visit, incident),
        )
        return self.look.page("incident.html.j2", words)


def service_names(visit: Visit, incident: Incident) -> list[str]:
    known = {service.key: service.name for service in company_of(visit.session).services}
    return [known.get(key, key) for key in incidents.services_of(visit.session, incident)]


def rows(visit: Visit, entries: list[Entry]) -> Iterator[Row]:
    """The timeline with its days, where it crosses midnight, and its silences."""
    days = {entry.at.astimezone(UTC).date() for entry in entries}
    last: datetime | None = None
    for entry in entries:
        is_new_day = len(days) > 1 and (last is None or last.date() != entry.at.date())
        quiet = entry.at - last if last and entry.at - last >= SILENCE else None
        yield Row(
            entry=entry,
            who=entry.author_name or people.get(visit.session, entry.by).name,
            text=people.spell(visit.session, entry.text),
            trace=[people.spell(visit.session, words) for words in entry.trace],
            new_day=entry.at if is_new_day else None,
            silence=quiet,
        )
        last = entry.at


def extras(visit: Visit, incident: Incident) -> dict[str, Any]:
    """What the other features know of the incident."""
    session = visit.session
    return {
        "phases": [phase.value for phase in Phase],
        "updates": list(reversed(updates.of(session, incident))),
        "promised": updates.promised_by(session, incident),
        "actions": [
            {"item": item, "owner": visit.name(item.owner_id)} for item in actions.of(session, incident)
        ],
        "postmortem": postmortems.state(session, incident),
        "runbooks": runbooks.runs(session, incident),
    }


def _found(visit: Visit) -> Incident:
    return incidents.find(visit.session, visit.path["ref"], as_=visit.by)


def _acknowledge(visit: Visit) -> Response:
    incident = _found(visit)
    incidents.acknowledge(visit.session, incident, by=visit.by, now=visit.now)
    return see(f"/incidents/{incident.ref}")


def _resolve(visit: Visit) -> Response:
    incident = _found(visit)
    incidents.resolve(visit.session, incident, by=visit.by, now=visit.now, note=visit.form.get("note", ""))
    return see(f"/incidents/{incident.ref}")


def _close(visit: Visit) -> Response:
    incident = _found(visit)
    incidents.close(visit.session, incident, by=visit.by, now=visit.now)
    return see(f"/incidents/{incident.ref}")


def _note(visit: Visit) -> Response:
    incident = _found(visit)
    incidents.note(visit.session, incident, visit.form.get("text", ""), by=visit.by, now=visit.now)
    return see(f"/incidents/{incident.ref}#end")


def _join(visit: Visit) -> Response:
    incident = _found(visit)
    incidents.set_role(
        visit.session, incident, visit.form.get("role", ""), visit.by, by=visit.by, now=visit.now
    )
    return see(f"/incidents/{incident.ref}")


def _update(visit: Visit) -> Response:
    incident, said = _found(visit), visit.form
    message, phase = said.get("message", ""), said.get("phase")
    told = partial(updates.publish, visit.session, incident, message, phase=phase)
    told(next_in=said.get("next_in"), by=visit.by, now=visit.now)
    return see(f"/incidents/{incident.ref}#customers")


def _action(visit: Visit) -> Response:
    incident, said = _found(visit), visit.form
    owner = people.meant(visit.session, said["owner"]) if said.get("owner") else None
    actions.create(visit.session, incident, said.get("title", ""), by=visit.by, now=visit.now, owner=owner)
    return see(f"/incidents/{incident.ref}#actions")


STEPS = {
    "acknowledge": _acknowledge,
    "resolve": _resolve,
    "close": _close,
    "note": _note,
    "join": _join,
    "update": _update,
    "action": _action,
}
