"""Loading a year of sample data: once, in one transaction, and without a word to anyone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from bot.app import House
from bot.domain import company as companies
from bot.domain import people, reminding
from bot.domain.company import Company
from bot.domain.incidents import Incident
from bot.domain.nudges import NudgeRow, Rule
from bot.lib.courier import Courier
from bot.lib.db import is_postgres
from bot.lib.errors import Refused
from bot.lib.facts import Event, Listeners, record
from bot.sample.cast import enter
from bot.sample.facts import SampleLoaded
from bot.sample.play import Player
from bot.sample.reading import stories
from bot.sample.script import write

SEED = 7
OFFERED = "sample-data-was-offered"  # a file in the data folder
COMPANY = Path(__file__).parent / "company.toml"
DAY = timedelta(days=1)
# Of two who load at once, the second waits and is refused.
LOADING = 0x5A3B1E


class Already(Refused):
    """Sample data is there already. Remove it first: closeout sample clear"""


class RealWorkspace(Refused):
    """This is a real workspace, whose people would see made-up incidents. Say so if you mean it: --here"""


@dataclass(frozen=True)
class Loaded:
    """What sample data there is."""

    seed: int
    incidents: int
    first: str
    last: str
    at: datetime


def load(house: House, *, seed: int = SEED, now: datetime, here: bool = False) -> Loaded:
    """Write forty incidents that end a few days before now. Raises Already, or RealWorkspace."""
    if house.settings.slack.is_on and not house.settings.slack.is_practice and not here:
        raise RealWorkspace
    with quietly(house.courier) as session:
        if is_postgres(session):
            session.execute(select(func.pg_advisory_xact_lock(LOADING)))
        if find(session):
            raise Already
        fill(session, seed, now)
        forget_what_is_due(session, [*house.rules, reminding.before_now], now)
        loaded = find(session)
        first = session.exec(select(func.min(Incident.id)).where(col(Incident.sample))).one()
        reminding.pass_over(session, first, now)
    assert loaded is not None
    return loaded


def load_first(house: House, *, now: datetime) -> Loaded | None:
    """On the first start of the practice workspace, where nobody has declared anything yet."""
    offered = house.settings.data_dir / OFFERED
    if offered.exists():
        return None  # whoever has cleared it does not want it back
    with house.courier.reading() as session:
        is_new = session.exec(select(Incident.id).limit(1)).first() is None
    loaded = load(house, now=now, here=True) if is_new else None
    offered.touch()
    return loaded


def find(session: Session) -> Loaded | None:
    """What was loaded, if anything is there."""
    asked = select(func.count(), func.min(Incident.id), func.max(Incident.id)).where(col(Incident.sample))
    count, first, last = session.exec(asked).one()
    row = session.exec(select(Event).where(Event.kind == SampleLoaded.__name__)).first()
    if not count or row is None:
        return None
    fact = row.fact
    assert isinstance(fact, SampleLoaded)
    return Loaded(fact.seed, count, f"INC-{first}", f"INC-{last}", row.at)


@contextmanager
def quietly(courier: Courier) -> Iterator[Session]:
    """A transaction of a house in which nobody listens: whatever becomes true in it, nobody is told."""
    info = {**courier.info, "company": companies.load(COMPANY)}
    with Courier(courier.engine, Listeners(), info).transaction() as session:
        yield session


def fill(session: Session, seed: int, now: datetime) -> None:
    """Play all stories, each step at its own moment, in the order of time."""
    company, told = companies.company_of(session), stories()
    cast, new = enter(session)
    player = Player(session, told, cast)
    steps = sorted(step for story in told for step in write(story, company, seed, now))
    for step in steps:
        player.play(step)
    first = min(player.incidents.values(), key=lambda incident: incident.id)
    by = people.closeout(session).id
    record(session, SampleLoaded(incident_id=first.id, by=by, seed=seed, people=new), at=now)


def forget_what_is_due(session: Session, rules: Iterable[Rule], now: datetime) -> None:
    """Reminders that were due before count as sent: their owners never lived through them."""
    session.info["company"] = _always_at_work(companies.company_of(session))
    made_up = set(session.exec(select(Incident.id).where(col(Incident.sample))))
    for rule in rules:
        # On one of three days it is a weekday everywhere.
        for at in (now - 2 * DAY, now - DAY, now):
            found = {n.key: n.incident_id for n in rule(session, at) if n.incident_id in made_up}
            _mark(session, found, now)


def _always_at_work(company: Company) -> Company:
    """As reminders wait for working hours, those of the night are due in the morning."""
    workspace = company.workspace.model_copy(update={"working_hours": "00:00-24:00"})
    return company.model_copy(update={"workspace": workspace})


def _mark(session: Session, keys: dict[str, int], now: datetime) -> None:
    insert: Callable[..., sa.Insert] = postgresql.insert if is_postgres(session) else sqlite.insert
    rows = [{"key": key, "incident_id": id, "at": now} for key, id in keys.items()]
    if rows:
        session.execute(insert(NudgeRow).on_conflict_do_nothing(), rows)  # type: ignore[attr-defined]
