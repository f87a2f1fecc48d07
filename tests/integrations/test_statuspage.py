"""What customers are told stands on Statuspage too: created once, updated in order."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest
from sqlmodel import select

from bot.domain import incidents, people, updates
from bot.domain.company import Company, Component, Service
from bot.domain.incidents import Report
from bot.domain.mirrors import Mirror
from bot.integrations import statuspage
from bot.integrations.statuspage.line import Pace
from bot.integrations.statuspage.settings import BadStatuspage
from bot.lib import facts
from bot.lib.effects import repeated
from bot.lib.facts import Event
from bot.lib.http import Http
from tests.conftest import NOON
from tests.doubles.statuspage import PAGE, TOKEN, Statuspage

COMPANY = Company(
    components=(Component(key="pay", name="Paying"), Component(key="search", name="Search")),
    services=(Service(key="checkout", name="Checkout", component="pay"),),
)


@pytest.fixture
def double():
    with Statuspage("Paying", "Search") as double:
        yield double


class Desk:
    """An incident, and our side of Statuspage."""

    def __init__(self, double, courier):
        courier.info["company"] = COMPANY
        self.double, self.courier = double, courier
        self.restart()
        with courier.transaction() as session:
            self.ana = people.of_slack(session, "U0ANA", "Ana")

    def restart(self):
        deps = SimpleNamespace(courier=self.courier, clock=lambda: NOON, company=COMPANY, http=None)
        self.vendor = statuspage.connect(self.double.env, deps)
        self.vendor.line.door.first_wait = 0
        self.courier.listeners.clear()
        self.courier.listeners.add_all(self.vendor)

    def declare(self, **how):
        with self.courier.transaction() as session:
            said = Report("Disk full on db-7", "sev1", services=("checkout",), **how)
            return incidents.declare(session, said, by=self.ana, now=NOON).id

    def publish(self, id, message, phase="investigating", **how):
        with self.courier.transaction() as session:
            incident, wording = incidents.get(session, id), updates.Wording(message, phase, **how)
            return updates.tell(session, incident, wording, by=self.ana, now=NOON).id

    def carry(self, *, again=False):
        async def hear_all():
            repeated.set(again)
            async with httpx.AsyncClient(timeout=5) as client:
                self.vendor.line.http = Http(client)
                while ears := await self.courier.ask(facts.behind):
                    for ear in ears:
                        await self.courier.hear(ear)

        asyncio.run(hear_all())

    def tell(self, id, message, phase="investigating", **how):
        self.publish(id, message, phase, **how)
        self.carry()

    def kinds(self, kind):
        with self.courier.reading() as session:
            return [row.fact for row in session.exec(select(Event).where(Event.kind == kind))]


@pytest.fixture
def desk(double, courier):
    return Desk(double, courier)


def bodies(double, id="inc1"):
    return [body.split("\n")[0] for _, body in double.told(id)]


def test_an_incident_is_created_once_and_updated_in_order(desk, double):
    id = desk.declare()
    desk.tell(id, "Payments fail.", components={"pay": "major_outage"})
    desk.tell(id, "We know why.", "identified", components={"pay": "partial_outage"})
    desk.tell(id, "It is over.", "resolved")
    assert [phase for phase, _ in double.told("inc1")] == ["investigating", "identified", "resolved"]
    assert bodies(double) == ["Payments fail.", "We know why.", "It is over."]
    assert len(double.incidents) == 1
    assert [fact.url for fact in desk.kinds("Mirrored")] == ["https://stspg.example/inc1"]


def test_components_follow_and_work_again_at_the_end(desk, double):
    id = desk.declare()
    desk.tell(id, "Payments fail.", components={"pay": "major_outage", "search": "degraded_performance"})
    assert double.states == {"comp1": "major_outage", "comp2": "degraded_performance"}
    better = {"pay": "partial_outage", "search": "operational"}
    desk.tell(id, "Searching works.", "identified", components=better)
    assert double.states == {"comp1": "partial_outage", "comp2": "operational"}
    desk.tell(id, "It is over.", "resolved")
    assert double.states == {"comp1": "operational", "comp2": "operational"}


def test_the_promise_and_a_correction_are_said(desk, double):
    id = desk.declare()
    wrong = desk.publish(id, "Payments fail in Asia.", next_in="20m")
    desk.tell(id, "Payments fail in Europe.", correction_of=wrong)
    first, second = [body for _, body in double.told("inc1")]
    assert first == "Payments fail in Asia.\n\nNext update by 12:20 UTC on 2026-03-02."
    assert second.startswith("Correction: Payments fail in Europe.")


@pytest.mark.parametrize("how", [{"private": True}, {"drill": True}])
def test_what_is_private_or_practice_never_leaves(desk, double, how):
    id = desk.declare(**how)
    desk.tell(id, "A key leaked.")
    assert double.calls == []


def test_colleagues_alone_are_not_customers(desk, double):
    id = desk.declare()
    desk.tell(id, "We fail over at noon.", audience="inside")
    assert double.calls == []
    desk.tell(id, "Payments fail.", audience="page")
    assert len(double.incidents) == 1
    assert double.notified == []


def test_neither_title_nor_severity_of_ours_is_told(desk, double):
    desk.tell(desk.declare(), "Payments fail.")
    assert "db-7" not in str(double.incidents)
    assert "sev1" not in str(double.incidents).lower()


@pytest.mark.parametrize("fault", [500, 503, 420, 429, "cut before", "cut after", "<html>away</html>", "[]"])
def test_no_fault_loses_or_doubles_an_update(desk, double, fault):
    id = desk.declare()
    desk.publish(id, "Payments fail.", components={"pay": "major_outage"})
    double.faults.extend(["", fault] if isinstance(fault, int) else [fault, fault])
    double.faults = type(double.faults)(one for one in double.faults if one)
    desk.carry()
    desk.publish(id, "It is over.", "resolved")
    double.faults.append(fault)
    desk.carry()
    assert bodies(double) == ["Payments fail.", "It is over."]
    assert len(double.incidents) == 1


def test_a_crash_after_the_call_leaves_one_incident_and_one_update(desk, double):
    id = desk.declare()
    desk.publish(id, "Payments fail.")
    noted = desk.courier.run

    async def dies(*_, **__):
        raise KeyboardInterrupt

    for _ in range(2):
        desk.courier.run = dies
        with pytest.raises(KeyboardInterrupt):
            desk.carry()
        desk.courier.run = noted
        desk.restart()
        desk.carry(again=True)
        desk.publish(id, "It is over.", "resolved")
    desk.carry()
    assert len(double.incidents) == 1


def test_after_an_hour_away_all_is_there_and_one_mail_goes_out(desk, double):
    id = desk.declare()
    for n in range(5):
        desk.publish(id, f"Update {n}.", "identified")
    desk.carry()
    assert bodies(double) == [f"Update {n}." for n in range(5)]
    assert [body.split("\n")[0] for body in double.notified] == ["Update 4."]


def test_what_was_deleted_there_comes_anew_with_the_next_update(desk, double):
    id = desk.declare()
    desk.tell(id, "Payments fail.")
    double.incidents.clear()
    desk.tell(id, "We know why.", "identified")
    assert bodies(double, "inc2") == ["We know why."]
    with desk.courier.reading() as session:
        assert session.exec(select(Mirror.far_id)).all() == ["inc2"]


def test_a_refusal_is_said_in_the_channel_and_the_next_update_tries_anew(desk, double):
    id = desk.declare()
    double.faults.extend([401])
    desk.tell(id, "Payments fail.")
    (said,) = desk.kinds("MirrorRefused")
    assert str(said) == (
        "could not tell customers on Statuspage: Statuspage answered 401: somebody broke it."
        " Our own page has the update."
    )
    assert said.loud
    desk.tell(id, "We know why.", "identified")
    assert bodies(double) == ["We know why."]


def test_a_component_without_a_twin_is_left_out(courier):
    with Statuspage("Search") as double:
        desk = Desk(double, courier)
        desk.tell(desk.declare(), "Payments fail.", components={"pay": "major_outage"})
        assert bodies(double) == ["Payments fail."]


def checked(desk):
    async def look():
        async with httpx.AsyncClient(timeout=5) as client:
            desk.vendor.line.http = Http(client)
            return await desk.vendor.check()

    return asyncio.run(look())[0]


def test_the_check_says_how_it_stands(desk, double):
    assert checked(desk).state == "ok"
    double.components.pop("comp1")
    assert checked(desk).said == "it has no component called Paying"
    double.faults.append(401)
    assert checked(desk).state == "bad"
    assert TOKEN not in str(checked(desk))


def test_settings_that_cannot_work_are_refused():
    assert statuspage.connect({}, None) is None
    for env in (
        {},
        {"STATUSPAGE_PAGE_ID": "../x"},
        {"STATUSPAGE_PAGE_ID": PAGE, "STATUSPAGE_API_URL": "ftp:x"},
    ):
        with pytest.raises(BadStatuspage):
            statuspage.connect({"STATUSPAGE_API_TOKEN": TOKEN, **env}, None)


def test_a_minute_has_at_most_sixty_calls():
    now, asked = [0.0], []

    async def sleep(seconds):
        now[0] += seconds

    async def ask_all():
        pace = Pace(clock=lambda: now[0], sleep=sleep)
        for _ in range(300):
            await pace.turn()
            asked.append(now[0])

    asyncio.run(ask_all())
    assert asked[10] == 0
    for moment in asked:
        assert sum(moment <= one < moment + 60 for one in asked) <= 60 + 1
