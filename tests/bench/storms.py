"""A thousand webhooks a second for ten seconds, all about one outage, while people go on typing."""

import asyncio
import functools
import time
from datetime import UTC, datetime
from typing import NamedTuple

from tests.bench.figures import Figure, share, spread
from tests.bench.load import Gun, command, request, words
from tests.bench.rig import KINDS, rig
from tests.doubles.pagerduty import SECRET, PagerDuty
from tests.world import wait_for

RATE, LASTING = 1000, 10  # a second; seconds
TYPED = 10  # commands a second
SAID = ("help", "list", "note the load is rising")


class Storm(NamedTuple):
    hooks: list
    acks: list
    stored: int
    opened: int
    behind: float  # seconds after the last webhook until every letter was opened
    incidents: int
    alerts: int
    calls: int  # to Slack, because of the alerts


def rows():
    for kind in KINDS:
        yield from _figures(kind, passed(kind))


def _figures(kind, storm):
    count = RATE * LASTING
    times, acks = [shot.ms for shot in storm.hooks], [shot.ms for shot in storm.acks]
    late = share([shot.late for shot in storm.hooks], 0.99)
    is_whole = storm.stored == count and all(shot.status == 202 for shot in storm.hooks)
    yield Figure(
        f"PagerDuty webhooks, {RATE:,} a second for {LASTING} s, {kind}",
        "all stored, p99 100 ms",
        f"{storm.stored:,} of {count:,} stored; {spread(times)} (sent up to {late:.0f} ms late)",
        is_whole and share(times, 0.99) <= 100,
    )
    yield Figure(
        f"  ack of slash commands meanwhile, {kind}",
        "200 ms",
        f"{spread(acks)}, {len(acks)} commands; all opened {storm.behind:.1f} s after the last",
        max(acks) <= 200 and all(words(shot) for shot in storm.acks),
    )


@functools.cache
def passed(kind):
    """One storm serves two rows of the table."""
    with rig(kind, PAGERDUTY_WEBHOOK_SECRET=SECRET) as the:
        _, channel = the.declare("Something else, where people take notes")
        before = the.guest.traffic()[-1]["n"]
        hooks, acks = asyncio.run(_storm(the.bot.url, channel))
        end = time.monotonic()
        wait_for(lambda: the.count(WAITING) == 0, what="the end of the letters", patience=120)
        behind = time.monotonic() - end
        calls = [call for call in the.settle(before) if call["direction"] == "from_bot"]
        mine = [
            call for call in calls if call["args"].get("channel", call["args"].get("channel_id")) != channel
        ]
        counts = (
            [the.count(each) for each in (STORED, OPENED)],
            [the.count(each) for each in (INCIDENTS, JOINED)],
        )
        return Storm(hooks, acks, *counts[0], behind, *counts[1], len(mine))


STORED = "select count(*) from inbox where source = 'pagerduty'"
WAITING = "select count(*) from inbox where done_at is null"
OPENED = "select count(*) from inbox where source = 'pagerduty' and done_at is not null and error is null"
INCIDENTS = "select count(*) from incident where source = 'pagerduty'"
JOINED = (
    "select count(*) from alert where incident_id = (select min(id) from incident where source = 'pagerduty')"
)


async def _storm(url, channel):
    hooks, people = Gun(url), Gun(url)
    prepared = _hooks(RATE * LASTING)
    typed = [
        command(
            f"{SAID[number % 3]} {number}" if number % 3 == 2 else SAID[number % 3],
            channel=channel,
            number=number,
        )
        for number in range(TYPED * LASTING)
    ]
    await people.fire(typed[:3])
    shots, acks = await asyncio.gather(hooks.fire(prepared, RATE), people.fire(typed[3:], TYPED))
    hooks.close()
    people.close()
    return shots, acks


def _hooks(count):
    """One outage: each host rings for itself, all of one service."""
    double, at = PagerDuty(), datetime.now(UTC)
    bodies = [
        double.hook("incident.triggered", double.add(f"Disk latency is high on host {number}"), at=at)
        for number in range(count)
    ]
    return [request("/webhooks/pagerduty", double.headers(body), body.encode()) for body in bodies]
