"""What every test may ask for: a moment, a database of its own, a courier, PostgreSQL."""

import asyncio
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.lib import db, facts
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.postgres import FLEETING, Cluster

pytest_plugins = ["tests.golden_files", "tests.screenshots"]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


def pytest_addoption(parser):
    parser.addoption(
        "--whole-history", action="store_true", help="Play all of a long history, not every fifth incident."
    )


def carry_all(courier: Courier) -> None:
    """Let every listener hear what it is owed, without DBOS, until nobody is owed anything."""

    async def hear_all() -> None:
        while ears := await courier.ask(facts.behind):
            for ear in ears:
                await courier.hear(ear)

    asyncio.run(hear_all())


@pytest.fixture(scope="session")
def fresh_sqlite(tmp_path_factory) -> Path:
    """A file with all tables, made once and copied for each test."""
    path = tmp_path_factory.mktemp("fresh") / "closeout.db"
    engine = db.open_engine(f"sqlite:///{path}")
    db.upgrade(engine)
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(fresh_sqlite, tmp_path) -> str:
    shutil.copy(fresh_sqlite, tmp_path / "closeout.db")
    return f"sqlite:///{tmp_path / 'closeout.db'}"


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a PostgreSQL server: DATABASE_URL where it is one, else a throw-away cluster."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    with Cluster.started(FLEETING) as url:
        yield url


@pytest.fixture(scope="session")
def fresh_postgres(cluster) -> Iterator[sa.URL]:
    """A database with all tables, made once and copied for each test."""
    with _new_database(cluster, "template1") as url:
        engine = db.open_engine(url.render_as_string(hide_password=False))
        db.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture
def postgres_url(cluster, fresh_postgres) -> Iterator[str]:
    with _new_database(cluster, fresh_postgres.database) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def bare_postgres_url(cluster) -> Iterator[str]:
    """A database without tables."""
    with _new_database(cluster, "template1") as url:
        yield url.render_as_string(hide_password=False)


class _new_database:
    def __init__(self, cluster: str, template: str) -> None:
        self.name = f"closeout_{uuid.uuid4().hex[:12]}"
        self.template = template
        self.url = sa.make_url(cluster).set(drivername="postgresql+psycopg")

    def __enter__(self) -> sa.URL:
        self._say(f'create database "{self.name}" template "{self.template}"')
        return self.url.set(database=self.name)

    def __exit__(self, *_: object) -> None:
        self._say(f'drop database "{self.name}" with (force)')

    def _say(self, statement: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(statement))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request) -> str:
    """The address of a database with all tables: the test runs on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def engine(sqlite_url) -> Iterator[sa.Engine]:
    engine = db.open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def either_engine(database) -> Iterator[sa.Engine]:
    """Like `engine`, once for each of the two databases."""
    engine = db.open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def listeners() -> Listeners:
    """Nobody listens, unless a test adds somebody."""
    return Listeners()


@pytest.fixture
def courier(engine, listeners) -> Courier:
    """Without DBOS: `carry_all` carries."""
    return Courier(engine, listeners)


@pytest.fixture
def session(courier):
    with courier.transaction() as session:
        yield session


# Whoever asks for one of these talks to a server over HTTP; `make check` leaves such tests to `make test`.
SERVERS = {
    "hall",
    "sandbox",
    "closeout",
    "double",
    "bolt",
    "floor",
    "database",
    "cluster",
    "browser",
    "open_town",
}


def pytest_collection_modifyitems(items):
    for item in items:
        if SERVERS & set(item.fixturenames) and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.slow)
