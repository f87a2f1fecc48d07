import threading

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from bot.lib import db
from bot.migrations.__main__ import import_models


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


def test_the_history_can_be_undone(empty):
    db.upgrade(empty)
    with empty.begin() as connection:
        command.downgrade(db.alembic(connection), "base")
    assert sa.inspect(empty).get_table_names() == ["alembic_version"]


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
