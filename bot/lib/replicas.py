"""Who is alive? A replica that has died is noticed on PostgreSQL, and its runs are taken over by another.

Each replica holds an advisory lock on its own name for as long as its process lives: no clock, no heartbeat
table. It needs a session's connection, so no PgBouncer in transaction mode.
"""

import logging
import threading
from collections import Counter, defaultdict

import sqlalchemy as sa
from dbos import DBOS

log = logging.getLogger(__name__)
NAME = "hashtextextended('replica:' || :name, 0)"
# The server must notice within seconds that a host has lost its power, or its lock is never free.
KEEPALIVE = ("set tcp_keepalives_idle = 5", "set tcp_keepalives_interval = 2", "set tcp_keepalives_count = 3")


class Replicas:
    """Two threads: one holds our lock, one looks for runs whose owner's lock stays free."""

    def __init__(self, engine: sa.Engine, me: str, *, strikes: int = 3, look_every: float = 1.0) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.me = me
        self.strikes = strikes
        self.look_every = look_every
        self.missed: Counter[str] = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._hold, self._look)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def reap(self) -> int:
        """Look once, and resume the runs of those who are gone for good; answer how many."""
        left = self._runs_of_others()
        self.missed = Counter({name: self.missed[name] for name in left})
        if not left:
            return 0
        with self.engine.connect() as connection:
            return sum(self._judge(connection, name, runs) for name, runs in left.items())

    def _runs_of_others(self) -> dict[str, list[str]]:
        left = defaultdict(list)
        for run in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            if run.executor_id and run.executor_id != self.me:
                left[run.executor_id].append(run.workflow_id)
        return left

    def _judge(self, connection: sa.Connection, name: str, runs: list[str]) -> int:
        if not _ask(connection, "pg_try_advisory_lock", name):
            self.missed[name] = 0
            return 0
        try:  # while we hold its lock, no other replica judges it
            self.missed[name] += 1
            if self.missed[name] < self.strikes:
                return 0
            DBOS.resume_workflows(runs)
            log.warning("Replica %s is gone; %s of its runs are resumed.", name, len(runs))
            return len(runs)
        finally:
            _ask(connection, "pg_advisory_unlock", name)

    def _look(self) -> None:
        while not self._stop.wait(self.look_every):
            try:
                self.reap()
            except Exception:  # PostgreSQL restarts; the next look may fare better
                log.warning("The other replicas could not be looked at.", exc_info=True)

    def _hold(self) -> None:
        while not self._stop.is_set():
            try:
                self._hold_on()
            except sa.exc.DBAPIError:
                self._stop.wait(0.2)  # PostgreSQL was restarted: take the lock again

    def _hold_on(self) -> None:
        with self.engine.connect() as connection:
            for setting in KEEPALIVE:
                connection.execute(sa.text(setting))
            _ask(connection, "pg_advisory_lock", self.me)
            while not self._stop.wait(1):
                connection.execute(sa.text("select 1"))
            connection.invalidate()  # gives the lock back, and does not lend this session to others


def _ask(connection: sa.Connection, function: str, name: str) -> object:
    return connection.execute(sa.text(f"select {function}({NAME})"), {"name": name}).scalar()
