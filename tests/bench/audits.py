"""The audit of 100,000 action items of 10,000 incidents: the page, each filter, and files of all of them."""

import os
import random
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.app import House
from bot.domain import audit, people
from bot.domain.actions import ActionItem
from bot.domain.incidents import Incident
from bot.domain.people import Person, logins
from bot.lib import db
from bot.lib.clock import now
from bot.settings import read
from tests.bench.figures import Figure, median, share
from tests.bench.rig import KINDS, database

PEOPLE, YEARS, EACH, TIMES = 2_000, 3, 10, 15
PLAIN = "/me/digest"  # a page that reads a row or two: what a page costs by itself on this machine
SMALL, LARGE = 1_000, 10_000  # incidents
COMPANY = "\n".join(f'[[teams]]\nkey = "team{n}"\nname = "Team {n}"' for n in range(12))
FILTERS = (
    "",
    "period=month",
    "period=year",
    "period=all",
    "period=all&by=owner",
    "period=all&by=severity",
    "period=all&by=month",
    "period=all&team=team3",
    "period=all&owner=P17",
    "period=all&severity=sev1",
    "period=all&kind=prevent",
    "period=all&priority=high",
    "period=all&state=late",
    "period=all&state=moved",
    "period=all&state=to_verify",
    "period=all&owner=none",
    "period=all&incident=INC-7",
    "period=all&team=team3&kind=prevent&severity=sev1&state=verified",
    "from=2026-01-01&to=2026-03-31",
)


def rows():
    for kind in KINDS:
        with _house(kind) as house:
            _fill(house, 1, SMALL)
            before = _visits(house, FILTERS[:1])
            _fill(house, SMALL + 1, LARGE)
            after = _visits(house, FILTERS)
            yield from _pages(kind, before, after)
            yield from _each(kind, after)
            yield from (_export(house, kind, form) for form in audit.TYPES)


@contextmanager
def _house(kind):
    with tempfile.TemporaryDirectory(prefix="closeout-bench-") as folder, database(kind, folder) as address:
        (Path(folder) / "closeout.toml").write_text(COMPANY)
        env = {
            "DATABASE_URL": address,
            "CLOSEOUT_DATA_DIR": folder,
            "CLOSEOUT_PUBLIC_URL": "http://closeout.test",
        }
        house = House(read({**env, "CLOSEOUT_CONFIG": f"{folder}/closeout.toml"}))
        db.upgrade(house.engine)
        with house.courier.transaction() as session:
            session.add_all(Person(name=f"P{n}", email=f"p{n}@example.com") for n in range(PEOPLE))
        yield house
        house.engine.dispose()


def _fill(house, first, last):
    """In bulk: what counts is that the rows are there."""
    rng, today = random.Random(first), now()
    incidents = [_incident(rng, id, today) for id in range(first, last + 1)]
    with house.engine.begin() as connection:
        connection.execute(sa.insert(Incident), incidents)
        for start in range(0, len(incidents), 500):
            part = incidents[start : start + 500]
            connection.execute(
                sa.insert(ActionItem), [_item(rng, one, today) for one in part for _ in range(EACH)]
            )
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("analyze"))


def _incident(rng, id, today):
    return {
        "id": id,
        "title": f"Checkout is slow, the {id}th time",
        "severity": rng.choice(["sev1", "sev2", "sev3", "sev4", None]),
        "status": "closed",
        "private": id > 10 and rng.random() < 0.05,
        "drill": id > 10 and rng.random() < 0.03,
        "declared_by": 3,
        "declared_at": today - timedelta(minutes=rng.randrange(YEARS * 365 * 1440)),
    }


def _item(rng, incident, today):
    created = incident["declared_at"] + timedelta(hours=rng.random() * 48)
    due = created + timedelta(days=rng.choice([7, 14, 30, 60]))
    done = created + timedelta(days=rng.expovariate(1 / 25))
    status = (
        rng.choices(["verified", "done", "declined", "open"], [70, 10, 5, 15])[0] if done < today else "open"
    )
    is_done = status in ("verified", "done")
    return {
        "incident_id": incident["id"],
        "title": f"Alert on the error rate after a deploy, number {rng.randrange(10**6)}",
        "outcome": "Whoever deploys is told within five minutes that the error rate rises",
        "owner_id": rng.randrange(3, PEOPLE + 3),
        "team": f"team{rng.randrange(12)}",
        "kind": rng.choice(["prevent", "detect", "mitigate", "process"]),
        "priority": rng.choice(["high", "medium", "low"]),
        "status": status,
        "created_by": 3,
        "created_at": created,
        "due": due.date(),
        "first_due": due.date(),
        "moved": rng.choice([0, 0, 0, 0, 1, 2]),
        "reopened": int(rng.random() < 0.03),
        "done_at": done if is_done else None,
        "done_by": 3 if is_done else None,
        "evidence": "See the pull request, and the alert that fired on Monday" if is_done else "",
        "verified_at": done if status == "verified" else None,
    }


def _visits(house, filters):
    """Path -> seconds of several visits, by somebody who is signed in and sees no private incident.

    One filter after the other, again and again: no visit finds what the same filter left behind.
    """
    paths = [PLAIN, *(f"/audit?{words}" for words in filters)]
    with _browser(house) as browser:
        rounds = [[_visit(browser, path) for path in paths] for _ in range(TIMES + 1)][1:]
    return {path: [each[place] for each in rounds] for place, path in enumerate(paths)}


@contextmanager
def _browser(house):
    with house.courier.transaction() as session:
        path = logins.issue(session, people.of_email(session, "p0@example.com"), now=now())
    browser = TestClient(house.asgi(), base_url="http://closeout.test")
    assert browser.post(path, follow_redirects=False).status_code == 303
    yield browser
    browser.close()


class Visit(NamedTuple):
    """Milliseconds that passed, and those that this process computed; the rest is work of others."""

    ms: float
    own: float


def _visit(browser, path):
    begun, own = time.perf_counter(), time.process_time()
    page = browser.get(path)
    took = Visit((time.perf_counter() - begun) * 1000, (time.process_time() - own) * 1000)
    assert page.status_code == 200, page.text
    return took


def times(visits):
    return [visit.ms for visit in visits]


def _pages(kind, before, after):
    page, audits = "/audit?", {path: times(visits) for path, visits in after.items() if path != PLAIN}
    slowest = max(audits, key=lambda path: share(audits[path], 0.95))
    all = [ms for each in audits.values() for ms in each]
    first, worst, of_all = share(audits[page], 0.95), share(audits[slowest], 0.95), share(all, 0.95)
    plain = share(times(after[PLAIN]), 0.95)
    load = f"load {os.getloadavg()[0]:.1f}; a plain page p95 {plain:,.0f} ms"
    yield Figure(
        f"audit page of 100,000 items, {kind}", "p95 200 ms", f"p95 {first:,.0f} ms; {load}", first <= 200
    )
    reached = f"p95 {of_all:,.0f} ms over all; slowest p95 {worst:,.0f} ms ({slowest})"
    yield Figure(f"audit page, each of {len(audits)} filters, {kind}", "p95 200 ms", reached, worst <= 200)
    small, large = (median(times(each[page])) for each in (before, after))
    less, more = (median([visit.own for visit in each[page]]) for each in (before, after))
    computed = f"computed {more / less:.1f} times ({less:,.0f} to {more:,.0f} ms)"
    reached = f"{large / small:.1f} times ({small:,.0f} to {large:,.0f} ms); {computed}"
    yield Figure(
        f"audit page, 10,000 to 100,000 items, {kind}", "less than 3 times", reached, large < 3 * small
    )


def _each(kind, after):
    plain = median([visit.own for visit in after[PLAIN]])
    for path, visits in after.items():
        p50, p95, p99 = (share(times(visits), part) for part in (0.5, 0.95, 0.99))
        own = median([visit.own for visit in visits])
        spent = f"computed {own:,.0f} ms, as {own / plain:.1f} plain pages"
        reached = f"p50 {p50:,.0f}, p95 {p95:,.0f}, p99 {p99:,.0f} ms; {spent}"
        yield Figure(f"  {path}, {kind}", "", reached)


def _export(house, kind, form):
    with house.courier.reading() as session:
        by = people.of_email(session, "p0@example.com")
        own = time.process_time()
        scope = audit.read(session, {"period": "all"}, as_=by, today=now().date())
        begun, start, most, size = time.perf_counter(), _memory(), 0, 0
        for piece in audit.export(form, audit.rows(session, scope, as_=by, today=now().date())):
            size += len(piece)
            most = max(most, _memory())
        took = time.perf_counter() - begun
    grown = max(0, most - start)
    own = time.process_time() - own
    reached = (
        f"{took:.1f} s, of which {own:.1f} computed; {size / 1e6:,.0f} MB; memory grew by {grown:.0f} MB"
    )
    return Figure(
        f"export of all as {form.upper()}, {kind}", "3 s, flat memory", reached, took <= 3 and grown < 32
    )


def _memory():
    """Megabytes that the process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
