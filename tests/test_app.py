"""The house puts its rooms together: the gate stands, and what happens is sealed."""

from datetime import timedelta

import pytest

from bot.domain import incidents, people, trail
from bot.domain.incidents import Report
from bot.domain.people import NotAllowed
from tests.checks.looking import house_of
from tests.conftest import NOON


@pytest.fixture
def house(sqlite_url, tmp_path):
    env = {"DATABASE_URL": sqlite_url, "CLOSEOUT_DATA_DIR": str(tmp_path)}
    with house_of(env, now=lambda: NOON + timedelta(minutes=1)) as house:
        yield house


def test_the_gate_stands_before_everything_that_is_written(house):
    with house.courier.transaction() as session:
        eve = people.of_email(session, "eve@example.com")
        people.give(session, eve, "viewer", by=people.closeout(session), now=NOON)
    with pytest.raises(NotAllowed), house.courier.transaction() as session:
        incidents.declare(session, Report("x"), by=people.of_email(session, "eve@example.com"), now=NOON)


async def test_what_happened_is_sealed(house):
    with house.courier.transaction() as session:
        incidents.declare(session, Report("x"), by=people.closeout(session), now=NOON)
    await house.seal()
    with house.courier.reading() as session:
        assert trail.head(session).number == 1
    await house.http.close()
