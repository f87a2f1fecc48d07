"""One replica at a time does this; the lock goes with the connection of whoever dies."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bot.lib.db import is_postgres


@contextmanager
def alone(engine: sa.Engine, key: int) -> Iterator[bool]:
    """Whether it is ours for now. On SQLite there is one process anyway.

    It takes a session's connection, so no PgBouncer in transaction mode.
    """
    if not is_postgres(engine):
        yield True
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        is_ours = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar())
        try:
            yield is_ours
        finally:
            if is_ours:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
