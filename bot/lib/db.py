"""The engine, on SQLite or PostgreSQL, and the way to bring its tables up to date."""

import sqlite3
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlmodel import Session

from bot.lib.cleaning import keepable_all

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent.parent / "migrations"
BUSY = 10  # seconds to wait for SQLite's one writer
UPGRADING = 0x0C105E  # the advisory lock of who upgrades
LARGEST = 2**31 - 1  # of an id: PostgreSQL takes no larger number for one
READING = {"reading": True, "postgresql_readonly": True}
URGENT = {"urgent": True}  # goes before other writers: somebody outside waits for the answer


def open_engine(url: str) -> sa.Engine:
    """`sqlite:///path` or `postgresql://...`; the driver for PostgreSQL is psycopg."""
    where = sa.make_url(url.replace("postgres://", "postgresql://", 1))  # as some hosts write it
    engine = _open_sqlite(where) if where.get_backend_name() == "sqlite" else _open_postgres(where)
    sa.event.listen(engine, "before_cursor_execute", _keepable, retval=True)
    return engine


def _open_postgres(url: sa.URL) -> sa.Engine:
    url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)


def _keepable(
    _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    """What somebody sent is never a reason for the database to break, whether it is stored or looked up."""
    return statement, keepable_all(parameters)


class Gate:
    """One writer at a time. Of all who wait, one stands at the gate; who is urgent goes there at once."""

    def __init__(self) -> None:
        self._gate, self._queue = threading.Lock(), threading.Lock()

    def acquire(self, timeout: float, *, urgent: bool = False) -> bool:
        if urgent:
            return self._gate.acquire(timeout=timeout)
        end = time.monotonic() + timeout
        if not self._queue.acquire(timeout=timeout):
            return False
        try:
            return self._gate.acquire(timeout=max(0.0, end - time.monotonic()))
        finally:
            self._queue.release()

    def release(self) -> None:
        self._gate.release()


class _Connection(sqlite3.Connection):
    """Holds the gate of its engine while it may write, and opens it when it has ended its transaction."""

    gate: Gate | None = None

    def commit(self) -> None:
        super().commit()
        self.leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.leave()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.leave()

    def leave(self) -> None:
        if self.gate:
            self.gate.release()
            self.gate = None


def _open_sqlite(url: sa.URL) -> sa.Engine:
    engine = _sqlite_pool(url, None)  # we say BEGIN ourselves
    sa.event.listen(engine, "begin", partial(_begin_sqlite, Gate()))
    return engine


def engine_of_dbos(engine: sa.Engine) -> sa.Engine:
    """Connections to the same SQLite file for DBOS, which leaves it to the driver to begin before a write."""
    return _sqlite_pool(engine.url, "IMMEDIATE")


class _Hinted(SQLiteCompiler):
    """SQLAlchemy knows hints such as INDEXED BY, and leaves them out where it speaks to SQLite."""

    def get_from_hint_text(self, table: sa.FromClause, text: str | None) -> str | None:
        return text


def _sqlite_pool(url: sa.URL, begin: str | None) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=10, max_overflow=40, connect_args={"factory": _Connection})
    engine.dialect.statement_compiler = _Hinted
    sa.event.listen(engine, "connect", partial(_prepare_sqlite, begin))
    return engine


def _prepare_sqlite(begin: str | None, connection: Any, _record: object) -> None:
    connection.isolation_level = begin
    connection.execute(f"PRAGMA busy_timeout={BUSY * 1000}")
    _use_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """The one statement for which SQLite does not wait: two that open a new file together may collide."""
    end = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _begin_sqlite(gate: Gate, connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("reading"):
        connection.exec_driver_sql("BEGIN")
        return
    # Our writers line up at a gate: SQLite itself would let them sleep and try, and some would wait long.
    if gate.acquire(BUSY, urgent=bool(options.get("urgent"))):
        driver: Any = connection.connection.dbapi_connection
        driver.gate = gate
    # Who writes asks for the lock at once: one that has read before cannot wait for it, it fails.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def row(session: Session, table: type[T], id: int) -> T | None:
    """The row of an id that somebody typed, which may be any number."""
    return session.get(table, id) if 0 < id <= LARGEST else None


def is_postgres(where: Session | sa.Engine | sa.Connection) -> bool:
    bind = where.get_bind() if isinstance(where, Session) else where
    return bind.dialect.name == "postgresql"


def upgrade(engine: sa.Engine) -> None:
    """Run the migrations that are missing. Of two replicas that start together, one waits for the other."""
    with engine.connect() as connection:
        if not is_postgres(engine):
            # A batch migration drops and rebuilds tables that others point to.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if is_postgres(engine):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADING)))
            given = _given(connection)
            command.upgrade(alembic(connection), "head")
            _keep_given(connection, given)
        connection.invalidate()  # the next user gets a connection that checks its foreign keys


def _given(connection: sa.Connection) -> dict[str, int]:
    """The highest number that each table of SQLite ever gave, also to a row that is gone."""
    if is_postgres(connection) or "sqlite_sequence" not in _tables(connection):
        return {}
    rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
    return {name: seq for name, seq in rows}


def _keep_given(connection: sa.Connection, given: dict[str, int]) -> None:
    """A table that is made anew goes on after its last row, and would give a number once more."""
    after = _given(connection)
    for name in given.keys() & _tables(connection) if given else ():
        if after.get(name, 0) < given[name]:
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, given[name]))


def _tables(connection: sa.Connection) -> set[str]:
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    return set(found.scalars())


def is_current(engine: sa.Engine) -> bool:
    """Has every migration of this version been run?"""
    with engine.connect() as connection:
        applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(alembic()).get_heads())


def alembic(connection: sa.Connection | None = None) -> Config:
    """Alembic's settings, without an ini file."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
