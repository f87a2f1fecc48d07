"""From the moment in which an update is let out, until it stands everywhere."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.bench.figures import Figure, median
from tests.bench.rig import KINDS, LATENCY, rig
from tests.doubles.statuspage import Statuspage
from tests.world import wait_for

TIMES = 12
ASKED = "2 s at the latest"


class Slow(Statuspage):
    """A far end that takes its time to answer."""

    async def serve(self, request):
        await asyncio.sleep(LATENCY / 1000)
        return await super().serve(request)


def rows():
    for kind in KINDS:
        with Slow("Checkout") as far, rig(kind, **far.env) as the:
            the.declare("Checkout is slow")
            seen = [_update(the, far, number) for number in range(TIMES)]
        for place in seen[0]:
            took = [one[place] for one in seen]
            reached = f"median {median(took):.0f} ms, at most {max(took):.0f} ms of {TIMES}"
            yield Figure(f"an update reaches {place}, {kind}", ASKED, reached, max(took) <= 2000)


def _update(the, far, number):
    """Place -> milliseconds after the call that let it out began."""
    message = f"This is update number {number}."
    places = {
        "the page": lambda: message in _read(the, "/status"),
        "the feed": lambda: message in _read(the, "/status/feed.atom"),
        "Slack": lambda: message in _said(the),
        "Statuspage": lambda: any(message in body for body in _bodies(far)),
    }
    begun = time.monotonic()
    with ThreadPoolExecutor(len(places)) as pool:
        waits = {name: pool.submit(_when, there, begun) for name, there in places.items()}
        the.bot.api("POST", "/incidents/INC-1/updates", json={"message": message}).raise_for_status()
        took = {name: wait.result() for name, wait in waits.items()}
    time.sleep(1.5)  # Statuspage lets us call once a second in the long run
    return took


def _when(there, begun):
    wait_for(there, what="the update", patience=30)
    return (time.monotonic() - begun) * 1000


def _read(the, path):
    return httpx.get(f"{the.bot.url}{path}", timeout=5).text


def _said(the):
    (name,) = (name for name in the.guest.channel_names() if name.startswith("inc-1-"))
    return str([one["text"] for one in the.guest.messages(name)])


def _bodies(far):
    return [one["body"] for incident in far.incidents.values() for one in incident["incident_updates"]]
