"""What is owed of action items: to be done, taken, verified, or asked again after it was declined."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bot.domain import incidents, people
from bot.domain.actions.model import STILL_DUE, ActionItem, ItemStatus
from bot.domain.actions.queries import get
from bot.domain.company import Company, company_of
from bot.domain.incidents import Incident
from bot.domain.nudges import ONCE, WIDENING, Owed, Told, horizon, how_late, owed
from bot.domain.people import Person
from bot.lib.words import plural

DO, TAKE, VERIFY, AGAIN = "action", "assign", "verify", "again"


@dataclass
class Crowd:
    """Who is whom, asked once for many items."""

    session: Session
    company: Company
    met: dict[int, Person] = field(default_factory=dict)
    managers: dict[str, Person | None] = field(default_factory=dict)
    crews: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def here(self, id: int | None, incident: Incident) -> Person | None:
        """The person, if they still work here and may see the incident."""
        if not id:
            return None
        if id not in self.met:
            self.met[id] = people.get(self.session, id)
        return self._allowed(self.met[id], incident)

    def leader(self, key: str | None) -> Person | None:
        """Who leads the team, whatever they may see."""
        team = self.company.team(key)
        if team is None or not team.manager:
            return None
        if team.key not in self.managers:
            found = people.find(self.session, team.manager)
            self.managers[team.key] = found if found and people.reachable(self.session, found) else None
        return self.managers[team.key]

    def manager(self, key: str | None, incident: Incident) -> Person | None:
        found = self.leader(key)
        return self._allowed(found, incident) if found else None

    def stand_in(self, incident: Incident, *, but: Collection[int | None] = ()) -> Person | None:
        """Who answers where no manager can: the commander, who declared it, or somebody who took part."""
        if incident.id not in self.crews:
            led = incidents.commander(self.session, incident)
            others = sorted(incidents.members(self.session, incident))
            self.crews[incident.id] = tuple(id for id in (led, incident.declared_by, *others) if id)
        found = (self.here(id, incident) for id in self.crews[incident.id] if id not in but)
        return next((one for one in found if one is not None), None)

    def _allowed(self, person: Person, incident: Incident) -> Person | None:
        if not people.reachable(self.session, person):
            return None
        if not (incident.private or person.is_guest):
            return person
        return person if incidents.visible(self.session, incident, person) else None

    def responsible(self, item: ActionItem, incident: Incident) -> Person | None:
        """The owner; else who answers instead. None: the incident's channel is told."""
        return self.here(item.owner_id, incident) or self.instead(item.team, incident)

    def instead(self, team: str | None, incident: Incident) -> Person | None:
        """Where there is no owner, they left, or nothing reaches them: the team's manager.

        Where no manager may know and no channel can be told, somebody of the incident.
        """
        is_silent = incident.private or not people.has_channels(self.session)
        return self.manager(team, incident) or (self.stand_in(incident) if is_silent else None)


def _with_incident(
    session: Session, *wanted: ColumnElement[bool] | bool
) -> list[tuple[ActionItem, Incident]]:
    asked = select(ActionItem, Incident).join(Incident, col(Incident.id) == col(ActionItem.incident_id))
    return list(session.exec(asked.where(*wanted).order_by(col(ActionItem.id))))


def _is_open() -> ColumnElement[bool]:
    return col(ActionItem.status).in_(STILL_DUE)


def told(session: Session, id: int, today: date) -> Told | None:
    """What is still to be done, with what its owner must know; nothing once it is done."""
    item = get(session, id)
    if item.status not in STILL_DUE or item.due is None:
        return None
    moved = f", moved {'once' if item.moved == 1 else plural(item.moved, 'time')}" if item.moved else ""
    waits = ", blocked" if item.status == ItemStatus.BLOCKED else ""
    owner = people.get(session, item.owner_id) if item.owner_id else None
    left = f", {owner.name} has left" if owner and not owner.is_active else ""
    return _told(item, f"{how_late(item.due, today)}{moved}{waits}{left}", owner.name if owner else "nobody")


@owed(DO, told)
def to_do(session: Session, now: datetime) -> Iterator[Owed]:
    """Asked of the owner; of the team's manager where nobody owns it or the owner has left."""
    company = company_of(session)
    crowd, until = Crowd(session, company), horizon(company, now)
    for item, incident in _with_incident(session, _is_open(), col(ActionItem.due) <= until):
        if item.due is not None and (who := crowd.responsible(item, incident)):
            yield Owed(
                DO, item.id, item.incident_id, item.due, who.id, item.team,
                since=company.day(who.timezone, item.created_at),
                quiet_until=item.snoozed_until, private=incident.private,
            )  # fmt: skip


def untaken(session: Session, id: int, today: date) -> Told | None:
    item = get(session, id)
    if item.status not in STILL_DUE or item.owner_id is not None or item.assign_by is None:
        return None
    by = how_late(item.assign_by, today).replace("due", "an owner is due")
    return _told(item, f"nobody owns it, {by}")


@owed(TAKE, untaken)
def to_take(session: Session, now: datetime) -> Iterator[Owed]:
    """What nobody owns, once policy says that somebody must: its team's channel hears, else the manager."""
    company = company_of(session)
    crowd, until = Crowd(session, company), now.date() + timedelta(days=1)
    wanted = _is_open(), col(ActionItem.owner_id).is_(None), col(ActionItem.assign_by) <= until
    for item, incident in _with_incident(session, *wanted):
        is_told = not incident.private and _has_channel(crowd, item.team)
        who = None if is_told else crowd.manager(item.team, incident) or crowd.stand_in(incident)
        if item.assign_by is not None and (is_told or who):
            yield Owed(
                TAKE, item.id, item.incident_id, item.assign_by, who.id if who else None, item.team,
                since=item.assign_by, quiet_until=item.snoozed_until, private=incident.private,
            )  # fmt: skip


def _has_channel(crowd: Crowd, key: str | None) -> bool:
    """Its own; or the one where incidents are announced, where a team has neither channel nor manager."""
    team = crowd.company.team(key)
    if team is None or not people.has_channels(crowd.session):
        return False
    announced = crowd.company.workspace.announce_in and crowd.leader(team.key) is None
    return bool(team.channel or announced)


def unverified(session: Session, id: int, today: date) -> Told | None:
    item = get(session, id)
    if item.status != ItemStatus.DONE or item.done_at is None:
        return None
    by = people.get(session, item.done_by).name if item.done_by else "somebody"
    days = (today - item.done_at.date()).days
    ago = "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
    return _told(item, f"done by {by} {ago}, does it hold?")


@owed(VERIFY, unverified)
def to_verify(session: Session, now: datetime) -> Iterator[Owed]:
    """Asked of one person who did not do it: all who took part would leave it to each other."""
    company = company_of(session)
    crowd = Crowd(session, company)
    for item, incident in _with_incident(session, col(ActionItem.status) == ItemStatus.DONE):
        who = _verifier(crowd, item, incident)
        if who is not None and item.done_at is not None:
            day = company.day(who.timezone, item.done_at)
            yield Owed(
                VERIFY, item.id, item.incident_id, day, who.id, item.team, since=day,
                late=WIDENING[1:], private=incident.private,
            )  # fmt: skip


def _verifier(crowd: Crowd, item: ActionItem, incident: Incident) -> Person | None:
    """Who led the incident, else who asked for it, else who declared it, else the manager, else anybody."""
    ids = (incidents.commander(crowd.session, incident), item.created_by, incident.declared_by)
    found = [*(crowd.here(id, incident) for id in ids), crowd.manager(item.team, incident)]
    not_these = item.owner_id, item.done_by
    asked = next((one for one in found if one and one.id not in not_these), None)
    return asked or crowd.stand_in(incident, but=not_these)


def declined(session: Session, id: int, today: date) -> Told | None:
    item = get(session, id)
    if item.status != ItemStatus.DECLINED or item.ask_again_on is None:
        return None
    return _told(item, "declined some time ago. Does that still hold, or is it opened again?")


@owed(AGAIN, declined)
def to_ask_again(session: Session, now: datetime) -> Iterator[Owed]:
    """What was urgent and declined all the same: asked once more, of who agreed to it."""
    company = company_of(session)
    crowd, until = Crowd(session, company), now.date() + timedelta(days=1)
    wanted = col(ActionItem.status) == ItemStatus.DECLINED, col(ActionItem.ask_again_on) <= until
    for item, incident in _with_incident(session, *wanted):
        who = crowd.here(item.approver_id, incident) or crowd.responsible(item, incident)
        if who is not None and item.ask_again_on is not None:
            yield Owed(
                AGAIN, item.id, item.incident_id, item.ask_again_on, who.id, since=item.ask_again_on,
                late=ONCE, goes_on=False, private=incident.private,
            )  # fmt: skip


def _told(item: ActionItem, note: str, who: str = "") -> Told:
    return Told(item.ref, item.title, item.incident_id, note, f"actions/{item.ref}", who)
