"""How the parts of the product do, as customers know them."""

from datetime import timedelta

import pytest

from bot.domain import components
from bot.domain.company import Company, Component, Service
from bot.domain.components import ComponentState, NoSuchComponent
from bot.lib.choices import NoSuchChoice
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)
COMPANY = Company(
    components=(
        Component(key="shop", name="Checkout", group="Shop"),
        Component(key="find", name="Search", group="Shop"),
    ),
    services=(
        Service(key="checkout", name="checkout-api", component="Checkout"),
        Service(key="mails", name="Mailer", component="E-mail & Messages"),
        Service(key="letters", name="Letters", component="e-mail & messages"),
        Service(key="ledger", name="Ledger"),
    ),
)


def test_a_component_that_only_a_service_names_is_known_too():
    found = [(one.key, one.name, one.group) for one in components.known(COMPANY)]
    assert found == [
        ("shop", "Checkout", "Shop"),
        ("find", "Search", "Shop"),
        ("e-mail-messages", "E-mail & Messages", ""),
    ]


def test_a_name_without_a_latin_letter_has_a_key_that_stays():
    keys = [
        components.known(Company(services=[Service(key="a", name="a", component="支払い")]))[0].key
        for _ in "12"
    ]
    assert keys[0] == keys[1]
    assert keys[0].startswith("component-")


@pytest.mark.parametrize("word", ["shop", "Checkout", "CHECKOUT", " checkout "])
def test_a_component_is_found_by_its_key_and_its_name(word):
    assert components.find(COMPANY, word).key == "shop"


def test_an_unknown_component_names_the_right_ones():
    with pytest.raises(NoSuchComponent, match=r"'Shopp' is no component.* Checkout, Search, E-mail"):
        components.find(COMPANY, "Shopp")


def test_an_unknown_state_names_the_right_ones():
    with pytest.raises(NoSuchChoice, match="operational, degraded_performance, partial_outage"):
        ComponentState.parse("burning")
    assert ComponentState.parse("Partial outage") is ComponentState.PARTIAL_OUTAGE


@pytest.fixture
def shop(session):
    session.info["company"] = COMPANY
    return session


def test_of_two_causes_the_worse_is_shown_until_it_ends(shop, an_incident):
    def say(state, minute, **cause):
        components.set_states(shop, {"Checkout": state}, at=NOON + minute * MINUTE, **cause)

    say("under_maintenance", 0, maintenance_id=1)
    say("major_outage", 5, incident_id=an_incident.id)
    assert components.now(shop)["shop"] == "major_outage"
    say("operational", 9, incident_id=an_incident.id)
    assert components.now(shop)["shop"] == "under_maintenance"
    say("operational", 20, maintenance_id=1)
    assert components.now(shop) == dict.fromkeys(["shop", "find", "e-mail-messages"], "operational")
    told = components.history(shop, NOON - MINUTE, NOON + 30 * MINUTE)["shop"]
    assert [
        ((each.start - NOON) // MINUTE, (each.end - NOON) // MINUTE, str(each.state)) for each in told
    ] == [
        (-1, 0, "operational"),
        (0, 5, "under_maintenance"),
        (5, 9, "major_outage"),
        (9, 20, "under_maintenance"),
        (20, 30, "operational"),
    ]


def test_history_begins_with_what_lasted_before(shop, an_incident):
    components.set_states(shop, {"shop": "partial_outage"}, at=NOON, incident_id=an_incident.id)
    since = NOON + 5 * MINUTE
    [stretch] = components.history(shop, since, since + MINUTE)["shop"]
    assert stretch == (since, since + MINUTE, "partial_outage")
    assert components.now(shop, at=NOON - MINUTE)["shop"] == "operational"


def test_what_is_said_twice_is_kept_once(shop, an_incident):
    for _ in "12":
        components.set_states(shop, {"shop": "partial_outage"}, at=NOON, incident_id=an_incident.id)
    assert len(components.set_states(shop, {"shop": "operational"}, at=NOON, incident_id=an_incident.id)) == 1
    assert components.set_states(shop, {"shop": "operational"}, at=NOON, incident_id=an_incident.id) == []


def test_what_left_the_file_can_still_be_ended(shop, an_incident):
    components.set_states(shop, {"shop": "partial_outage"}, at=NOON, incident_id=an_incident.id)
    shop.info["company"] = Company()
    components.set_states(shop, {"shop": "operational"}, at=NOON + MINUTE, incident_id=an_incident.id)
    assert components.now(shop) == {}


@pytest.mark.parametrize("kind", ["private", "drill", "sample"])
def test_what_must_not_leave_the_house_shows_on_no_component(shop, an_incident, kind):
    components.set_states(shop, {"shop": "major_outage"}, at=NOON, incident_id=an_incident.id)
    setattr(an_incident, kind, True)
    shop.flush()
    assert components.now(shop)["shop"] == "operational"
    assert len(components.history(shop, NOON - MINUTE, NOON + MINUTE)["shop"]) == 1
