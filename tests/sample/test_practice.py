"""A database is for practice or for real, and never both."""

import pytest

from bot import sample
from bot.domain import incidents, people
from bot.domain.incidents import Report
from bot.lib import db
from bot.sample import PracticeDatabase, RealDatabase
from tests.checks.looking import NOT_HERE, house_of
from tests.conftest import NOON


@pytest.fixture
def house(sqlite_url, tmp_path):
    with house_of(
        {
            "DATABASE_URL": sqlite_url,
            "CLOSEOUT_DATA_DIR": str(tmp_path),
            **NOT_HERE,
            "SLACK_SIGNING_SECRET": "s" * 32,
        }
    ) as house:
        yield house


def declare(house, **more):
    with house.courier.transaction() as session:
        incidents.declare(session, Report("x", **more), by=people.closeout(session), now=NOON)


def test_practice_takes_an_empty_database_and_goes_on_with_it(house):
    sample.begin_practice(house)
    declare(house)
    sample.begin_practice(house)
    with pytest.raises(PracticeDatabase):
        sample.check_real(house)


def test_practice_stays_away_from_what_is_real(house):
    sample.check_real(house)
    declare(house)
    with pytest.raises(RealDatabase):
        sample.begin_practice(house)
    sample.check_real(house)


def test_a_database_without_tables_is_nobodys_yet(house, tmp_path):
    house.engine = db.open_engine(f"sqlite:///{tmp_path}/new.db")
    sample.check_real(house)
    house.engine.dispose()


def test_sample_data_that_somebody_loaded_is_no_real_incident(house):
    declare(house, sample=True)
    sample.begin_practice(house)
