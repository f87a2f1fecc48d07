"""A bot and a practice workspace, each a process of its own, on a database that is thrown away."""

import re
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa

from bot.lib import db
from bot.sandbox.client import Guest
from tests.postgres import Cluster
from tests.world import TOP, Bot, free_port, wait_for

KINDS = ("SQLite", "PostgreSQL")
LATENCY = 100  # milliseconds that each Slack call takes
QUIET = 1.8  # seconds without a call after which Slack was told all; a card is edited every 1.5 s
_kept, _running = ExitStack(), {}


def end():
    """The databases' server goes with the last row."""
    _kept.close()


@contextmanager
def database(kind, folder):
    """An address; the first start of a bot makes its tables."""
    if kind == "SQLite":
        yield f"sqlite:///{folder}/closeout.db"
        return
    if "cluster" not in _running:
        _running["cluster"] = _kept.enter_context(Cluster.started())
    name = f"bench_{uuid.uuid4().hex[:8]}"
    server = sa.make_url(_running["cluster"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    yield sa.make_url(_running["cluster"]).set(database=name).render_as_string(hide_password=False)


@contextmanager
def practice(bot_port):
    """A workspace in a process of its own, so that it does not share our interpreter."""
    port = free_port()
    words = ["--port", str(port), "--bot", f"http://127.0.0.1:{bot_port}/slack/events", "--no-rates"]
    command = [sys.executable, "-m", "bot.sandbox", *words]
    process = subprocess.Popen(command, cwd=TOP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    guest = Guest(f"http://127.0.0.1:{port}")
    try:
        wait_for(guest.channels, what="the practice workspace")
        yield guest
    finally:
        guest.close()
        process.terminate()
        process.wait()


class Rig:
    def __init__(self, kind, folder, address, port, guest, **env):
        self.kind, self.folder, self.address, self.guest = kind, folder, address, guest
        self.bot = Bot(folder, address, sandbox=SimpleNamespace(url=guest.url), port=port, **env)

    @property
    def pid(self):
        return self.bot.process.pid

    def declare(self, title, who="ada"):
        """Its number, and the channel when everything about it was told."""
        answer = self.guest.person(who).says(f"/incident new sev1 {title}")
        id = int(re.search(r"INC-(\d+)", answer.text)[1])
        self.settle()
        name = next(name for name in self.guest.channel_names() if name.startswith(f"inc-{id}-"))
        return id, self.guest.channel(name)["id"]

    def settle(self, since=0):
        """Wait until Slack hears nothing more; answer the calls."""
        return wait_for(lambda: self._all_told(since), what="quiet", patience=120)

    def _all_told(self, since):
        calls = self.guest.traffic(since)
        now = self.guest.act("clock", advance=0)["now"]
        is_over = all(call["ms"] is not None for call in calls)
        return is_over and calls and now - max(map(ended, calls)) > QUIET and calls

    def count(self, statement, **values):
        engine = db.open_engine(self.address)
        with engine.connect() as connection:
            found = connection.execute(sa.text(statement), values).scalar()
        engine.dispose()
        return found


@contextmanager
def rig(kind, *, latency=LATENCY, **env):
    """Everything is up, and the bot knows everyone."""
    with tempfile.TemporaryDirectory(prefix="closeout-bench-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        address = stack.enter_context(database(kind, folder))
        guest = stack.enter_context(practice(port))
        made = Rig(kind, folder, address, port, guest, **env)
        stack.callback(made.bot.stop)
        made.bot.start()
        made.settle()
        guest.conditions(latency_ms=latency)
        yield made


def ended(call):
    return call["started"] + (call["ms"] or 0) / 1000
