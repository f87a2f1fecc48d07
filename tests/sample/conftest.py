"""A house with an empty database, and one in which the year of sample data lies already."""

import shutil
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot import sample
from bot.app import House
from bot.settings import read

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
PRACTICE = {"SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": "s"}
REAL = {"SLACK_BOT_TOKEN": "xoxb-1-2", "SLACK_SIGNING_SECRET": "s"}


def house_of(url, folder, **env):
    env = {"CLOSEOUT_DATA_DIR": str(folder), "CLOSEOUT_CONFIG": str(sample.COMPANY)} | env
    return House(read(env | {"DATABASE_URL": url}), lambda: NOW)


@pytest.fixture
def house(database, tmp_path):
    """The practice workspace of the first day, on SQLite and on PostgreSQL."""
    it = house_of(database, tmp_path, **PRACTICE)
    yield it
    it.engine.dispose()


@pytest.fixture
def empty(sqlite_url, tmp_path):
    """The same, on SQLite alone."""
    it = house_of(sqlite_url, tmp_path, **PRACTICE)
    yield it
    it.engine.dispose()


@pytest.fixture(scope="session")
def loaded_sqlite(fresh_sqlite, tmp_path_factory):
    """A file with the year in it, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copy(fresh_sqlite, folder / "closeout.db")
    it = house_of(f"sqlite:///{folder / 'closeout.db'}", folder, **PRACTICE)
    sample.load(it, now=NOW)
    with it.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    it.engine.dispose()
    return folder / "closeout.db"


@pytest.fixture
def loaded(loaded_sqlite, tmp_path):
    shutil.copy(loaded_sqlite, tmp_path / "closeout.db")
    it = house_of(f"sqlite:///{tmp_path / 'closeout.db'}", tmp_path, **PRACTICE)
    yield it
    it.engine.dispose()


@pytest.fixture
def year(loaded):
    with loaded.courier.reading() as session:
        yield session


def counts(house):
    """How many rows each table has."""
    return {name: len(found) for name, found in rows(house).items()}


def rows(house):
    """Every row of every table, as it would be compared with another database."""
    with house.engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).fetchall())) for table in tables
        }
