"""Declaring an incident: a title is asked for, the rest may follow."""

from typing import Any

from starlette.routing import Route

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Report
from bot.web.forms import Filled, Form, Forms, Place, beside
from bot.web.offers import known_people
from bot.web.visits import Visit


class Draft:
    """What a form to declare is about: nothing yet, then the incident."""

    def __init__(self) -> None:
        self.incident: Incident | None = None


def declare(filled: Filled, draft: Draft) -> None:
    draft.incident = incidents.declare(filled.session, _report(filled), **filled.who)


def _report(filled: Filled) -> Report:
    company = company_of(filled.session)
    with beside("severity"):
        severity = company.severity(filled.text("severity")).key if filled.text("severity") else None
    with beside("services"):
        services = tuple(company.service(name).key for name in filled.many("services"))
    with beside("title"):
        if not filled.text("title").strip():
            raise incidents.rules.Missing("Say what is wrong, in a few words. Nothing was declared yet.")
        title = incidents.rules.title(filled.text("title"))
    return Report(
        title=title,
        severity=severity,
        description=filled.text("description"),
        services=services,
        commander=filled.someone("commander"),
        private="private" in filled.many("private"),
    )


def _offers(visit: Visit, _: Draft) -> dict[str, Any]:
    return {"company": company_of(visit.session), "people": known_people(visit)}


def _home(_: Visit, draft: Draft) -> str:
    return f"/incidents/{draft.incident.ref}" if draft.incident else "/incidents"


FORM = Form("new", declare, main="title", offers=_offers)
PLACE = Place("/incidents", lambda _: Draft(), _home, lambda *_: {"at": "incidents"})


def routes(forms: Forms) -> list[Route]:
    return forms.routes(PLACE, [FORM])
