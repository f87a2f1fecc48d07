"""How soon a slash command is acknowledged, when many people type at once."""

import asyncio
import resource

from tests.bench.figures import Figure, share, spread
from tests.bench.load import Gun, asking, command, words
from tests.bench.rig import KINDS, rig

MANY, STEADY, LASTING = 200, 200, 10  # at once; a second; seconds
PEOPLE = ("U0ADA", "U0BEN", "U0CHEN", "U0DANA", "U0ELI", "U0FAY", "U0HANA")
SPOKEN = {"help": "`/incident", "list": "live incident", "note": "Noted in"}


def rows():
    for kind in KINDS:
        with rig(kind) as the:
            channels = [the.declare(f"Outage number {number}")[1] for number in range(4)]
            for word in SPOKEN:
                asyncio.run(_warm(the, word, channels))
            yield asyncio.run(_idle(the))
            for word in SPOKEN:
                for rate in (None, STEADY):
                    yield asyncio.run(_said(the, word, rate, channels))
                    the.settle()


async def _warm(the, word, channels):
    await Gun(the.bot.url).fire(_commands(word, 20, channels, "warm"))


async def _idle(the):
    """What of the figures is the generator and the wire: a page that does nothing."""
    gun = Gun(the.bot.url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    shots = await gun.fire([asking("/healthz")] * STEADY * LASTING, STEADY)
    cost = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - before) / len(shots) * 1000
    burst = await gun.fire([asking("/healthz")] * MANY)
    reached = f"{_spread(shots)}; burst {_spread(burst)}; {cost:.2f} ms of CPU a shot for the generator"
    return Figure(f"  an empty page the same way, {the.kind}", "", reached)


async def _said(the, word, rate, channels):
    count = STEADY * LASTING if rate else MANY
    limit, gun = (50 if rate else 100), Gun(the.bot.url)
    shots = await gun.fire(_commands(word, count, channels, rate or "burst"), rate)
    wrong = [shot for shot in shots if SPOKEN[word] not in words(shot)]
    assert all(shot.status == 200 for shot in shots), wrong[0]
    times = [shot.ms for shot in shots]
    how = f"steady {rate} a second" if rate else f"burst of {count}"
    late = share([shot.late for shot in shots], 0.99)
    behind = f"; {len(wrong)} answered after it" if wrong else ""
    reached = f"{spread(times)} (sent up to {late:.0f} ms late){behind}"
    return Figure(
        f"ack of /incident {word}, {how}, {the.kind}", f"p99 {limit} ms", reached, share(times, 0.99) <= limit
    )


def _commands(word, count, channels, mark):
    says = f"{word} the load is rising" if word == "note" else word
    return [
        command(
            f"{says} {mark} {number}" if word == "note" else says,
            user=PEOPLE[number % len(PEOPLE)],
            channel=channels[number % len(channels)],
            number=f"{word}-{mark}-{number}",
        )
        for number in range(count)
    ]


def _spread(shots):
    return spread([shot.ms for shot in shots])
