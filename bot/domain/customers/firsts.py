"""Who told whom first: of each customer and each trouble, when we told them and when they told us.

We told them with the first private word, or with the first update that everybody could read. Drills count
nowhere, made-up incidents only where all is made up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from bot.domain import incidents
from bot.domain.customers.model import AffectedCustomer, Customer, CustomerReport, PrivateWord, WordState
from bot.domain.incidents import Incident, Status
from bot.domain.people import Person
from bot.domain.updates import Update
from bot.lib.words import plural

NOTHING = (Status.CANCELLED,)


@dataclass(frozen=True)
class Story:
    """One customer in one trouble: an incident, or a quiet case that was none."""

    customer: Customer
    incident: Incident | None
    case_id: int | None
    told_at: datetime | None
    reported_at: datetime | None

    @property
    def lead(self) -> timedelta | None:
        """How long we were ahead of them; negative where they were ahead of us."""
        return self.reported_at - self.told_at if self.told_at and self.reported_at else None

    @property
    def we_were_first(self) -> bool:
        return self.told_at is not None and (self.reported_at is None or self.told_at <= self.reported_at)

    @property
    def began_at(self) -> datetime:
        moments = [each for each in (self.told_at, self.reported_at) if each]
        return min(moments)


@dataclass(frozen=True)
class Figures:
    """The measure. Minutes are medians."""

    first: int  # we told them, and they wrote later
    spared: int  # we told them, and they never had to ask
    second: int  # they told us, and then we them
    silent: int  # they told us, and never heard from us
    ahead: timedelta | None
    behind: timedelta | None

    @property
    def asked(self) -> int:
        """Customers who told us, before or after."""
        return self.first + self.second + self.silent

    @property
    def told_first(self) -> int:
        return self.first + self.spared

    @property
    def all(self) -> int:
        return self.asked + self.spared


def stories(
    session: Session, *, as_: Person, since: datetime, until: datetime, customer: Customer | None = None
) -> list[Story]:
    """All that began in the time, the newest first. Who was neither told nor asked has no story."""
    told = _told_by_word(session, customer)
    reported = _reported(session, customer)
    known = _affected(session, as_, since, customer)
    for (customer_id, incident_id), moment in _told_by_update(session, known).items():
        key = (customer_id, incident_id, None)
        told[key] = min(told.get(key, moment), moment)
    found = _put_together(session, as_, told, reported)
    return sorted(
        (one for one in found if since <= one.began_at < until), key=lambda one: one.began_at, reverse=True
    )


def figures(found: Iterable[Story]) -> Figures:
    all = list(found)
    ahead = [one.lead for one in all if one.we_were_first and one.lead is not None]
    behind = [-one.lead for one in all if not one.we_were_first and one.lead is not None]
    return Figures(
        first=len(ahead),
        spared=sum(one.we_were_first and one.reported_at is None for one in all),
        second=len(behind),
        silent=sum(one.told_at is None for one in all),
        ahead=_middle(ahead),
        behind=_middle(behind),
    )


def headline(found: Figures) -> str:
    """The answer first."""
    if not found.all:
        return "No customer was told, and none has told us, in this time."
    told = f"{found.told_first} of {plural(found.all, 'customer')} heard from us before they told us"
    return f"{told}; {found.spared} of them never had to ask." if found.spared else f"{told}."


def headline_of_one(found: Figures) -> str:
    """The same for one customer."""
    if not found.all:
        return "Nothing happened to them in this time."
    return f"We told them before they told us in {found.told_first} of {plural(found.all, 'trouble')}."


def _middle(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


Key = tuple[int, int | None, int | None]  # customer, incident, case


def _told_by_word(session: Session, customer: Customer | None) -> dict[Key, datetime]:
    asked = select(PrivateWord).where(PrivateWord.state == WordState.SENT, PrivateWord.sent_to > 0)
    if customer is not None:
        asked = asked.where(PrivateWord.customer_id == customer.id)
    found: dict[Key, datetime] = {}
    for word in session.exec(asked.order_by(col(PrivateWord.decided_at))):
        if word.decided_at:
            # A case that became an incident is told once: its word counts for the incident.
            key = (word.customer_id, word.incident_id, None if word.incident_id else word.case_id)
            found.setdefault(key, word.decided_at)
    return found


def _reported(session: Session, customer: Customer | None) -> dict[Key, datetime]:
    asked = select(CustomerReport).order_by(col(CustomerReport.at))
    if customer is not None:
        asked = asked.where(CustomerReport.customer_id == customer.id)
    found: dict[Key, datetime] = {}
    for row in session.exec(asked):
        key = (row.customer_id, row.incident_id, None if row.incident_id else row.case_id)
        found.setdefault(key, row.at)
    return found


def _affected(
    session: Session, as_: Person, since: datetime, customer: Customer | None
) -> list[tuple[int, int]]:
    """Customer and incident, of incidents that were still going on then."""
    asked = (
        select(AffectedCustomer.customer_id, AffectedCustomer.incident_id)
        .join(Incident, col(Incident.id) == col(AffectedCustomer.incident_id))
        .where(col(AffectedCustomer.is_out).is_(False), col(Incident.private).is_(False))
        .where(col(Incident.drill).is_(False))
        .where(col(Incident.resolved_at).is_(None) | (col(Incident.resolved_at) >= since))
    )
    if customer is not None:
        asked = asked.where(AffectedCustomer.customer_id == customer.id)
    return list(session.exec(asked.where(incidents.seen_by(as_))))


def _told_by_update(session: Session, known: Sequence[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """The first update of the incident that everybody could read."""
    ids = {incident for _, incident in known}
    asked = select(Update.incident_id, Update.at).where(col(Update.public)).order_by(col(Update.at).desc())
    first = {incident: at for incident, at in session.exec(asked) if incident in ids}
    return {(who, incident): first[incident] for who, incident in known if incident in first}


def _put_together(
    session: Session, as_: Person, told: dict[Key, datetime], reported: dict[Key, datetime]
) -> list[Story]:
    """What was merged counts where the work went on, once for each customer."""
    ours: dict[Key, datetime] = {}
    theirs: dict[Key, datetime] = {}
    for source, target in ((told, ours), (reported, theirs)):
        for (who, incident_id, case), at in source.items():
            into = _counted(session, as_, incident_id) if incident_id is not None else None
            if incident_id is not None and into is None:
                continue
            key = (who, into.id if into else None, case)
            target[key] = min(target.get(key, at), at)
    keys = dict.fromkeys([*ours, *theirs])
    return [_story(session, key, ours.get(key), theirs.get(key)) for key in keys]


def _story(session: Session, key: Key, told: datetime | None, reported: datetime | None) -> Story:
    who, incident_id, case = key
    incident = incidents.get(session, incident_id) if incident_id is not None else None
    return Story(session.get_one(Customer, who), incident, case, told, reported)


def _counted(session: Session, as_: Person, id: int) -> Incident | None:
    """Where the work went on; None where it does not count, or the reader may not know of it."""
    incident = incidents.final(session, incidents.get(session, id))
    if incident.drill or incident.status in NOTHING or not incidents.visible(session, incident, as_):
        return None
    if incident.sample and not session.info.get("practice"):
        return None
    return incident
