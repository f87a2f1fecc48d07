"""The pages of customers: the register, one customer, a private word, a quiet case with its evidence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import customers, incidents, signals
from bot.domain.company import company_of
from bot.domain.customers import Customer, Entry, NoSuchWord, PrivateWord, Wording
from bot.domain.signals import Case
from bot.web.evidence import chart
from bot.web.forms import Filled, Form, Forms, Place, beside
from bot.web.look import Look
from bot.web.offers import known_people
from bot.web.visits import Doorman, Visit

PAGE, BACK = 100, timedelta(days=90)
AT = "customers"


@dataclass
class Adding:
    """What a form to add is about: nothing yet, then the customer."""

    customer: Customer | None = None


class CustomerPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        forms = Forms(self.doorman, self.look)
        return [
            self.doorman.get("/customers", self.list),
            *forms.routes(ADDING, ADD_FORMS),
            self.doorman.get("/customers/{key}", self.show),
            *forms.routes(CUSTOMER, CUSTOMER_FORMS),
            self.doorman.get("/words/{id}", self.word),
            *forms.routes(WORD, WORD_FORMS),
            self.doorman.get("/cases/{case}", self.case),
            *forms.routes(CASE, CASE_FORMS),
        ]

    def list(self, visit: Visit) -> Response:
        session, by = visit.session, visit.by
        text, tier, after = (visit.query.get(name, "") for name in ("text", "tier", "after"))
        found = customers.page(session, as_=by, text=text, tier=tier, limit=PAGE + 1, after=after)
        told = customers.stories(session, as_=by, since=visit.now - BACK, until=visit.now)
        words = visit.words(
            at=AT,
            rows=[_line(visit, one) for one in found[:PAGE]],
            following=found[PAGE - 1].key if len(found) > PAGE else "",
            count=customers.count(session),
            tiers=customers.tiers(session),
            text=text,
            tier=tier,
            measured=customers.figures(told),
            headline=customers.headline(customers.figures(told)),
            stories=told[:20],
            cases=[_case(visit, one) for one in signals.open_cases(session, as_=by)],
            waiting=[_word(visit, one) for one in customers.waiting(session, as_=by)],
            strangers=signals.strangers(session, as_=by),
            **_said(visit),
        )
        return self.look.page("customers.html.j2", words)

    def show(self, visit: Visit) -> Response:
        one = _customer(visit)
        session, by = visit.session, visit.by
        told = customers.stories(session, as_=by, since=visit.now - 4 * BACK, until=visit.now, customer=one)
        words = visit.words(
            at=AT,
            customer=one,
            owner=visit.name(one.owner_id),
            services=_service_names(visit, one),
            contacts=customers.contacts(session, one) if customers.sees_contacts(by) else None,
            series=[_series(each) for each in signals.series_of(session, one)],
            cases=[
                _case(visit, each) for each in signals.recent_cases(session, as_=by, customer=one, limit=20)
            ],
            words=[_word(visit, each) for each in customers.words_to(session, one, as_=by)],
            stories=told,
            headline=customers.headline_of_one(customers.figures(told)),
            **_said(visit),
        )
        return self.look.page("customer.html.j2", words)

    def word(self, visit: Visit) -> Response:
        one = _found_word(visit)
        customer = customers.get(visit.session, one.customer_id)
        owner = customers.owner(visit.session, customer)
        seen = customers.sees_contacts(visit.by)
        words = visit.words(
            at=AT,
            customer=customer,
            owner=owner.name if owner else "",
            is_mine=owner is not None and owner.id == visit.by.id,
            contacts=customers.contacts(visit.session, customer) if seen else None,
            **_word(visit, one),
            **_said(visit),
        )
        return self.look.page("word.html.j2", words)

    def case(self, visit: Visit) -> Response:
        one = _found_case(visit)
        word = customers.of_case(visit.session, one.id)
        rules = {rule.key: rule for rule in company_of(visit.session).signals}
        words = visit.words(
            at=AT,
            chart=_chart(visit, one),
            word=word,
            points=[(moment, signals.said(value, one.unit)) for moment, value in _moments(one)],
            rule=rules.get(one.signal),
            **_case(visit, one),
            **_said(visit),
        )
        return self.look.page("case.html.j2", words)


def _said(visit: Visit) -> dict[str, Any]:
    return {"said": visit.query.get("said", ""), "is_same": bool(visit.query.get("same"))}


def _moments(one: Case) -> list[tuple[datetime, float]]:
    """The newest first."""
    return [(datetime.fromtimestamp(at, UTC), value) for at, value in reversed(one.points)]


def _chart(visit: Visit, one: Case) -> Markup:
    zone = ZoneInfo(visit.by.timezone)

    def clock(at: float) -> str:
        there = datetime.fromtimestamp(at, zone)
        return f"{there.day} {there:%b %H:%M}"

    return chart(
        one.points, one.usual, one.limit, said=lambda value: signals.said(value, one.unit), clock=clock
    )


def _line(visit: Visit, one: Customer) -> dict[str, Any]:
    return {"it": one, "owner": visit.name(one.owner_id), "services": _service_names(visit, one)}


def _service_names(visit: Visit, one: Customer) -> list[str]:
    known = {service.key: service.name for service in company_of(visit.session).services}
    return [known.get(key, key) for key in customers.services(visit.session, one)]


def _series(one: signals.Series) -> dict[str, Any]:
    points = one.state.get("recent", [])
    return {"it": one, "last": signals.said(one.last_value, one.unit), "spark": signals.spark(points)}


def _case(visit: Visit, one: Case) -> dict[str, Any]:
    incident = signals.incident_of(visit.session, one, as_=visit.by)
    return {
        "case": one,
        "name": customers.get(visit.session, one.customer_id),
        "says": signals.sentence(visit.session, one),
        "spark": signals.spark(one.points),
        "value": signals.said(one.value, one.unit),
        "usual": signals.said(one.usual, one.unit),
        "became": incident.ref if incident else "",
        "ended_by": visit.name(one.ended_by),
    }


def _word(visit: Visit, one: PrivateWord) -> dict[str, Any]:
    return {
        "word": one,
        "to": customers.get(visit.session, one.customer_id),
        "about": f"INC-{one.incident_id}" if one.incident_id else "",
        "about_case": f"C-{one.case_id}" if one.case_id and not one.incident_id else "",
        "by": visit.name(one.drafted_by),
        "decided": visit.name(one.decided_by),
    }


# ---- the register


def _entry(filled: Filled, key: str) -> Entry:
    return Entry(
        key=key,
        name=filled.text("name"),
        tier=filled.text("tier"),
        owner=filled.text("owner"),
        contacts=tuple(filled.text("contacts").splitlines()),
        services=tuple(filled.visit.form.getlist("services")),
        note=filled.text("note"),
    )


def add(filled: Filled, adding: Adding) -> bool:
    filled.someone("owner")
    adding.customer, changed = customers.save(
        filled.session, _entry(filled, filled.text("key")), **filled.who
    )
    return changed


def load(filled: Filled, _: Adding) -> bool:
    done = customers.load(filled.session, filled.text("csv"), **filled.who)
    return bool(done.added or done.changed)


def edit(filled: Filled, one: Customer) -> bool:
    filled.someone("owner")
    return customers.save(filled.session, _entry(filled, one.key), **filled.who)[1]


def remove(filled: Filled, one: Customer) -> None:
    customers.remove(filled.session, one, **filled.who)


def reported(filled: Filled, one: Customer) -> None:
    at = filled.moment("time") or filled.visit.now
    said = filled.text("incident").strip()
    with beside("incident"):
        incident = incidents.find(filled.session, said, as_=filled.visit.by) if said else None
    with beside("time", incidents.rules.BadTime):
        signals.note_report(
            filled.session, one, at=at, words=filled.text("words"), incident=incident, **filled.who
        )


def _customer(visit: Visit) -> Customer:
    return customers.find(visit.session, visit.path["key"], as_=visit.by)


def _choices(visit: Visit) -> dict[str, Any]:
    return {
        "people": known_people(visit),
        "offered": company_of(visit.session).services,
        "tiers": customers.tiers(visit.session),
    }


def _to_add(visit: Visit, _: Adding) -> dict[str, Any]:
    customers.check_sees(visit.by)
    return _choices(visit)


def _to_edit(visit: Visit, one: Customer) -> dict[str, Any]:
    owner = customers.owner(visit.session, one)
    known = customers.contacts(visit.session, one) if customers.sees_contacts(visit.by) else []
    lines = [f"{each.name} <{each.address}>" if each.name else each.address for each in known]
    values = {
        "name": one.name,
        "tier": one.tier,
        "owner": (owner.email or owner.name) if owner else "",
        "contacts": "\n".join(lines),
        "services": customers.services(visit.session, one),
        "note": one.note,
    }
    return {**_choices(visit), "values": values}


def _about_customer(visit: Visit, one: Customer) -> dict[str, Any]:
    return {"at": AT, "customer": one}


def _to_tell(visit: Visit, one: Customer) -> dict[str, Any]:
    live = customers.live_for(visit.session, one)
    seen = live is not None and incidents.visible(visit.session, live, visit.by)
    return {"values": {"incident": live.ref if live and seen else ""}}


ADDING = Place(
    "/customers",
    lambda _: Adding(),
    lambda _, adding: f"/customers/{adding.customer.key}" if adding.customer else "/customers",
    lambda *_: {"at": AT},
)
CUSTOMER = Place(
    "/customers/{key}",
    _customer,
    lambda _, one: "/customers" if one.removed_at else f"/customers/{one.key}",
    _about_customer,
)
ADD_FORMS = (
    Form("add", add, main="name", offers=_to_add, group=AT),
    Form("import", load, main="csv", offers=_to_add, group=AT),
)
CUSTOMER_FORMS = (
    Form("edit", edit, main="contacts", offers=_to_edit, group=AT),
    Form("remove", remove, group=AT),
    Form("reported", reported, main="time", offers=_to_tell, group=AT),
)


# ---- a private word


def change(filled: Filled, word: PrivateWord) -> bool:
    said = Wording(filled.text("text"), filled.text("subject"))
    return customers.change(filled.session, word, said, **filled.who)


def approve(filled: Filled, word: PrivateWord) -> None:
    customers.approve(filled.session, word, **filled.who)


def discard(filled: Filled, word: PrivateWord) -> None:
    customers.discard(filled.session, word, **filled.who)


def _found_word(visit: Visit) -> PrivateWord:
    number = visit.path["id"]
    if not number.isdecimal() or len(number) > 9:
        raise NoSuchWord
    return customers.word(visit.session, int(number), as_=visit.by)


def _about_word(visit: Visit, word: PrivateWord) -> dict[str, Any]:
    return {"at": AT, **_word(visit, word)}


def _to_change(_: Visit, word: PrivateWord) -> dict[str, Any]:
    return {"values": {"text": word.text, "subject": word.subject}}


WORD = Place("/words/{id}", _found_word, lambda _, word: f"/words/{word.id}", _about_word)
WORD_FORMS = (
    Form("change", change, main="text", offers=_to_change, group=AT),
    Form("approve", approve, group=AT),
    Form("discard", discard, group=AT),
)


# ---- a quiet case


def declare(filled: Filled, case: Case) -> None:
    signals.declare(filled.session, case, **filled.who)


def dismiss(filled: Filled, case: Case) -> None:
    signals.dismiss(filled.session, case, filled.text("why"), **filled.who)


def accept(filled: Filled, case: Case) -> None:
    signals.accept(filled.session, case, **filled.who)


def _found_case(visit: Visit) -> Case:
    return signals.named(visit.session, visit.path["case"], as_=visit.by)


def _after(visit: Visit, case: Case) -> str:
    """Who makes it an incident goes there."""
    incident = signals.incident_of(visit.session, case, as_=visit.by)
    return f"/incidents/{incident.ref}" if incident else f"/cases/{case.ref}"


CASE = Place("/cases/{case}", _found_case, _after, lambda visit, case: {"at": AT, **_case(visit, case)})
CASE_FORMS = (
    Form("declare", declare, group=AT),
    Form("dismiss", dismiss, main="why", group=AT),
    Form("accept", accept, group=AT),
)
