"""Digests: when one goes out, and to whom; each once, however often the clock asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import people
from bot.domain.actions import ActionItem
from bot.domain.company import Company, company_of
from bot.domain.nudges import NudgeRow, claim
from bot.domain.people import Access, Person, Preference
from bot.domain.postmortems import Postmortem
from bot.domain.reminding import rules
from bot.domain.reminding.facts import Digested
from bot.lib.facts import record

WEEK, MONTH = "week", "month"
BATCH = 20  # digests in one transaction: others write meanwhile


@dataclass(frozen=True)
class Slot:
    """One digest that is due: to a person, to a team, or, with neither, to everybody."""

    key: str
    at: datetime
    period: str
    to: int | None = None
    team: str | None = None


def send(session: Session, slots: Iterable[Slot], now: datetime) -> int:
    """Claim these digests, and say so; answers how many nobody had claimed."""
    by_key = {slot.key: slot for slot in slots}
    new = claim(session, dict.fromkeys(by_key, 0), now)
    by = people.closeout(session).id
    for key in sorted(new):
        slot = by_key[key]
        said = {"key": key, "to": slot.to, "team": slot.team, "period": slot.period, "until": slot.at}
        record(session, Digested(by=by, **said), at=now)
    return len(new)


def due(session: Session, now: datetime) -> list[list[Slot]]:
    """Digests whose hour has come and that nobody has claimed yet, in batches."""
    found = _due(session, now)
    return [found[n : n + BATCH] for n in range(0, len(found), BATCH)]


def pass_over(session: Session, incident_id: int, now: datetime) -> None:
    """What is due now counts as sent: data that was just loaded is no news. It leaves with the incident."""
    claim(session, {slot.key: incident_id for slot in _due(session, now)}, now)


def hours(session: Session, now: datetime) -> frozenset[str]:
    """The weeks and months whose digest may go out now, and where: cheap to ask, and mostly the same."""
    company = company_of(session)
    zones = {*session.exec(select(Person.timezone).distinct()), company.workspace.timezone}
    chosen = {company.digest.weekly, *session.exec(select(Preference.digest_at).distinct())} - {""}
    weeks = {
        f"{when} {zone} {slot[0]}"
        for when in chosen
        for zone in zones
        if (slot := rules.week_slot(company, when, zone, now))
    }
    monthly = company.digest.monthly
    months = {
        f"{monthly} {zone} {slot[0]}"
        for zone in zones
        if (slot := rules.month_slot(company, monthly, zone, now))
    }
    return frozenset(weeks | months)


def _due(session: Session, now: datetime) -> list[Slot]:
    company = company_of(session)
    found = [
        *(_of_channels(company, now) if people.has_channels(session) else ()),
        *_of_people(session, company, now),
        *_of_leaders(session, company, now),
    ]
    said: set[str] = set()
    for tail in {slot.key.rpartition("/")[2] for slot in found}:
        for period in ("weekly", "monthly"):
            asked = select(NudgeRow.key).where(col(NudgeRow.key).like(f"{period}/%/{tail}"))
            said |= set(session.exec(asked))
    return [slot for slot in found if slot.key not in said]


def _of_channels(company: Company, now: datetime) -> Iterable[Slot]:
    """Each team that has one, and the place where incidents are announced, for everybody."""
    slot = rules.week_slot(company, company.digest.weekly, company.workspace.timezone, now)
    if slot is None:
        return
    if company.workspace.announce_in:
        yield Slot(f"weekly/everybody/{slot[0]}", slot[1], WEEK)
    for team in company.teams:
        if team.channel:
            yield Slot(f"weekly/team:{team.key}/{slot[0]}", slot[1], WEEK, team=team.key)


def _of_people(session: Session, company: Company, now: datetime) -> Iterable[Slot]:
    """Owners and managers, at the hour that they chose, else at the company's; in their own zone."""
    slots: dict[tuple[str, str], tuple[str, datetime] | None] = {}
    wanted = {row.person_id: row for row in session.exec(select(Preference))}
    for person in _owners(session, company):
        wish = wanted.get(person.id)
        if wish and wish.digest_off:
            continue
        when = ((wish.digest_at if wish else "") or company.digest.weekly, person.timezone)
        if when not in slots:
            slots[when] = rules.week_slot(company, *when, now)
        if slot := slots[when]:
            yield Slot(f"weekly/{person.id}/{slot[0]}", slot[1], WEEK, to=person.id)


def _owners(session: Session, company: Company) -> list[Person]:
    """Whoever owes or owed something, and whoever leads a team."""
    items = select(ActionItem.owner_id).where(col(ActionItem.owner_id).is_not(None)).distinct()
    drafts = select(Postmortem.owner_id).where(col(Postmortem.owner_id).is_not(None)).distinct()
    ids = {id for asked in (items, drafts) for id in session.exec(asked) if id}
    managers = {team.manager.lower() for team in company.teams if team.manager}
    everyone = session.exec(select(Person).where(col(Person.is_system).is_(False)).order_by(col(Person.id)))
    found = list(everyone)
    real = {one.same_as or one.id for one in found if one.id in ids}
    wanted = (one for one in found if one.id in real or (one.email or "").lower() in managers)
    return [one for one in wanted if one.same_as is None and people.reachable(session, one)]


def _of_leaders(session: Session, company: Company, now: datetime) -> Iterable[Slot]:
    """Managers and administrators, once a month."""
    leads = col(Person.access).in_((Access.MANAGER, Access.ADMIN))
    asked = select(Person).where(leads, col(Person.is_active), col(Person.is_system).is_(False))
    off = set(session.exec(select(Preference.person_id).where(col(Preference.digest_off))))
    for person in session.exec(asked.order_by(col(Person.id))).all():
        slot = rules.month_slot(company, company.digest.monthly, person.timezone, now)
        is_wanted = person.id not in off and person.same_as is None
        if slot and is_wanted and people.reachable(session, person):
            yield Slot(f"monthly/{person.id}/{slot[0]}", slot[1], MONTH, to=person.id)
