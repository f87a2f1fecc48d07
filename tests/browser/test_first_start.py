"""A newcomer's first quarter of an hour: the tour, to an incident of one's own that is closed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import has_no_barriers


@pytest.fixture(scope="module")
def town(open_town):
    """As it starts for the first time, with the history of a small company."""
    with open_town(history=True) as town:
        yield town


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
    page = window()
    tour, chat = Tour(page), Chat(page)
    tour.is_at("Step 1 of 5")
    has_no_barriers(page)
    tour.puts("/incident new sev3")
    tour.is_at("Step 2 of 5")
    tour.clicks(re.compile("Go to #inc-41-"))
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
    join = page.get_by_role("button", name="Join channel")
    expect(join).to_be_visible()
    join.click()
    tour.puts("/incident verify")
    tour.puts("/incident close")
    expect(tour.panel.get_by_text("INC-41 is closed. Every loop.")).to_be_visible()
    has_no_barriers(page)
    album.keep(page, "tour")
