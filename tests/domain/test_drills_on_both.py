"""Drills on both databases: of two who press Start at the same moment, one begins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.domain import drills, people
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from tests.conftest import NOON
from tests.domain.conftest import COMPANY, TOP
from tests.domain.test_drills import SCENARIO


def test_of_two_who_start_at_once_one_begins(either_engine):
    info = {"company": COMPANY, "templates": TOP / "templates", "drills": [SCENARIO]}
    courier, together = Courier(either_engine, Listeners(), info), Barrier(4)
    with courier.transaction() as session:
        ana = people.of_slack(session, "U0ANA", "Ana")

    def start(_):
        together.wait(10)
        try:
            with courier.transaction() as session:
                drills.start(session, "quake", by=ana, now=NOON)
        except Refused:
            return 0
        return 1

    with ThreadPoolExecutor(4) as people_at_work:
        assert sum(people_at_work.map(start, range(4))) == 1
