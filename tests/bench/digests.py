"""The weekly digest of 2,000 owners over 100,000 action items: how long it takes, and whom it holds up."""

import random
import re
import tempfile
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

from bot.domain import reminding
from bot.domain.actions import ActionItem
from bot.domain.people import Preference
from bot.lib import db
from bot.lib.clock import now
from bot.lib.facts import Event
from tests.bench.audits import EACH, LARGE, _fill, _house
from tests.bench.declares import USABLE, _name
from tests.bench.figures import Figure, median, spread
from tests.bench.rig import KINDS, ended, rig
from tests.world import wait_for

OWNERS = 2_000
READERS, TIMES = 120, 12  # digests that are on their way, and incidents declared meanwhile
KNOWN = "select count(*) from person where slack_id like 'U0READER%'"


def rows():
    for kind in KINDS:
        with _house(kind) as house:
            _fill(house, 1, LARGE)
            _move(house)
            yield from _computed(house, kind)
        yield from _sent(kind)


def _move(house):
    """What happened to the items in a month: one in ten of these facts is a day that was moved."""
    at, rng = _monday() - timedelta(days=30), random.Random(1)
    moves = [
        {
            "at": at + timedelta(minutes=30 * 1440 * n / (EACH * LARGE)),
            "kind": "ActionMoved" if n % 10 == 0 else "Noted",
            "incident_id": 1 + n % LARGE,
            "by": 3,
            "data": _moved(rng.randrange(1, EACH * LARGE), 1 + n % LARGE),
        }
        for n in range(EACH * LARGE)
    ]
    with house.engine.begin() as connection:
        for start in range(0, len(moves), 5000):
            connection.execute(sa.insert(Event), moves[start : start + 5000])


def _moved(item, incident):
    days = {"old": "2026-11-02", "new": "2026-12-02"}
    return {
        "incident_id": incident,
        "by": 3,
        "item": item,
        "title": "Alert",
        "why": "it takes longer",
        **days,
    }


def _computed(house, kind):
    """From the hour at which they are due until each text is there; and the longest it wrote at a stretch."""
    monday = _monday()
    house.courier.info["ways"] = frozenset({"slack", "mail"})
    begun = time.perf_counter()
    with house.courier.reading() as session:
        batches = reminding.due(session, monday)
    looked = time.perf_counter() - begun
    held, sent = [], 0
    for batch in batches:
        start = time.perf_counter()
        with house.courier.transaction() as session:
            sent += reminding.send(session, batch, monday)
        held.append((time.perf_counter() - start) * 1000)
    start = time.perf_counter()
    facts = [
        reminding.Digested(by=1, key=slot.key, to=slot.to, team=slot.team, period=slot.period, until=slot.at)
        for batch in batches
        for slot in batch
    ]
    with house.courier.reading() as session:
        written = reminding.compose(session, facts)
    took = time.perf_counter() - start
    reached = f"{took:.1f} s for {len(written):,} digests; found in {looked:.1f} s"
    good = took + looked <= 5 and len(written) >= OWNERS * 0.9
    yield Figure(f"digests of {OWNERS:,} owners, 100,000 items, {kind}", "5 s", reached, good)
    reached = f"{len(batches)} transactions, {spread(held)}"
    yield Figure(f"  the database is written at a stretch for, {kind}", "", reached)


def _monday():
    today = now().replace(hour=9, minute=30, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def _sent(kind):
    """Incidents are declared by people while their digests go out, and while none does."""
    with rig(kind, CLOSEOUT_CONFIG=_config()) as the:
        the.declare("The first one, which warms everything up")
        calm = [_declared(the, n) for n in range(TIMES)]
        since = the.guest.traffic()[-1]["n"]
        _owe(the)
        wait_for(lambda: _digests(the, since), what="the first digest", patience=120)
        busy = [_declared(the, TIMES + n) for n in range(TIMES)]
        calls = _digests(the, since)
    gaps = [b["started"] - a["started"] for a, b in pairwise(calls)]
    limited = [one for one in calls if not one.get("ok", True)]
    pace = f"{len(calls)} so far, {median(gaps):.2f} s apart, never less than {min(gaps):.2f} s"
    yield Figure(f"digests on their way, {kind}", "100 a minute", pace, min(gaps) >= 0.5 and not limited)
    (usable, acks), (usable_before, acks_before) = (zip(*busy, strict=True), zip(*calm, strict=True))
    reached = f"{spread(usable)}; without digests {spread(usable_before)}"
    good = median(usable) - median(usable_before) <= 100
    yield Figure(f"  declare to a usable channel meanwhile, {kind}", "no later", reached, good)
    reached = f"{spread(acks)}; without digests {spread(acks_before)}"
    yield Figure(f"  ack of that command, {kind}", "200 ms", reached, max(acks) <= 200)


def _config():
    """Digests come an hour from now, unless somebody wants theirs at once."""
    path = Path(tempfile.mkdtemp(prefix="closeout-bench-")) / "closeout.toml"
    day = now() + timedelta(days=3)
    path.write_text(f'[digest]\nweekly = "{day:%a} 09:00"\n'.lower())
    return str(path)


def _owe(the):
    """Many people owe something each, and the hour that they chose has just come."""
    for n in range(READERS):
        the.guest.act("hire", name=f"Reader {n}", handle=f"reader{n}", timezone="UTC")
    wait_for(lambda: the.count(KNOWN) == READERS, what="that all are known", patience=60)
    at, engine = now() - timedelta(minutes=1), db.open_engine(the.address)
    with engine.begin() as connection:
        crowd = connection.execute(sa.text("select id from person where slack_id like 'U0READER%'"))
        ids, day = list(crowd.scalars()), at.date() - timedelta(days=2)
        wishes = [{"person_id": id, "digest_at": f"{at:%a %H:%M}".lower()} for id in ids]
        connection.execute(sa.insert(Preference), wishes)
        item = {"incident_id": 1, "title": "Alert on errors", "created_by": ids[0], "created_at": at}
        days = {"due": day, "first_due": day}
        connection.execute(
            sa.insert(ActionItem), [{**item, **days, "owner_id": id} for id in ids for _ in range(5)]
        )
    engine.dispose()


def _declared(the, number):
    """Milliseconds from the command until the channel can be used, and until it was acknowledged."""
    since = the.guest.traffic()[-1]["n"]
    begun = time.perf_counter()
    answer = the.guest.person("ben").says(f"/incident new sev1 Checkout is down, the {number}th time")
    acked = (time.perf_counter() - begun) * 1000
    id = int(re.search(r"INC-(\d+)", answer.text)[1])
    wait_for(lambda: _is_usable(the, id, since), what="a channel that can be used")
    calls = the.guest.traffic(since)
    command = next(call for call in calls if call["method"] == "command")
    needed = [call for call in calls if _is_about(the, id, call)]
    return (max(map(ended, needed)) - command["started"]) * 1000, acked


def _is_usable(the, id, since):
    calls = [call for call in the.guest.traffic(since) if _is_about(the, id, call)]
    return {_name(call) for call in calls if call["ms"] is not None} >= USABLE


def _is_about(the, id, call):
    """Of this incident's channel, and one of those that make it usable."""
    if call["direction"] != "from_bot" or _name(call) not in USABLE:
        return False
    args = call["args"]
    if call["method"] == "conversations.create":
        return str(args.get("name", "")).startswith(f"inc-{id}-")
    rooms = {one["id"] for one in the.guest.channels() if one["name"].startswith(f"inc-{id}-")}
    return args.get("channel") in rooms


def _digests(the, since):
    """The calls that carried one, in order."""
    calls = [one for one in the.guest.traffic(since) if one["method"] == "chat.postMessage"]
    return [one for one in calls if "The week to" in str(one["args"].get("text", ""))]
