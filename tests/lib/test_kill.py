"""Processes that carry facts are killed at any moment: nothing is lost, doubled or out of order."""

import random
import subprocess
import sys
import time

import pytest
from sqlmodel import select

from bot.lib import db, facts
from bot.lib.courier import Courier
from bot.lib.facts import Event, on
from tests.lib.saying import Far, Said, listening, room_of, say

pytestmark = pytest.mark.slow
KILLS = 4
SECONDS = 60


@on(Said, name="echo")
def echo(session, fact):
    raise AssertionError("only the processes listen")


class Scene:
    """A database, a file as the far end, and processes that carry from one to the other."""

    def __init__(self, url, path):
        self.url, self.path, self.processes = url, path, []
        self.path.touch()
        self.engine = db.open_engine(url)
        self.courier = Courier(self.engine, listening(room_of(Far()), echo))

    def start(self, mode="work"):
        command = [sys.executable, "-m", "tests.lib.victim", self.url, str(self.path), mode]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        self.processes.append(process)
        self.until(lambda: f"# {process.pid} is up" in self.path.read_text())
        return process

    def kill(self, process):
        process.kill()
        process.communicate()
        self.processes.remove(process)

    def until(self, condition, seconds=SECONDS):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.path.read_text()[-2000:]
            time.sleep(0.02)

    def posts(self):
        return [line for line in self.path.read_text().splitlines() if not line.startswith("#")]

    def heard(self, incident):
        """The ids of the facts that the room of an incident was told, as it was told."""
        spans = [line.split()[1] for line in self.posts() if line.startswith(f"{incident} ")]
        return [int(id) for span in spans for id in span.split(",")]

    def recorded(self, kind, incident):
        with self.courier.reading() as session:
            query = select(Event.id).where(Event.kind == kind, Event.incident_id == incident)
            return list(session.exec(query.order_by(Event.id)))

    def all_heard(self):
        with self.courier.reading() as session:
            return not facts.behind(session)

    def close(self):
        for process in list(self.processes):
            self.kill(process)
        self.engine.dispose()


@pytest.fixture
def scene(database, tmp_path):
    scene = Scene(database, tmp_path / "far")
    yield scene
    scene.close()


@pytest.fixture
def postgres_scene(postgres_url, tmp_path):
    scene = Scene(postgres_url, tmp_path / "far")
    yield scene
    scene.close()


def test_killed_at_any_moment_nothing_is_lost_doubled_or_out_of_order(scene):
    replicas = 2 if db.is_postgres(scene.engine) else 1
    for _ in range(replicas):
        scene.start()
    for _ in range(KILLS):
        before = len(scene.posts())
        for n in range(20):
            say(scene.courier, "x", incident=n % 4 + 1)
        scene.until(lambda before=before: len(scene.posts()) > before + random.randint(0, 4))
        scene.kill(random.choice(scene.processes))
        scene.start()
    scene.until(scene.all_heard)
    for incident in range(1, 5):
        assert scene.heard(incident) == scene.recorded("Said", incident)
        assert len(scene.recorded("Sang", incident)) == len(scene.recorded("Said", incident))


def test_the_work_of_a_dead_replica_is_done_by_another_within_ten_seconds(postgres_scene):
    scene = postgres_scene
    dead = scene.start("hang")
    say(scene.courier, "x")
    scene.until(lambda: scene.posts() == ["1 1"])
    scene.start()
    scene.kill(dead)
    scene.until(scene.all_heard, seconds=10)
    assert scene.posts() == ["1 1"]
