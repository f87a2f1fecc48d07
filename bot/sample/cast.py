"""Who works in the practice company, and who of them is up at a given hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import Session, or_, select

from bot.domain import people
from bot.domain.people import Introduction, Person

NIGHT_ENDS, NIGHT_BEGINS = 8, 21  # hours, by one's own clock


@dataclass(frozen=True)
class Actor:
    """Someone of the practice workspace, known there by the same id and address."""

    handle: str
    name: str
    timezone: str
    team: str
    is_guest: bool = False

    @property
    def slack_id(self) -> str:
        return f"U0{self.handle.upper()}"

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"

    def is_up(self, at: datetime) -> bool:
        return NIGHT_ENDS <= at.astimezone(ZoneInfo(self.timezone)).hour < NIGHT_BEGINS


ACTORS = {
    actor.handle: actor
    for actor in (
        Actor("ada", "Ada Lovelace", "Europe/London", "payments"),
        Actor("ben", "Ben Okafor", "Africa/Lagos", "payments"),
        Actor("chen", "Chen Wei", "Asia/Shanghai", "payments"),
        Actor("dana", "Dana Ruiz", "America/New_York", "platform"),
        Actor("eli", "Eli Novak", "Europe/Prague", "platform"),
        Actor("fay", "Fay Silva", "America/Sao_Paulo", "storefront"),
        Actor("hana", "Hana Sato", "Asia/Tokyo", "storefront"),
        Actor("gus", "Gus Guest", "Europe/Berlin", "storefront", is_guest=True),
    )
}


def pick(random: Random, team: str, at: datetime, taken: Sequence[str] = ()) -> str:
    """Somebody of the team who is up; else who is up; else whoever of the team is woken by it."""
    free = [actor for actor in ACTORS.values() if actor.handle not in taken and not actor.is_guest]
    own = [actor for actor in free if actor.team == team]
    choices = [actor for actor in own if actor.is_up(at)] or [actor for actor in free if actor.is_up(at)]
    return random.choice(choices or own or free).handle


def enter(session: Session) -> tuple[dict[str, Person], tuple[int, ...]]:
    """The people by handle, and the ids of those who were not known before."""
    found, new = dict[str, Person](), list[int]()
    for actor in ACTORS.values():
        known = select(Person).where(or_(Person.slack_id == actor.slack_id, Person.email == actor.email))
        person = session.exec(known.order_by(Person.slack_id != actor.slack_id)).first()  # type: ignore[arg-type]
        if person is None:
            who = Introduction(actor.slack_id, actor.name, actor.email, actor.timezone, actor.is_guest)
            person = people.introduce(session, who)
            new.append(person.id)
        found[actor.handle] = people.get(session, person.id)
    return found, tuple(new)
