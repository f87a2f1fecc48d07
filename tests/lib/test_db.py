import re
import sqlite3
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.operations.ops import AddColumnOp, DowngradeOps, MigrationScript, ModifyTableOps, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlmodel import Session, SQLModel

from bot.domain.actions import TALLY, ActionItem, Fate, number, parts
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib import db
from bot.lib.letters import Letter
from bot.migrations.__main__ import amend, import_models
from tests.conftest import NOON


@pytest.fixture
def empty(tmp_path):
    engine = db.open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    yield engine
    engine.dispose()


def pragma(engine, name):
    with engine.connect() as connection:
        return connection.execute(sa.text(f"PRAGMA {name}")).scalar()


def test_sqlite_is_safe_against_a_power_cut_and_minds_its_keys(engine):
    names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
    assert [pragma(engine, name) for name in names] == ["wal", 2, 10000, 1]


def test_dbos_has_the_same_file_as_safe(engine):
    own = db.engine_of_dbos(engine)
    assert (own.url, pragma(own, "journal_mode"), pragma(own, "synchronous")) == (engine.url, "wal", 2)
    own.dispose()


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg2://h/d"])
def test_postgres_is_spoken_to_by_psycopg_however_it_is_written(url):
    assert db.open_engine(url.replace("+psycopg2", "")).url.drivername == "postgresql+psycopg"


def test_a_new_database_is_not_current_until_it_is_upgraded(empty):
    assert not db.is_current(empty)
    db.upgrade(empty)
    assert db.is_current(empty)
    db.upgrade(empty)


def test_foreign_keys_are_minded_again_after_an_upgrade(empty):
    db.upgrade(empty)
    assert pragma(empty, "foreign_keys") == 1


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def bare_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return request.getfixturevalue("bare_postgres_url")


def test_the_history_makes_the_tables_that_the_models_have(bare_url):
    import_models()
    engine = db.open_engine(bare_url)
    db.upgrade(engine)
    with engine.connect() as connection:
        ours = lambda name, kind, parents: kind != "table" or name in SQLModel.metadata.tables  # noqa: E731
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_no_number_is_ever_used_twice(empty):
    """SQLite gives a number once more unless told otherwise, and forgets it when a table is made anew."""
    import_models()
    db.upgrade(empty)
    wanted = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    with empty.connect() as connection:
        made = connection.execute(sa.text("select name, sql from sqlite_master where type = 'table'")).all()
    assert wanted
    assert wanted == {name for name, sql in made if "AUTOINCREMENT" in sql} & set(SQLModel.metadata.tables)


def test_a_table_that_is_made_anew_does_not_give_the_number_of_a_row_that_is_gone(empty):
    """Sample data may be cleared; its numbers are spent."""
    with empty.begin() as connection:
        command.upgrade(db.alembic(connection), "0003")
        connection.execute(sa.text("insert into sqlite_sequence values ('action_item', 41)"))
    db.upgrade(empty)
    with empty.connect() as connection:
        kept = connection.execute(sa.text("select seq from sqlite_sequence where name = 'action_item'")).all()
    assert kept == [(41,)]


def test_the_history_can_be_undone(empty):
    db.upgrade(empty)
    with empty.begin() as connection:
        command.downgrade(db.alembic(connection), "base")
    assert sa.inspect(empty).get_table_names() == ["alembic_version"]


def added(model, column):
    """What autogenerate finds when the column is new."""
    add = AddColumnOp(model.__tablename__, model.__table__.c[column]._copy())
    table = ModifyTableOps(model.__tablename__, [add])
    return MigrationScript("1", UpgradeOps([table]), DowngradeOps([])), add


@pytest.mark.parametrize(
    ("model", "column", "holds"),
    [(Incident, "source", "person"), (Incident, "private", False), (Letter, "attempts", 0)],
)
def test_a_new_column_holds_its_default_in_the_rows_that_are_there(bare_url, model, column, holds):
    engine, table = db.open_engine(bare_url), model.__tablename__
    script, add = added(model, column)
    amend(None, None, [script])
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)"))
        connection.execute(sa.text(f"INSERT INTO {table} VALUES (1), (2)"))
        Operations(MigrationContext.configure(connection)).invoke(add)
        assert [row[0] for row in connection.execute(sa.text(f"SELECT {column} FROM {table}"))] == [holds] * 2
    engine.dispose()


def test_a_new_column_without_a_default_is_asked_for_one():
    with pytest.raises(SystemExit, match=r"incident\.title needs a plain default, or None"):
        amend(None, None, [added(Incident, "title")[0]])


def test_no_revision_adds_a_column_that_the_rows_that_are_there_cannot_have():
    for path in (db.MIGRATIONS / "versions").glob("*.py"):
        for said in re.findall(r"add_column\((.*)", path.read_text()):
            assert "nullable=False" not in said or "server_default" in said, f"{path.name}: {said}"


def test_of_two_replicas_that_start_together_one_upgrades(bare_url):
    engines, failures = [db.open_engine(bare_url) for _ in range(2)], []

    def start(engine):
        try:
            db.upgrade(engine)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failures, db.is_current(engines[0])) == ([], True)
    for engine in engines:
        engine.dispose()


class Busy:
    """A connection to a file that another one is just opening."""

    def __init__(self, times):
        self.times, self.asked = times, []

    def execute(self, said):
        self.asked.append(said)
        if "journal_mode" in said and self.times:
            self.times -= 1
            raise sqlite3.OperationalError("database is locked")


def test_two_that_open_a_new_file_together_wait_for_each_other():
    connection = Busy(times=2)
    db._prepare_sqlite(None, connection, None)
    assert len([one for one in connection.asked if "journal_mode=WAL" in one]) == 3


def test_a_file_that_stays_locked_is_given_up(monkeypatch):
    monkeypatch.setattr(db, "BUSY", 0)
    with pytest.raises(sqlite3.OperationalError):
        db._prepare_sqlite(None, Busy(times=99_999), None)


def test_sqlite_is_told_which_index_to_read(empty):
    """SQLAlchemy leaves hints out where it speaks to SQLite; an audit needs one."""
    asked = sa.select(ActionItem.id).with_hint(ActionItem, "INDEXED BY ix_action_item_audit", "sqlite")
    assert "FROM action_item INDEXED BY ix_action_item_audit" in str(asked.compile(empty))


def test_items_that_were_there_are_tallied_like_those_that_come(bare_url):
    import_models()
    engine = db.open_engine(bare_url)
    db.upgrade(engine)
    done = {"status": "done", "due": NOON.date(), "done_at": NOON, "created_at": NOON - timedelta(days=9)}
    with Session(engine) as session:
        session.add(Person(id=9, name="Ana"))
        session.flush()
        session.add(Incident(id=7, title="Checkout is down", declared_by=9, declared_at=NOON))
        session.flush()
        session.add(ActionItem(incident_id=7, title="Alert on it", created_by=9, moved=2, **done))
        session.commit()
        before = session.execute(sa.select(TALLY)).scalar_one()
    with engine.begin() as connection:
        command.downgrade(db.alembic(connection), "0009")
    db.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.select(TALLY)).scalar_one() == before
    letters = {name: number(letter) for name, letter in parts(before).items()}
    assert Fate(letters["fate"]) == Fate.DONE | Fate.ON_TIME | Fate.FIRST_KEPT
    assert (letters["took"] - 1, letters["moved"], letters["aging"]) == (9, 2, 0)
    engine.dispose()


def test_who_writes_waits_for_the_other_writer_and_who_reads_does_not(engine):
    order, inside = [], threading.Event()

    def second():
        inside.wait()
        with engine.execution_options(**db.READING).connect() as connection:
            connection.execute(sa.text("select * from ear"))
            order.append("read")
            done_reading.set()
        with engine.begin() as connection:
            connection.execute(sa.text("delete from ear"))
            order.append("second")

    done_reading = threading.Event()
    thread = threading.Thread(target=second)
    thread.start()
    with engine.begin() as connection:
        connection.execute(sa.text("delete from ear"))
        inside.set()
        assert done_reading.wait(5)
        order.append("first")
    thread.join()
    assert order == ["read", "first", "second"]


def test_a_transaction_that_fails_lets_the_next_one_in(engine):
    for _ in range(3):
        with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:
            connection.execute(sa.text("select * from nowhere"))
    with engine.begin() as connection:
        connection.execute(sa.text("delete from ear"))


def test_a_writer_does_not_wait_at_the_gate_for_ever():
    gate = db.Gate()
    assert gate.acquire(1)
    assert not gate.acquire(0.01)
    assert not gate.acquire(0.01, urgent=True)
    gate.release()
    assert gate.acquire(0.01)
