"""Trackers where rows matter: on SQLite and on PostgreSQL, and with two replicas."""

import asyncio
import threading

import pytest
from sqlmodel import select

from bot.domain import actions
from bot.domain.actions import ItemStatus
from bot.domain.trackers import TrackerLink, health
from tests.integrations.tracking import VENDORS, Desk, opened


@pytest.fixture(params=VENDORS)
def desk(request, either_engine):
    yield from opened(either_engine, request.param)


def test_a_whole_life(desk):
    item = desk.create(owner=desk.ada)
    desk.create(owner=desk.ben)
    desk.deliver()
    key = desk.link(item).key
    desk.double.close(key, by=desk.double.accounts["ben"])
    desk.deliver()
    assert desk.item(item).done_by == desk.ben.id
    desk.act(actions.reopen, item, "It fires at night")
    assert desk.double.the(key)["state"] == "open"
    desk.double.drop(key)
    desk.double.hooks.clear()
    desk.wait(minutes=5)
    desk.sweep()
    assert desk.double.the(key)["state"] == "open"
    assert len(desk.double.said(key)) == 1
    desk.double.delete(key)
    desk.deliver()
    assert desk.item(item).status == ItemStatus.OPEN


def test_two_replicas_make_one_issue_and_say_once_that_it_is_broken(desk):
    other = Desk(desk.engine, desk.double.name, desk.double)
    desk.double.faults = [{"status_code": 401}] * 8
    incident = desk.declare()
    item = desk.create(incident, carry=False)
    errands = [one.vendor.following._push(item.id, incident.id) for one in (desk, other)]

    async def both():
        return await asyncio.gather(*errands, return_exceptions=True)

    assert [type(one).__name__ for one in asyncio.run(both())] == ["DeliveryError"] * 2
    assert len(desk.told("TrackerBroke")) == 1
    desk.double.faults.clear()
    desk.carry()
    other.carry()
    assert len(desk.double.issues) == 1
    with desk.courier.reading() as session:
        assert len(session.exec(select(TrackerLink)).all()) == 1
    assert len(desk.told("TrackerBack")) == 1
    other.close()


def test_of_two_who_find_it_broken_at_the_same_moment_one_says_so(desk):
    incident = desk.declare()
    about = {"for_good": True, "incident_id": incident.id, "now": desk.now()}
    desk.do(health.works, desk.vendor.following.kept, now=desk.now())  # it was well before
    second = []

    def say():
        with desk.courier.transaction() as session:
            second.append(health.failed(session, desk.vendor.following.kept, "401", **about))

    other = threading.Thread(target=say)
    with desk.courier.transaction() as session:
        first = health.failed(session, desk.vendor.following.kept, "401", **about)
        other.start()
        other.join(0.2)  # it waits for us
    other.join()
    assert (first, second) == (True, [False])
