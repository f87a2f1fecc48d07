"""A newcomer's first quarter of an hour: the tour, and the pages of a company with a history."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.world import wait_for

SAID = [
    ("ben", "Checkout answers 502 since 09:55. *Every* card payment fails, also Apple Pay."),
    ("chen", "That is when `deploy 4711` went out. It changed the timeout towards the card gateway."),
    ("ada", "Chen, please roll it back. Ben, count how many orders are lost."),
    ("chen", "Rolling back: https://ci.example.com/4711. Done in about 6 minutes."),
]


@pytest.fixture(scope="module")
def town(open_town):
    """As it starts for the first time, with the history of a small company."""
    with open_town(history=True) as town:
        yield town


@pytest.fixture(scope="module")
def outage(town):
    """An incident in full swing, as it would be after ten minutes; returns its number and its channel."""
    number = town.declare("Checkout is down", as_="ben", severity="sev1")
    room = town.room(number, as_="ben")
    hands = {name: town.person(name) for name in ("ada", "ben", "chen")}
    for name in ("ada", "chen"):
        hands[name].joins(room)
    for who, words in (("ada", "role commander @ada"), ("ben", "join comms"), ("chen", "join operations")):
        hands[who].says(f"/incident {words}", in_=room)
    said = [hands[who].says(words, in_=room).ts for who, words in SAID]
    hands["ada"].reacts("pushpin", said[1], in_=room)
    hands["ben"].reacts("eyes", said[2], in_=room)
    hands["ben"].says("214 orders so far, I keep counting", in_=room, thread=said[2])
    hands["ada"].says("/incident acknowledge", in_=room)
    town.api("PATCH", f"/incidents/INC-{number}", json={"services": ["checkout", "web-shop"]})
    town.api("POST", f"/incidents/INC-{number}/updates", json={"message": UPDATE, "phase": "investigating"})
    hands["ada"].says("/incident status identified The deploy of 09:55", in_=room)
    town.api("POST", f"/incidents/INC-{number}/actions", json=ACTION)
    wait_for(lambda: "A-" in str(town.guest.messages(room)), what="the action item")
    return number, town.guest.channel(room)


UPDATE = "Card payments fail at the moment. We have found the cause and are undoing it."
ACTION = {"title": "Alert on the error rate after each deploy", "owner": "chen@example.com"}


class Tour:
    """The panel that leads through five steps."""

    def __init__(self, page):
        self.page = page
        self.panel = page.get_by_role("complementary", name="Tour")

    def is_at(self, step):
        expect(self.panel.get_by_role("status")).to_have_text(step)

    def puts(self, words):
        """Waits until the tour says this line, and takes it over into the composer."""
        expect(self.panel.get_by_text(words)).to_be_visible()
        self.panel.get_by_role("button", name="Put it in the composer").click()
        expect(Chat(self.page).composer).to_have_value(re.compile(re.escape(words)))
        self.page.get_by_role("button", name="Send", exact=True).click()

    def clicks(self, button):
        self.panel.get_by_role("button", name=button).click()


def test_the_tour_ends_with_an_incident_closed(window, album):
    page = window(tour=True)
    tour, chat = Tour(page), Chat(page)
    tour.is_at("Step 1 of 5")
    has_no_barriers(page)
    tour.puts("/incident new sev3")
    tour.is_at("Step 2 of 5")
    tour.clicks(re.compile(r"Go to #inc-\d+-"))
    chat.clicks("Acknowledge")
    tour.is_at("Step 3 of 5")
    tour.puts("/incident update")
    chat.sends("Tell customers")
    tour.is_at("Step 4 of 5")
    tour.puts("/incident action")
    chat.sends("Create")
    tour.puts("/incident done")
    tour.puts("/incident resolve")
    tour.puts("/incident update")
    chat.chooses(Phase="Resolved").sends("Tell customers")
    tour.is_at("Step 5 of 5")
    tour.clicks(re.compile("^Become "))
    tour.clicks("Join channel")
    tour.puts("/incident verify")
    tour.puts("/incident close")
    expect(tour.panel.get_by_text(re.compile(r"INC-\d+ is closed. Every loop."))).to_be_visible()
    has_no_barriers(page)
    album.keep(page, "tour")


def test_an_outage_in_the_chat(window, outage, album):
    _, room = outage
    page = window("ada", room["id"])
    chat = Chat(page).sees("Rolling back")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.get_by_role("region", name="Messages in").evaluate("(list) => { list.scrollTop = 170 }")
    expect(chat.messages.get_by_role("button", name="Update customers")).to_be_visible()
    album.keep(page, "practice")


def test_the_traffic_of_an_outage(window, outage, album):
    _, room = outage
    page = window("ada", room["id"])
    page.get_by_role("button", name="Traffic").click()
    Chat(page).says("/incident list").sees("Only visible to you")
    traffic = page.get_by_role("complementary", name="Traffic")
    expect(traffic.get_by_text("/incident list").first).to_be_visible()
    has_no_barriers(page)
    album.keep(page, "traffic")


PAGES = {  # and what their pictures are called
    "/incidents": "",
    "/incidents?show=all": "incidents",
    "/incidents/INC-{n}": "",
    "/incidents/INC-{n}/update": "",
    "/incidents/INC-36": "incident",
    "/incidents/INC-24/postmortem": "postmortem",
    "/actions": "",
    "/postmortems": "",
    "/status": "status",
    "/admin/check": "",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out_and_fits_a_phone(path, outage, web, album):
    page = web(path=path.format(n=outage[0]))
    has_no_barriers(page)
    if PAGES[path]:
        album.keep(page, PAGES[path])
    page.set_viewport_size(PHONE)
    assert fits(page), "on a phone something stands out over the right edge"
    if PAGES[path] == "incident":
        album.keep(page, "incident-phone")
