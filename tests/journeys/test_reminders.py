"""Digests through the practice workspace, on both databases: each once, with restarts and two replicas."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.world import World, wait_for

pytestmark = pytest.mark.slow

COMPANY = """
[digest]
weekly = "{day} 00:00"

[[teams]]
key = "payments"
name = "Payments"
channel = "general"

[[services]]
key = "checkout"
name = "Checkout"
team = "payments"
"""


@pytest.fixture
def world(database, nursery, tmp_path):
    """Its digests went out yesterday, wherever somebody lives; a start catches up with them."""
    config = tmp_path / "closeout.toml"
    config.write_text(COMPANY.format(day=f"{datetime.now(UTC) - timedelta(days=1):%a}".lower()))
    with World(tmp_path, database, nursery=nursery, CLOSEOUT_CONFIG=str(config)) as world:
        yield world


def digests(world, name):
    told = world.guest.look("dms", user=name)["messages"]
    return [one["text"] for one in told if one.get("text", "").startswith("The week to")]


def address_of(world, name):
    known = world.bot.api("GET", "/people?limit=100").json()["items"]
    return next((one["email"] for one in known if one["name"].startswith(name)), None)


def promise(world, name):
    """An incident, with something to do for one person."""
    address = wait_for(lambda: address_of(world, name), what=name)
    down = {"title": "Down", "severity": "sev1", "services": ["checkout"]}
    ref = world.bot.api("POST", "/incidents", json=down).json()["ref"]
    due = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    new = {"title": "Alert on errors", "owner": address, "due": due}
    assert world.bot.api("POST", f"/incidents/{ref}/actions", json=new).status_code == 201


def test_a_digest_reaches_its_owner_once(world, database):
    bots = [world.bot] if database.startswith("sqlite") else [world.bot, world.add_bot().start()]
    for name in ("ben", "chen"):
        promise(world, name.capitalize())
        for bot in bots:
            bot.kill()  # what was looked at is looked at again after a start
        for bot in bots:
            bot.launch()
        for bot in bots:
            bot.wait_until_ready()
        wait_for(lambda name=name: digests(world, name), what=f"the digest of {name}", patience=60)
    told = [digests(world, name) for name in ("ben", "chen")]
    assert [len(each) for each in told] == [1, 1]
    assert "You: nothing came due this week. Nothing late." in told[0][0]
