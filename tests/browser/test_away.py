"""Slack is down for a whole incident, which is run on the web page; then Slack is back."""

import re

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import has_no_barriers
from tests.world import wait_for


def ask(page, button):
    """Opens the form of a verb."""
    if not page.get_by_role("link", name=button, exact=True).first.is_visible():
        page.locator("#main summary", has_text="More").click()
    page.get_by_role("link", name=button, exact=True).first.click()


def send(page, button, **fields):
    for label, value in fields.items():
        field = page.get_by_label(re.compile(f"^{label.replace('_', ' ')}")).first
        if field.evaluate("(field) => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name=button, exact=True).last.click()


def test_an_incident_is_run_on_the_page_and_slack_catches_up(town, web, window):
    town.guest.conditions(down=True)
    page = web(path="/incidents/new")
    has_no_barriers(page)
    page.get_by_label(re.compile("SEV2")).check()
    send(page, "Declare", Title="Payments fail", **{"What_is_happening": "Cards are declined"})
    expect(page.get_by_role("heading", name="Payments fail")).to_be_visible()
    number = int(re.search(r"INC-(\d+)", page.url)[1])

    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged, by you.")).to_be_visible()
    send(page, "Add to the timeline", Add_a_note="The new release is suspected")
    expect(page.get_by_text("The new release is suspected")).to_be_visible()
    ask(page, "Severity")
    page.get_by_label(re.compile("SEV1")).check()
    send(page, "Set it", Why="Nobody can pay")
    expect(page.get_by_text("SEV1 Critical").first).to_be_visible()
    ask(page, "Update customers")
    send(page, "Tell customers", Message="We are rolling a release back.")
    expect(page.get_by_text("Customers are told.")).to_be_visible()
    ask(page, "Resolve")
    send(page, "Resolve", Note="Rolled back")
    expect(page.get_by_text("It is resolved.")).to_be_visible()
    assert not [name for name in town.guest.channel_names() if name.startswith("inc-")]

    town.guest.conditions(down=False)
    room = town.room(number)
    chat = Chat(window("ada", town.guest.channel(room)["id"]))
    for words in ("The new release is suspected", "We are rolling a release back.", "resolved"):
        chat.sees(words)
    wait_for(lambda: "resolved" in town.guest.transcript("incidents"), what="the announcement")
    assert town.guest.transcript("incidents").count(f"*INC-{number}*") == 1
