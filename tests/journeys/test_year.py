"""A year in quickened time: who was told what, and when, held against a calendar that knows no rule of ours.

Five owners on three continents, a manager each in Berlin and New York, items of four severities that are
done, late, put off and moved; one owner leaves in July. Two replicas look at the same instant (on SQLite
one after the other), one of them dies every few days, also between claiming a message and sending it.
"""

import asyncio
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.app import House
from bot.domain import actions, incidents, people
from bot.domain.incidents import Report
from bot.domain.nudges import NudgeRow
from bot.domain.people import Introduction, Preference
from bot.domain.reminding import Digested, Reminded
from bot.lib import facts
from bot.lib.facts import Event, on
from bot.settings import read

pytestmark = pytest.mark.slow

BERLIN, YORK, SYDNEY, KOLKATA = "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata"
ZONES = (BERLIN, YORK, SYDNEY, KOLKATA)  # the last knows no change of clocks
CAUGHT_UP_FOR = timedelta(days=3)
NEVER = datetime.max.replace(tzinfo=UTC)
HOLIDAYS = [date(2026, *day) for day in ((1, 1), (4, 3), (4, 6), (5, 25), (10, 5), (12, 25))]
HOLIDAYS.append(date(2027, 1, 1))


@dataclass(frozen=True)
class Stretch:
    """From one day to another; on some morning in it Lee leaves."""

    first: date
    last: date
    left: date
    items: int
    life: int  # how many moments a replica lives

    @property
    def begins(self):
        return _five(self.first)

    @property
    def ends(self):
        return _five(self.last)

    @property
    def days(self):
        return (self.last - self.first).days


def _five(day):
    return datetime.combine(day, time(5), UTC)


YEAR = Stretch(date(2026, 1, 2), date(2027, 1, 2), left=date(2026, 7, 1), items=25, life=57)
# In each of these all clocks change, a month ends, and somebody leaves; there are holidays in both.
SPRING = Stretch(date(2026, 3, 1), date(2026, 4, 9), left=date(2026, 3, 25), items=10, life=23)
AUTUMN = Stretch(date(2026, 9, 27), date(2026, 11, 4), left=date(2026, 10, 21), items=10, life=23)
WHERE = {
    "ada": BERLIN, "mia": BERLIN, "pat": YORK, "bo": BERLIN, "nia": YORK, "lee": SYDNEY, "syd": SYDNEY,
    "kim": KOLKATA,
}  # fmt: skip
OWNERS = ("bo", "nia", "lee", "syd", "kim")
MANAGER = {"payments": "mia", "platform": "pat"}
DAYS = {"sev1": 15, "sev2": 30, "sev3": 60, "sev4": 90}
CONFIG = f"""
[workspace]
timezone = "{BERLIN}"
holidays = [{", ".join(map(str, HOLIDAYS))}]

[[teams]]
key = "payments"
name = "Payments"
manager = "mia@example.com"
channel = "team-payments"

[[teams]]
key = "platform"
name = "Platform"
manager = "pat@example.com"

[[services]]
key = "checkout"
name = "Checkout"
team = "payments"

[[services]]
key = "identity"
name = "Identity"
team = "platform"
"""


# ---- what people do


@dataclass
class Plan:
    """One item from its incident to its end. Everything happens at five in the morning, UTC."""

    n: int
    made: datetime
    owner: str
    team: str
    severity: str
    due: date = date.min
    moved: tuple[datetime, date] | None = None
    rests: tuple[datetime, date] | None = None
    done: datetime = NEVER
    verified: datetime = NEVER


def plans(stretch):
    apart = stretch.days // max(1, stretch.items - 4)
    return [_plan(n, stretch.first + timedelta(days=apart * max(0, n - 4))) for n in range(stretch.items)]


def _plan(n, day):
    made = _five(day)
    severity = ("sev1", "sev2", "sev3", "sev1", "sev4")[n % 5]
    one = Plan(n + 1, made, OWNERS[n % 5], ("payments", "platform")[n % 2], severity)
    one.due = made.date() + timedelta(days=DAYS[severity])
    fate, due = (n * 3 + n // 5) % 5, one.due
    if fate == 2:  # away, and put off until they are back
        one.rests = _five(due - timedelta(days=1)), due + timedelta(days=5)
    if fate == 3:
        one.moved = _five(due - timedelta(days=3)), due + timedelta(days=20)
        due = one.moved[1]
    one.done = _five(due + timedelta(days=(-1, 10, 12, 2, 45)[fate]))
    one.verified = one.done + timedelta(days=(3, 2, 2, 1, 2)[fate])
    return one


# ---- the calendar: from zoneinfo and the sentences of the documentation alone


def _opens(day, zone, at=time(9)):
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _workday(day):
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day


def _spans(one):
    """While it is to be done: from, until, the day it is due, the day until which it rests."""
    begun, due, rests = one.made, one.due, None
    if change := one.moved or one.rests:
        yield begun, change[0], due, rests
        begun, due, rests = change[0], *((change[1], None) if one.moved else (due, change[1]))
    yield begun, one.done, due, rests


def _said(zone, span, steps):
    """The moments at which a reader in that zone hears of it."""
    begun, end, due, rests = span
    days = [due + timedelta(days=step) for step in steps]
    if rests and rests >= days[0]:
        days.append(rests)
    first = _workday(begun.astimezone(ZoneInfo(zone)).date())
    if _opens(first, zone) < begun:
        first = _workday(first + timedelta(days=1))
    if min(days) <= first:
        days.append(first)  # somebody new hears at once of what is there already
    for day in map(_workday, days):
        if begun <= _opens(day, zone) < end and not (rests and day < rests):
            yield _opens(day, zone)


OWN = (-2, 0, 1, 3, 7, *range(14, 400, 7))
TEAM, LEADER = range(7, 400, 7), range(14, 400, 7)


def expected_reminders(stretch):
    """Reader and moment -> what they owe, and what is late in their team."""
    found = defaultdict(lambda: (set(), set()))
    for one in plans(stretch):
        for reader, zone, span, steps, kind, is_late in (*_promised(one, stretch), *_asked(one, stretch)):
            for moment in _said(zone, span, steps):
                if moment < stretch.ends:
                    found[reader, moment][is_late].add(f"{kind}/{one.n}")
    return {at: (frozenset(own), frozenset(late)) for at, (own, late) in found.items()}


def _promised(one, stretch):
    """Who hears of the item itself, in which zone, over which time, after which days."""
    for begun, end, due, rests in _spans(one):
        for who, since, until in _owners(one, begun, end, _five(stretch.left)):
            span = since, until, due, rests
            yield who, WHERE[who], span, OWN, "action", False
            for to, zone, steps in _above(one, who):
                yield to, zone, span, steps, "action", True
        if one.team == "payments":
            yield "payments", BERLIN, (begun, end, due, rests), TEAM, "action", True


def _above(one, owner):
    """Who hears of it besides its owner, and when: where a team has no channel, its manager does sooner."""
    manager = MANAGER[one.team]
    if owner != manager:
        yield manager, WHERE[manager], LEADER
        if one.team == "platform":
            yield manager, WHERE[manager], TEAM


def _asked(one, stretch):
    """What the commander is asked: does it hold, and a month later, did it work."""
    month, zone = timedelta(days=30), WHERE["ada"]
    yield "ada", zone, (one.done, one.verified, one.done.date(), None), (1, 3), "verify", False
    asked = one.verified + month, stretch.ends, one.verified.date() + month, None
    yield "ada", zone, asked, (0, 7, 21), "effect", False


def _owners(one, begun, end, left):
    """Whose it is in that time: the manager's from when its owner has left."""
    if one.owner != "lee" or end <= left:
        yield one.owner, begun, end
    elif begun >= left:
        yield MANAGER[one.team], begun, end
    else:
        yield "lee", begun, left
        yield MANAGER[one.team], left, end


def expected_digests(stretch):
    """Reader, period and moment of each."""
    found = set()
    for week in range(54):
        monday = date(2025, 12, 29) + timedelta(days=7 * week)
        for who in ("mia", "pat", "bo", "lee", "syd"):
            found.add((who, "week", _opens(_workday(monday), WHERE[who])))
        found.add(("nia", "week", _opens(_workday(monday + timedelta(days=3)), YORK, time(16))))
        found |= {(whom, "week", _opens(_workday(monday), BERLIN)) for whom in ("payments", "everybody")}
    for month in range(1, 13):
        first = _workday(date(2026, month, 1))
        found.add(("pat", "month", _opens(first, YORK)))
    found.add(("pat", "month", _opens(_workday(date(2027, 1, 1)), YORK)))
    missed = stretch.begins - CAUGHT_UP_FOR
    return {
        (who, period, max(at, stretch.begins))
        for who, period, at in found
        if missed < at < stretch.ends and not (who == "lee" and at > _five(stretch.left))
    }


# ---- the house, its replicas, and a year


class Year:
    """Houses on one database, a time that is set, and all that was sent."""

    def __init__(self, database, folder, replicas, begins):
        (folder / "closeout.toml").write_text(CONFIG)
        self.env = {
            "DATABASE_URL": database, "CLOSEOUT_DATA_DIR": str(folder),
            "CLOSEOUT_CONFIG": str(folder / "closeout.toml"),
        }  # fmt: skip
        self.now, self.sent, self.deaths = begins, [], 0
        self.houses = [self.open_house() for _ in range(replicas)]

    def open_house(self):
        house = House(read(self.env), lambda: self.now)
        house.courier.info["ways"] = frozenset({"slack"})

        @on(Reminded, Digested, name="post")
        async def post(event):
            self.sent.append(event.fact.key)

        house.listeners.add(post)
        return house

    def dies(self):
        """The one that has been there longest; another starts, and remembers nothing."""
        self.houses.pop(0).engine.dispose()
        self.houses.append(self.open_house())
        self.deaths += 1

    async def look(self, n):
        """All replicas at the same instant, or one of them alone, for the others may be busy."""
        looking = self.houses if n % 3 == 0 else [self.houses[n % len(self.houses)]]
        await asyncio.gather(*(house.remind() for house in looking))

    async def carry(self):
        courier = self.houses[-1].courier
        while ears := await courier.ask(facts.behind):
            for ear in ears:
                await courier.hear(ear)

    def act(self, verb, *args, **how):
        with self.houses[0].courier.transaction() as session:
            return verb(session, *args, **how)

    def close(self):
        for house in self.houses:
            house.engine.dispose()


def _settle_in(session):
    for name, zone in WHERE.items():
        mail = f"{name}@example.com"
        person = people.introduce(session, Introduction(f"U0{name.upper()}", name, mail, zone))
        person.access = "manager" if name == "pat" else person.access
    session.add(Preference(person_id=_person(session, "nia").id, digest_at="thu 16:00"))
    session.add(Preference(person_id=_person(session, "kim").id, digest_off=True))


def _person(session, name):
    return people.of_slack(session, f"U0{name.upper()}")


def _happens(session, now, stretch):
    """What people do on that morning."""
    if now == _five(stretch.left):
        _person(session, "lee").is_active = False
    for one in plans(stretch):
        if now in _mornings(one):
            _does(session, now, one)


def _mornings(one):
    changes = [change[0] for change in (one.moved, one.rests) if change]
    return {one.made, *changes, one.done, one.verified}


def _does(session, now, one):
    ada, owner = _person(session, "ada"), _person(session, one.owner)
    by = owner if owner.is_active else ada
    if now == one.made:
        return _promise(session, one, ada, owner, now)
    item = actions.get(session, one.n)
    if one.moved and now == one.moved[0]:
        return actions.move(session, item, one.moved[1], by=by, now=now, why="a part")
    if one.rests and now == one.rests[0]:
        return actions.snooze(session, item, one.rests[1], "holiday", by=by, now=now)
    if now == one.done:
        return actions.done(session, item, "see", by=_finisher(session, one), now=now)
    return actions.verify(session, item, by=ada, now=now)


def _finisher(session, one):
    owner = _person(session, one.owner)
    return owner if owner.is_active else _person(session, MANAGER[one.team])


def _promise(session, one, ada, owner, now):
    service = {"payments": "checkout", "platform": "identity"}[one.team]
    report = Report(f"Outage {one.n}", one.severity, services=(service,))
    incident = incidents.declare(session, report, by=ada, now=now)
    incidents.set_role(session, incident, "commander", ada, by=ada, now=now)
    item = actions.create(session, incident, f"Mend {one.n}", by=ada, now=now, owner=owner)
    assert (item.id, item.due, item.team) == (one.n, one.due, one.team)


def _moments(stretch):
    """When work begins, in each zone; before and after it in one of them some days; and the mornings."""
    found = {stretch.begins}
    for n in range(stretch.days):
        day, zone = stretch.first + timedelta(days=n), ZONES[n % 4]
        if day.weekday() < 5:
            found |= {_opens(day, zone) for zone in ZONES}
        if n % 3 == 0 or day.weekday() > 4:
            found.add(_opens(day, zone, (time(8, 50), time(13))[n % 2] if day.weekday() < 5 else time(9)))
        if day.weekday() in (3, 4):
            found.add(_opens(day, YORK, time(16)))
    mornings = {at for one in plans(stretch) for at in _mornings(one)} | {_five(stretch.left)}
    return sorted(found | {at for at in mornings if at < stretch.ends}), mornings


async def live(year, stretch, forgets=False):
    moments, mornings = _moments(stretch)
    for n, now in enumerate(moments):
        year.now = now
        if n % stretch.life == 0:
            year.dies()
            if forgets:
                year.act(lambda session: session.execute(sa.delete(NudgeRow)))
        if now in mornings:
            year.act(_happens, now, stretch)
        await year.look(n)
        if n % (3 * stretch.life - 2) == 0:
            year.dies()  # what it had claimed, and perhaps not sent
        await year.carry()


@pytest.fixture
def lived(tmp_path):
    """A way to live through a stretch of time."""
    with ExitStack() as kept:

        def live_through(database, stretch, **how):
            year = Year(database, tmp_path, 1 if database.startswith("sqlite") else 2, stretch.begins)
            kept.callback(year.close)
            year.act(_settle_in)
            asyncio.run(live(year, stretch, **how))
            return year

        yield live_through


def told(year):
    """What the rows say: reader and moment of each message, and what stood in it."""
    with year.houses[0].courier.reading() as session:
        names = {_person(session, name).id: name for name in WHERE}
        rows = session.exec(select(Event).where(Event.kind.in_(("Reminded", "Digested")))).all()
        events = [(row.at, row.fact) for row in rows]
    reminders = {
        (fact.team or names[fact.to], at): (frozenset(fact.items), frozenset(fact.escalated))
        for at, fact in events
        if isinstance(fact, Reminded)
    }
    digests = {
        (fact.team or names.get(fact.to, "everybody"), fact.period, at)
        for at, fact in events
        if isinstance(fact, Digested)
    }
    return reminders, digests, len(events)


def holds(year, stretch):
    """Each of the right people heard it at the right hour, and once. Answers how many messages there were."""
    reminders, digests, count = told(year)
    assert digests == expected_digests(stretch)
    assert reminders == expected_reminders(stretch)
    assert count == len(reminders) + len(digests) == len(year.sent) == len(set(year.sent))
    return count


def test_a_year_reaches_the_right_people_at_the_right_hour_and_each_once(lived, sqlite_url):
    """Both changes of clocks in Europe, the United States and Australia lie in it, and seven holidays."""
    year = lived(sqlite_url, YEAR)
    assert holds(year, YEAR) > 600
    assert year.deaths > 20


@pytest.mark.parametrize("stretch", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_two_replicas_on_postgres_say_each_once_when_clocks_change(lived, postgres_url, stretch):
    """The weeks of the year in which most could go wrong; both look at the same instant."""
    year = lived(postgres_url, stretch)
    assert holds(year, stretch) > 60
    assert year.deaths > 8


def test_without_its_ledger_the_same_weeks_would_say_things_twice(lived, sqlite_url):
    """The proof that the year would notice: rows of what was said are lost each time somebody dies."""
    weeks = replace(YEAR, last=date(2026, 1, 27), items=5)
    assert max(Counter(lived(sqlite_url, weeks, forgets=True).sent).values()) > 1
