"""From the slash command to a channel that can be used."""

from tests.bench.figures import Figure, median, spread
from tests.bench.rig import KINDS, ended, rig

TIMES = 20
USABLE = {"conversations.create", "conversations.invite", "conversations.setTopic", "card"}


def rows():
    for kind in KINDS:
        with rig(kind) as the:
            the.declare("The first one, which warms everything up")
            seen = [_declare(the, number) for number in range(TIMES)]
        took, chains, calls = zip(*seen, strict=True)
        what = f"declare to a usable channel, 100 ms a call, {kind}"
        good = median(took) <= 300 and max(chains) <= 2 and max(calls) <= 8
        reached = f"{spread(took)}; {max(chains)} round trips; {max(calls)} calls"
        yield Figure(what, "0.30 s median, 2 trips, 8 calls", reached, good)


def _declare(the, number):
    """Milliseconds from the command on, round trips one after another, and calls in all."""
    since = the.guest.traffic()[-1]["n"]
    who = ("ada", "ben", "chen", "dana")[number % 4]
    the.declare(f"Checkout is down, the {number + 1}th time", who)
    command, *others = the.guest.traffic(since)
    assert command["method"] == "command", command
    calls = [call for call in others if call["direction"] == "from_bot"]
    needed = [call for call in calls if _name(call) in USABLE]
    assert {_name(call) for call in needed} == USABLE, [_name(call) for call in calls]
    return (max(map(ended, needed)) - command["started"]) * 1000, _chain(needed), len(calls)


def _name(call):
    """The card is told from the announcement by its channel, which is new."""
    is_post = call["method"] == "chat.postMessage"
    key = ((call["args"].get("metadata") or {}).get("event_payload") or {}).get("key", "") if is_post else ""
    return "card" if key.endswith("/card") or key.startswith("card") else call["method"]


def _chain(calls):
    """How many had to wait for one another."""
    depth = []
    for call in sorted(calls, key=lambda call: call["started"]):
        before = [far for far, other in depth if ended(other) <= call["started"]]
        depth.append((1 + max(before, default=0), call))
    return max(far for far, _ in depth)
