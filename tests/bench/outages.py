"""Ten thousand alerts of one outage are one incident, and Slack stays calm."""

from tests.bench.figures import Figure
from tests.bench.rig import KINDS
from tests.bench.storms import passed


def rows():
    for kind in KINDS:
        storm = passed(kind)
        reached = f"{storm.incidents} incident with {storm.alerts:,} alerts, {storm.calls} Slack calls"
        good = storm.incidents == 1 and storm.alerts == len(storm.hooks) and storm.calls < 30
        yield Figure(
            f"10,000 alerts of one outage, {kind}", "one incident, under 30 Slack calls", reached, good
        )
