"""A sender is killed in the middle: nobody gets a mail twice, and nobody goes without."""

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlmodel import func, select

from bot.domain import mailings
from bot.domain.mailings import TOKEN, Delivery, Recipient
from bot.lib import db
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.post_office import Counting, Office
from tests.world import TOP, free_port

pytestmark = pytest.mark.slow
PATIENCE = 60  # seconds


class Scene:
    """A database, an SMTP server that counts, and processes that carry from one to the other."""

    def __init__(self, url, folder):
        self.url, self.folder, self.box = url, folder, Counting()
        self.courier = Courier(db.open_engine(url), Listeners())
        self.server = Office(self.box, hostname="127.0.0.1", port=free_port())
        self.server.start()

    def queue(self, count):
        now = datetime.now(UTC)
        to = [Recipient(f"n{n}@example.com", "token") for n in range(count)]
        text = {"subject": "Checkout is slow", "plain": "It is.", "html": "<p>It is.</p>"}
        leave = f"/status/unsubscribe/{TOKEN}"
        with self.courier.transaction() as session:
            mailings.queue(session, key="update/1", kind="update", to=to, now=now, leave=leave, **text)

    def run(self, kill_at=0):
        """Start a sender; kill it when the server has accepted so many mails. Answers how it ended."""
        command = [sys.executable, "-m", "tests.integrations.mail_victim"]
        command += [self.url, str(self.server.port), str(self.folder)]
        process = subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE, text=True)
        self.box.at, self.box.call = kill_at, process.kill
        said = process.communicate(timeout=PATIENCE)[1]
        self.box.at = 0
        assert process.returncode in (0, -9), said
        return process.returncode

    def standing(self):
        with self.courier.reading() as session:
            asked = select(Delivery.status, func.count()).group_by(Delivery.status)
            return dict(session.exec(asked).all())

    def received(self):
        """Whoever got something; the server may still be reading what a dead process wrote."""
        before = -1
        while before != self.box.got.total():
            before = self.box.got.total()
            time.sleep(0.05)
        return {address for _, address in self.box.got}

    def close(self):
        self.server.stop()
        self.courier.engine.dispose()


@pytest.fixture
def scene(sqlite_url, tmp_path):
    scene = Scene(sqlite_url, tmp_path)
    yield scene
    scene.close()


def test_killed_in_the_middle_nobody_gets_it_twice_and_who_may_lack_it_is_known(scene):
    """A line that breaks between dot and answer leaves a mail in doubt; it is shown, not sent again."""
    scene.queue(240)
    for kill_at in (30, 120):
        assert scene.run(kill_at=kill_at) == -9
        assert scene.standing()["queued"] > 100
    assert scene.run() == 0
    received, standing = scene.received(), scene.standing()
    assert set(scene.box.got.values()) == {1}
    assert 240 - len(received) <= standing.get("unsure", 0)
    assert standing["sent"] + standing.get("unsure", 0) == 240
    assert standing.get("unsure", 0) <= 2 * 8  # what had its dot and no answer: a line has one at most
