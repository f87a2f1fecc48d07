"""Scripts in what people write are shown, never run."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.world import wait_for

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'
TITLE = f"Down {SCRIPT}{IMAGE}"
WORDS = f"{SCRIPT} {IMAGE} [go](javascript:alert(3)) <https://example.com|{SCRIPT}> {{{{7*7}}}}"
PATHS = [
    "/incidents?show=all",
    "/incidents/INC-{n}",
    "/incidents/INC-{n}/postmortem",
    "/incidents/INC-{n}/postmortem/print",
    "/actions",
    "/postmortems",
    "/status",
]


@pytest.fixture(scope="module")
def number(town):
    """An incident in which somebody wrote scripts wherever something can be written."""
    number = town.declare(TITLE)
    path = f"/incidents/INC-{number}"
    said = {
        f"{path}/timeline": {"text": WORDS},
        f"{path}/updates": {"message": WORDS, "phase": "investigating"},
        f"{path}/actions": {"title": WORDS[:150], "owner": "ada@example.com"},
    }
    for where, what in said.items():
        answer = town.api("POST", where, json=what)
        assert answer.status_code < 300, answer.text
    room = town.room(number)
    ada = town.person("ada")
    ts = ada.says(WORDS, in_=room).ts
    ada.reacts("pushpin", ts, in_=room)
    wait_for(
        lambda: "MessageAdded" in str(town.api("GET", f"{path}/timeline").json()), what="the pinned message"
    )
    town.person("ada").says("/incident resolve", in_=room)
    return number


@pytest.mark.parametrize("path", PATHS)
def test_a_web_page_shows_them(path, number, web):
    page = web(path=path.format(n=number))
    expect(page.get_by_text("alert(1)").first).to_be_attached()
    are_not_run(page)


def test_the_practice_page_shows_them(number, window, town):
    ada = town.person("ada")
    room = town.guest.channel(town.room(number))
    ts = ada.says(WORDS, in_=room["name"]).ts
    ada.says(WORDS, in_=room["name"], thread=ts)
    ada.pins(ts, in_=room["name"])
    page = window("ada", f"{room['id']}/thread/{ts}")
    expect(page.get_by_role("complementary").get_by_text("alert(1)").last).to_be_visible()
    are_not_run(page)
    Chat(page).says(f"/incident note {WORDS}").says(f"/incident update {WORDS}")
    expect(page.get_by_role("dialog").get_by_text("alert(1)").first).to_be_visible()
    are_not_run(page)
    page.goto(page.url.split("#")[0] + "#/ada/home")
    expect(page.get_by_role("main").get_by_text("alert(1)").first).to_be_visible()
    are_not_run(page)


def test_the_world_page_shows_them(window, town):
    page = window()
    page.goto(f"{town.practice}/world")
    page.get_by_label("What is wrong").fill(TITLE)
    page.get_by_role("button", name="Send the alert").click()
    expect(page.locator("article").get_by_text("alert(1)")).to_be_visible()
    are_not_run(page)


def are_not_run(page):
    assert not page.locator("img[src=x]").count()
    assert not page.locator("a[href^='javascript:']").count()
    assert "alert(1)" not in "".join(page.locator("body script").all_text_contents())
