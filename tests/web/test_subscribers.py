"""Who subscribes, as administrators see it: on the page, over REST, and in a terminal."""

import pytest
from click.testing import CliRunner

from bot.cli import closeout
from bot.domain import mailings, people, subscribers
from bot.domain.people import Access
from tests.web.conftest import NOON, press


@pytest.fixture
def root(floor):
    return floor.person("Root", access=Access.ADMIN)


@pytest.fixture
def joined(floor):
    with floor.courier.transaction() as session:
        addresses = ["ada@example.org", "ben@example.org"]
        subscribers.bring_in(session, addresses, by=people.closeout(session), now=NOON)


def test_the_page_shows_them_to_administrators_and_erases_one(floor, root, joined):
    browser = floor.signed_in(root)
    page = browser.get("/admin/subscribers")
    assert "ada@example.org" in page.text
    assert "2 by mail active" in page.text
    page = press(browser, "/admin/subscribers/1/remove")
    assert "It is erased." in page.text
    assert "ada@example.org" not in page.text


def test_nobody_else_sees_an_address(floor, browser, api, joined):
    assert browser.get("/admin/subscribers").status_code == 403
    assert api.get("subscribers").status_code == 403
    assert press(browser, "/admin/subscribers/1/remove").status_code == 403
    assert api.delete("subscribers/1").status_code == 403
    assert api.get("subscribers/counts").json() == [{"way": "mail", "standing": "active", "count": 2}]


def test_the_page_says_how_far_mailings_are(floor, root, joined):
    with floor.courier.transaction() as session:
        text = {"subject": "Checkout is slow", "plain": "p", "html": "h"}
        to = [mailings.Recipient("ada@example.org")]
        mailings.queue(session, key="k", kind="update", to=to, leave="/x", now=NOON, **text)
    page = floor.signed_in(root).get("/admin/subscribers")
    assert 'data-head="Waiting" class="num">1<' in page.text
    assert floor.as_(root).get("mailings").json()[0]["counts"] == {"queued": 1}


def test_scripts_take_over_list_and_erase(floor, root):
    api = floor.as_(root)
    body = {"addresses": [f"n{n}@example.org" for n in range(3)]}
    assert api.post("subscribers", json=body).json() == {"new": 3}
    first = api.get("subscribers", params={"limit": 2}).json()
    assert [one["address"] for one in first["items"]] == ["n0@example.org", "n1@example.org"]
    rest = api.get("subscribers", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["address"] for one in rest["items"]] == ["n2@example.org"]
    assert api.delete(f"subscribers/{first['items'][0]['id']}").status_code == 204
    assert api.delete("subscribers/99").status_code == 404
    assert api.post("subscribers", json={"addresses": ["nobody"]}).status_code == 422


def test_a_terminal_takes_over_lists_exports_and_erases(tmp_path, monkeypatch, sqlite_url):
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CLOSEOUT_DATA_DIR", str(tmp_path))
    old = tmp_path / "old.csv"
    old.write_text("name,email\nAda,ada@example.org\nBen,=ben@example.org\n")

    def say(*words):
        return CliRunner().invoke(closeout, ["subscribers", *words])

    refused = say("import", str(old))
    assert "Who has not confirmed must not be written to." in str(refused.exception)
    assert "2 new subscribers of 2" in say("import", str(old), "--confirmed").output
    assert "ada@example.org" in say("list").output
    assert "'=ben@example.org" in say("export").output  # no spreadsheet runs it
    assert "is erased" in say("remove", "1").output
    assert "mail  active    1" in say("count").output
