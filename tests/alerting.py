"""What tests about alerts have in common: a company, messages, and words for what came of them."""

from datetime import timedelta

from sqlmodel import Session, select

from bot.domain import alerts, incidents, people
from bot.domain.alerts import Agent, Alert, Kind, Message, Snapshot
from bot.domain.company import Company
from bot.domain.incidents import Incident
from bot.lib.facts import Event
from tests.conftest import NOON

COMPANY = Company.model_validate(
    {
        "services": [
            {"key": "checkout", "name": "Checkout", "pagerduty_service": "PSVC001"},
            {"key": "search", "name": "Search", "pagerduty_service": "PSVC002"},
        ]
    }
)
STATUS = {Kind.ACKNOWLEDGED: "acknowledged", Kind.RESOLVED: "resolved"}


def at(minutes=0):
    return NOON + timedelta(minutes=minutes)


def message(kind, key="A", minutes=0, *, id="", agent="", text="", status="", **seen):
    """One message about an alert of checkout that is bad enough to declare by itself."""
    snapshot = None
    if kind not in (Kind.NOTED, Kind.UPDATED, Kind.ASKED, Kind.ANSWERED, Kind.BRIDGE):
        seen = {"title": f"Alert {key}", "source_service": "PSVC001", "service_name": "Checkout API", **seen}
        seen = {"urgency": "high", "priority": "P2", "incident_key": f"key-{key}", **seen}
        snapshot = Snapshot(status=status or STATUS.get(kind, "triggered"), **seen)
    who = Agent(agent, agent.title()) if agent else None
    return Message(id or f"{kind}/{key}/{minutes}", kind, key, at(minutes), who, snapshot, text)


def hear(session, *messages, minutes=None):
    now = at(minutes) if minutes is not None else max(each.at for each in messages)
    alerts.opened(session, "pagerduty", list(messages), by=people.pagerduty(session), now=now)
    session.flush()


def all_incidents(session: Session):
    return list(session.exec(select(Incident).order_by(Incident.id)))


def all_alerts(session: Session):
    session.expire_all()
    return list(session.exec(select(Alert).order_by(Alert.key)))


def kinds(session, incident_id=1):
    return [event.kind for event in events(session, incident_id)]


def events(session, incident_id=1):
    return list(session.exec(select(Event).where(Event.incident_id == incident_id).order_by(Event.id)))


def said(session, kind, incident_id=1):
    """The sentences of this kind of fact, with their authors."""
    named = [event for event in events(session, incident_id) if event.kind == kind]
    return [f"{people.get(session, event.by).name} {event.fact}" for event in named]


def declared(session, title="Down", *, by=None, minutes=0, **more):
    by = by or people.of_email(session, "ada@example.com", "Ada")
    return incidents.declare(session, incidents.Report(title=title, **more), by=by, now=at(minutes))
