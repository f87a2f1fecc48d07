"""Worlds that the tests of a module share, on SQLite and PostgreSQL: incidents are cheap, processes not."""

import shutil
from contextlib import closing, contextmanager
from functools import partial

import pytest

from tests.conftest import _new_database
from tests.doubles.pagerduty import PagerDuty
from tests.journeys.scene import Scene
from tests.nursery import Nursery
from tests.world import World

PUBLIC_URL = "https://closeout.example"  # the same for every replica
COMPANY = """
[[services]]
key = "checkout"
name = "Checkout"
pagerduty_service = "PSVC001"

[[services]]
key = "search"
name = "Search"
pagerduty_service = "PSVC002"
"""


@pytest.fixture(scope="session")
def nursery():
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def new_database(request, tmp_path_factory):
    """A way to databases with all tables, one for each `with`; first on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        fresh = request.getfixturevalue("fresh_sqlite")
        return lambda: a_copy(fresh, tmp_path_factory.mktemp("database"))
    cluster, fresh = (request.getfixturevalue(name) for name in ("cluster", "fresh_postgres"))
    return lambda: a_clone(cluster, fresh)


@contextmanager
def a_copy(fresh, folder):
    shutil.copy(fresh, folder / "closeout.db")
    yield f"sqlite:///{folder / 'closeout.db'}"


@contextmanager
def a_clone(cluster, fresh):
    with _new_database(cluster, fresh.database) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def open_scene(new_database, nursery, tmp_path_factory):
    """A way to open scenes: each has a database, a sandbox, a PagerDuty and a bot of its own."""
    return partial(a_scene, new_database, nursery, tmp_path_factory)


@pytest.fixture(scope="module")
def postgres_scene(cluster, fresh_postgres, nursery, tmp_path_factory):
    """A scene on PostgreSQL, whatever `scene` stands on."""
    with a_scene(partial(a_clone, cluster, fresh_postgres), nursery, tmp_path_factory) as scene:
        yield scene


@contextmanager
def a_scene(new_database, nursery, tmp_path_factory, **env):
    folder = tmp_path_factory.mktemp("world")
    config = folder / "closeout.toml"
    config.write_text(COMPANY)
    with new_database() as database, PagerDuty() as double:
        known = {**double.env, "CLOSEOUT_CONFIG": str(config), "CLOSEOUT_PUBLIC_URL": PUBLIC_URL, **env}
        world = World(folder, database, nursery=nursery, **known)
        with world, closing(Scene(world, double)) as scene:
            yield scene


@pytest.fixture(scope="module")
def scene(open_scene):
    with open_scene() as scene:
        yield scene
