"""Customers on the pages and over REST: the register, who is affected, a private word, a quiet case."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import customers, incidents, people, signals
from bot.domain.customers import Entry
from bot.domain.mailings import Delivery
from bot.domain.people import Access
from bot.domain.signals import Sample
from tests.web.conftest import NOON, has_script, press

SECRET = "ops@acme.test"
STEP = timedelta(minutes=20)


@pytest.fixture
def dora(floor):
    return floor.person("Dora")


@pytest.fixture
def acme(api, dora):
    said = {
        "name": "Acme <Corp>",
        "tier": "enterprise",
        "owner": "dora@example.com",
        "contacts": [f"Ada <{SECRET}>"],
        "services": ["checkout"],
    }
    answer = api.put("customers/acme", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def word(api, down, acme):
    return api.post("incidents/INC-1/customers/acme/word", json={}).json()


@pytest.fixture
def case(floor, acme):
    """Ten days of usual lag, then two samples that are far out."""
    with floor.courier.transaction() as session:
        start = NOON - timedelta(days=10)
        usual = [Sample("acme", "lag", 40 + n % 3, start + n * STEP, unit="s") for n in range(720)]
        signals.heard(session, usual, now=NOON)
        for n in range(2):
            signals.heard(
                session, [Sample("acme", "lag", 840, NOON + n * STEP, unit="s")], now=NOON + n * STEP
            )
    floor.watch.now = NOON + 2 * STEP
    return "C-1"


def deliveries(floor):
    with floor.courier.reading() as session:
        return session.exec(select(Delivery.address)).all()


# ---- REST


def test_the_register_is_kept_and_read(api, acme):
    assert (acme["key"], acme["owner"]["name"], acme["services"]) == ("acme", "Dora", ["checkout"])
    assert acme["contacts"] == [{"address": SECRET, "name": "Ada"}]
    assert [one["key"] for one in api.get("customers?text=corp").json()["items"]] == ["acme"]
    done = api.post("customers/import", json={"csv": "key,name\nacme,Acme\nglobex,Globex\n"}).json()
    assert done == {"added": 1, "changed": 1, "same": 0}
    page = api.get("customers?limit=1").json()
    assert [one["key"] for one in api.get(f"customers?cursor={page['next_cursor']}").json()["items"]] == [
        "globex"
    ]


def test_whoever_only_looks_sees_no_contact_and_a_guest_nothing(floor, acme):
    viewer = floor.as_(floor.person("Vic", access=Access.VIEWER))
    guest = floor.as_(floor.person("Gus", is_guest=True))
    assert viewer.get("customers/acme").json()["contacts"] is None
    assert SECRET not in viewer.get("customers").text
    assert viewer.put("customers/acme", json={"tier": "x"}).status_code == 403
    for path in ("customers", "customers/acme", "words", "cases", "told-first", "incidents/INC-1/customers"):
        assert guest.get(path).status_code in (403, 404), path


def test_a_word_goes_out_when_the_account_owner_says_so(floor, api, word, dora):
    assert (word["state"], word["incident"]) == ("draft", "INC-1")
    assert api.post(f"words/{word['id']}/approve").status_code == 403
    assert api.patch(f"words/{word['id']}", json={"text": "We know."}).json()["text"] == "We know."
    owner = floor.as_(dora)
    assert [one["id"] for one in owner.get("words?mine=true").json()["items"]] == [word["id"]]
    sent = owner.post(f"words/{word['id']}/approve").json()
    assert (sent["state"], sent["sent_to"]) == ("sent", 1)
    assert deliveries(floor) == [SECRET]
    assert owner.post(f"words/{word['id']}/approve").status_code == 409


def test_that_they_told_us_is_noted_and_measured(floor, api, down, acme):
    floor.watch.wait(minutes=10)
    noted = api.post(
        "customers/acme/reports", json={"at": "2026-03-02T12:04:00Z", "incident": "INC-1"}
    ).json()
    assert noted["incident"] == "INC-1"
    [hit] = api.get("incidents/INC-1/customers").json()["items"]
    assert (hit["customer"], hit["how"]) == ("acme", "services")
    api.post("incidents/INC-1/updates", json={"message": "We know.", "phase": "investigating"})
    told = api.get("told-first").json()
    assert (told["told_first"], told["they_were_first"], told["behind_minutes"]) == (0, 1, 6.0)
    future = api.post("customers/acme/reports", json={"at": "2026-03-02T13:00:00Z"})
    assert (future.status_code, "future" in future.json()["detail"]) == (422, True)


def test_a_case_is_read_dismissed_and_declared(api, case):
    [one] = api.get("cases").json()["items"]
    assert (one["ref"], one["customer"], one["kind"], one["value"]) == ("C-1", "acme", "spike", 840)
    assert len(one["points"]) == 60
    made = api.post("cases/C-1/declare", json={"severity": "sev2"}).json()
    assert (made["ref"], made["severity"]) == ("INC-1", "sev2")
    assert api.post("cases/C-1/dismiss", json={"reason": "a test"}).status_code == 409
    assert api.get("cases").json()["items"] == []
    assert api.get("cases?all=true").json()["items"][0]["incident"] == "INC-1"
    assert api.get("cases/C-9").status_code == 404


# ---- pages


def test_the_pages_say_what_there_is_and_escape_it(browser, acme, case, word):
    for path, words in {
        "/customers": ("Acme &lt;Corp&gt;", "1 customer", "Unusual now", "private words wait"),
        "/customers/acme": ("Dora", SECRET, "Checkout API"),
        "/cases/C-1": ("14 min", "far out", "As a table", "Declare an incident"),
        f"/words/{word['id']}": ("It waits for Dora", "Trouble with Checkout", "Approve and send"),
        "/incidents/INC-1": ("Affected", "private word waits for a yes"),
    }.items():
        page = browser.get(path)
        assert page.status_code == 200, path
        assert "<Corp>" not in page.text
        assert not has_script(page)
        for each in words:
            assert each in page.text, (path, each)


def test_an_empty_register_says_what_would_fill_it(browser):
    page = browser.get("/customers").text
    assert "Customers appear here with what they use" in page
    assert "No customer was told, and none has told us, in this time." in page


def test_a_customer_is_added_changed_and_removed_by_forms(floor, browser):
    said = {
        "name": "Globex",
        "contacts": "it@globex.test\nBo <bo@globex.test>",
        "services": ["search", "ledger"],
    }
    answer = press(browser, "/customers/add", **said)
    assert (answer.status_code, answer.url.path) == (200, "/customers/globex")
    assert "Bo" in answer.text
    wrong = press(browser, "/customers/globex/edit", name="Globex", contacts="nobody")
    assert (wrong.status_code, "is no mail address" in wrong.text) == (422, True)
    assert "nobody" in wrong.text
    floor.courier.info["gate"] = incidents.gate
    assert press(browser, "/customers/globex/remove").status_code == 403
    boss = floor.signed_in(floor.person("Mina", access=Access.MANAGER))
    assert press(boss, "/customers/globex/remove").url.path == "/customers"
    assert browser.get("/customers/globex").status_code == 404


def test_a_file_is_pasted_and_a_mistake_names_its_line(browser):
    wrong = press(browser, "/customers/import", csv="key,name,services\na,A,teleport\n")
    assert (wrong.status_code, "Line 2" in wrong.text) == (422, True)
    assert "2 customers" in press(browser, "/customers/import", csv="name\nAcme\nGlobex\n").text


def test_a_word_is_written_on_the_incident_s_page_and_approved_with_one_click(
    floor, browser, down, acme, dora
):
    form = browser.get("/incidents/INC-1/word?customer=acme").text
    assert "Hello Acme &lt;Corp&gt;," in form
    assert "Dora looks after the account" in form
    press(browser, "/incidents/INC-1/word", customer="acme", text="We know.")
    assert press(browser, "/words/1/approve").status_code == 403
    mine = floor.signed_in(dora)
    assert "Your yes sends this" in mine.get("/words/1").text
    assert "Sent to 1 contact" in press(mine, "/words/1/approve").text
    assert deliveries(floor) == [SECRET]


def test_who_is_affected_is_said_on_the_incident_s_page(browser, down, acme):
    assert "told us" in press(browser, "/incidents/INC-1/told-us", customer="acme", time="12:00").text
    assert "It was so already" in press(browser, "/incidents/INC-1/affect", customer="acme").text
    assert "No customer is known" in press(browser, "/incidents/INC-1/spare", customer="Acme").text
    wrong = press(browser, "/incidents/INC-1/affect", customer="nobody")
    assert (wrong.status_code, "is no customer that I know" in wrong.text) == (422, True)


def test_a_case_becomes_an_incident_with_one_click(browser, case):
    page = press(browser, "/cases/C-1/declare")
    assert page.url.path == "/incidents/INC-1"
    assert "saw it in a signal of Acme" in page.text


def test_a_case_is_dismissed_with_what_it_was(browser, case):
    assert press(browser, "/cases/C-1/dismiss", why=" ").status_code == 422
    assert "a load test" in press(browser, "/cases/C-1/dismiss", why="a load test").text


def test_a_guest_finds_no_door(floor, acme, case, word):
    guest = floor.signed_in(floor.person("Gus", is_guest=True))
    for path in ("/customers", "/customers/acme", "/customers/add", "/cases/C-1", f"/words/{word['id']}"):
        page = guest.get(path)
        assert (page.status_code, "Acme" in page.text) == (403, False), path


def test_a_word_about_what_became_private_is_not_there(floor, word, cy):
    with floor.courier.transaction() as session:
        ana = people.of_email(session, "ana@example.com")
        quiet = customers.save(session, Entry(name="Quiet"), by=ana, now=NOON)[0]
        assert quiet.key == "quiet"
        session.connection().exec_driver_sql("update incident set private = 1")
    assert floor.signed_in(cy).get(f"/words/{word['id']}").status_code == 404
    assert floor.as_(cy).get("words").json()["items"] == []
