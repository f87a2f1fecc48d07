"""Moving an incident: acknowledged, its status, how bad it is, what it is, and how it ends."""

from typing import Any

from bot.domain import incidents
from bot.domain.incidents import WORKING, Incident, Milestone, Status
from bot.web.forms import Filled, Form, beside
from bot.web.visits import Visit


def acknowledge(filled: Filled, incident: Incident) -> bool:
    return incidents.acknowledge(filled.session, incident, **filled.who)


def set_status(filled: Filled, incident: Incident) -> bool:
    with beside("status"):
        new = Status.parse(filled.text("status"))
    return incidents.set_status(filled.session, incident, new, note=filled.text("note"), **filled.who)


def resolve(filled: Filled, incident: Incident) -> bool:
    return incidents.resolve(filled.session, incident, note=filled.text("note"), **filled.who)


def reopen(filled: Filled, incident: Incident) -> None:
    incidents.reopen(filled.session, incident, filled.text("reason"), **filled.who)


def cancel(filled: Filled, incident: Incident) -> None:
    incidents.cancel(filled.session, incident, filled.text("reason"), **filled.who)


def close(filled: Filled, incident: Incident) -> bool:
    return incidents.close(filled.session, incident, **filled.who)


def merge(filled: Filled, incident: Incident) -> None:
    with beside("into"):
        into = incidents.find(filled.session, filled.text("into"), as_=filled.visit.by)
    incidents.merge(filled.session, incident, into, **filled.who)


def set_severity(filled: Filled, incident: Incident) -> bool:
    new, why = filled.text("severity"), filled.text("why")
    return incidents.set_severity(filled.session, incident, new, why=why, **filled.who)


def rename(filled: Filled, incident: Incident) -> bool:
    with beside("title"):
        if not filled.text("title").strip():
            raise incidents.rules.Missing("Say what is wrong, in a few words. Nothing was changed.")
    return incidents.rename(filled.session, incident, filled.text("title"), **filled.who)


def set_services(filled: Filled, incident: Incident) -> bool:
    return incidents.set_services(filled.session, incident, filled.many("services"), **filled.who)


def set_milestone(filled: Filled, incident: Incident) -> bool:
    with beside("milestone"):
        meant = Milestone.parse(filled.text("milestone"))
    if (at := filled.moment("time")) is None:
        with beside("time"):
            raise incidents.rules.Missing("Say when it was. Nothing was changed.")
    with beside("time"):
        why = filled.text("why").strip()
        return incidents.set_milestone(filled.session, incident, meant, at, why=why, **filled.who)


def _status_now(_: Visit, incident: Incident) -> dict[str, Any]:
    onward = [status.value for status in WORKING if status in incidents.rules.NEXT[Status(incident.status)]]
    return {"statuses": onward, "values": {"status": onward[0] if onward else ""}}


def _severity_now(_: Visit, incident: Incident) -> dict[str, Any]:
    return {"values": {"severity": incident.severity}}


def _title_now(_: Visit, incident: Incident) -> dict[str, Any]:
    return {"values": {"title": incident.title}}


def _services_now(visit: Visit, incident: Incident) -> dict[str, Any]:
    """Also those that have left closeout.toml since: they stay until someone takes them off."""
    touched = incidents.services_of(visit.session, incident)
    return {"values": {"services": touched}}


def _milestones(_: Visit, incident: Incident) -> dict[str, Any]:
    return {"moments": [(each, incident.moment(each)) for each in Milestone]}


def _others(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"others": [one for one in incidents.live(visit.session, as_=visit.by) if one.id != incident.id]}


def _loops(visit: Visit, incident: Incident) -> dict[str, Any]:
    return {"loops": incidents.loops(visit.session, incident)}


FORMS = (
    Form("acknowledge", acknowledge),
    Form("status", set_status, main="status", offers=_status_now),
    Form("resolve", resolve, main="note"),
    Form("reopen", reopen, main="reason"),
    Form("cancel", cancel, main="reason"),
    Form("close", close, offers=_loops),
    Form("merge", merge, main="into", offers=_others),
    Form("severity", set_severity, main="severity", offers=_severity_now),
    Form("rename", rename, main="title", offers=_title_now),
    Form("services", set_services, main="services", offers=_services_now),
    Form("milestone", set_milestone, main="time", offers=_milestones),
)
