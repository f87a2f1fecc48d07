"""What the tests of the domain share: a company, four people, templates and runbooks, and an incident."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

import bot.domain
from bot.domain import incidents, nudges, people
from bot.domain import runbooks as books
from bot.domain.company import Company, Service
from bot.domain.incidents import Report
from bot.lib.courier import Courier
from bot.lib.facts import Event
from bot.lib.plugins import modules_in
from tests.conftest import NOON

TOP = Path(__file__).parent.parent.parent
COMPANY = Company(
    services=(
        Service(key="checkout", name="Checkout", component="Paying"),
        Service(key="search", name="Search"),
        Service(key="database", name="Orders database"),
    )
)
for feature in modules_in(bot.domain):
    if hasattr(feature, "__path__"):
        modules_in(feature)  # guards announce themselves


def later(**span):
    return NOON + timedelta(**span)


@pytest.fixture
def courier(engine, listeners):
    info = {"company": COMPANY, "templates": TOP / "templates", "runbooks": books.load(TOP / "runbooks")}
    return Courier(engine, listeners, info)


@pytest.fixture
def guarded(engine, listeners):
    """With the gate that stands before every fact; a module calls it its courier."""
    info = {"company": COMPANY, "templates": TOP / "templates", "gate": incidents.gate}
    return Courier(engine, listeners, info)


@pytest.fixture
def ana(session):
    """She commands."""
    return people.of_slack(session, "U0ANA", "Ana")


@pytest.fixture
def ben(session):
    """He is on her team."""
    return people.of_slack(session, "U0BEN", "Ben")


@pytest.fixture
def cy(session):
    """Nobody invited him."""
    return people.of_slack(session, "U0CY", "Cy")


@pytest.fixture
def dora(session):
    """She looks after a customer."""
    return people.of_email(session, "dora@example.com", "Dora")


@pytest.fixture
def an_incident(session, ana):
    return incidents.declare(
        session, Report("Checkout is down", "sev1", services=("checkout",)), by=ana, now=NOON
    )


@pytest.fixture
def facts(session):
    """The facts of an incident so far, perhaps only those of one kind, in order."""

    def found(incident, kind=None):
        asked = select(Event).where(Event.incident_id == incident.id).order_by(Event.id)
        return [row.fact for row in session.exec(asked) if kind is None or row.kind == kind.__name__]

    return found


@pytest.fixture
def nudged(session):
    """What a reminder rule says at a moment, and has not said before."""

    def said():
        return [
            row.fact for row in session.exec(select(Event).where(Event.kind == "Nudged").order_by(Event.id))
        ]

    def run(rule, now):
        before = len(said())
        nudges.run(session, rule, now)
        return said()[before:]

    return run
