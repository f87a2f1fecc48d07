"""An update to 50,000 subscribers: queued, sent at the configured rate, killed in the middle and resumed."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import func, select

from bot import app
from bot.domain import incidents, people, subscribers, updates
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery
from bot.domain.subscribers import telling
from bot.lib import db
from bot.lib.clock import now
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.bench.figures import Figure
from tests.bench.rig import KINDS, database
from tests.world import TOP, free_port

MANY = int(os.environ.get("BENCH_MAILS", "50000"))
RATE = float(os.environ.get("BENCH_MAIL_RATE", "250"))  # mails a second
STEADY = 10.0  # seconds over which the rate is taken


def rows():
    for kind in KINDS:
        folder = tempfile.TemporaryDirectory(prefix="closeout-bench-")
        with folder as name, database(kind, name) as address, office() as (port, counted):
            yield from _one(kind, Path(name), address, port, counted)


@contextmanager
def office():
    """An SMTP server in a process of its own, and what it says when it closes."""
    port, said = free_port(), {}
    command = [sys.executable, "-m", "tests.post_office", str(port)]
    process = subprocess.Popen(command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()

    def close():
        if not said:
            said.update(json.loads(process.communicate()[0]))
        return said

    try:
        yield port, close
    finally:
        close()


def _one(kind, folder, address, port, counted):
    engine = db.open_engine(address)
    db.upgrade(engine)
    info = {"company": Company(), "templates": app.data_folder("templates")}
    courier = Courier(engine, Listeners(), info)
    _fill(courier)
    took = _publish(courier)
    yield Figure(f"{MANY:,} subscriber mails queued, {kind}", "10 s", f"{took:.1f} s", took <= 10)
    first = _sender(address, port, folder)
    _until(courier, MANY // 20)
    before, begun = _count(courier, "sent"), time.monotonic()
    time.sleep(STEADY)
    rate = (_count(courier, "sent") - before) / (time.monotonic() - begun)
    reached = f"{rate:,.0f} a second"
    yield Figure(
        f"sent at the configured rate, {kind}", f"{RATE:g} a second", reached, 0.9 <= rate / RATE <= 1.05
    )
    _until(courier, MANY * 2 // 5)
    first.kill()
    first.wait()
    left = _count(courier, "queued")
    _sender(address, port, folder).wait()
    found, unsure = counted(), _count(courier, "unsure")
    lost = MANY - found["recipients"]
    reached = f"{lost} lost, {found['twice']} twice; {left:,} were left, {unsure} not known"
    yield Figure(
        f"resumed after kill -9, {kind}", "none lost, none twice", reached, not (lost or found["twice"])
    )
    engine.dispose()


def _fill(courier):
    with courier.transaction() as session:
        addresses = (f"n{n}@example.org" for n in range(MANY))
        subscribers.bring_in(session, addresses, by=people.closeout(session), now=now())


def _publish(courier):
    """Seconds from the update's row to all deliveries, committed."""
    with courier.transaction() as session:
        ada = people.of_email(session, "ada@example.com")
        incident = incidents.declare(session, Report("Checkout is down"), by=ada, now=now())
        update = updates.publish(session, incident, "We look into it.", by=ada, now=now())
    begun = time.monotonic()
    with courier.transaction() as session:
        assert telling.tell(session, incident, update) == MANY
    return time.monotonic() - begun


def _sender(address, port, folder):
    command = [
        sys.executable,
        "-m",
        "tests.integrations.mail_victim",
        address,
        str(port),
        str(folder),
        str(RATE),
    ]
    return subprocess.Popen(command, cwd=TOP, stderr=subprocess.DEVNULL)


def _count(courier, state):
    with courier.reading() as session:
        return session.exec(select(func.count()).where(Delivery.status == state)).one()


def _until(courier, count):
    while _count(courier, "sent") < count:
        time.sleep(0.2)
