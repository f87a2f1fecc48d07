"""The world around the practice workspace: a monitor rings, somebody is paged, Slack goes away."""

import re

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import has_no_barriers


def test_an_alert_becomes_an_incident_that_is_closed(window, album):
    world = window()
    world.get_by_role("link", name="World").click()
    world.get_by_label("Service").select_option("Checkout")
    world.get_by_label("What is wrong").fill("")
    world.get_by_role("button", name="Send the alert").click()
    expect(world.get_by_text("Say what is wrong, in a few words.")).to_be_visible()
    world.get_by_label("What is wrong").fill("Error rate on checkout is 41 %")
    world.get_by_label("Priority").select_option("P3")
    world.get_by_role("button", name="Send the alert").click()
    expect(world.get_by_text("PagerDuty told Closeout")).to_be_visible()
    has_no_barriers(world)

    page = world.context.new_page()
    page.goto(world.url.replace("/world", "/#/ada/C0INCIDENTS"))
    chat = Chat(page)
    chat.messages.get_by_role("link", name=re.compile("^#inc-1-")).last.click()
    chat.sees("Error rate on checkout is 41 %")
    join = page.get_by_role("button", name="Join channel")
    if join.is_visible():
        join.click()
    chat.says("/incident join commander").clicks("Acknowledge")
    expect(world.locator("article.acknowledged")).to_be_visible()
    chat.says("/incident page @ben Please look at the payments gateway")
    expect(world.get_by_text("Please look at the payments gateway")).to_be_visible()
    album.keep(world, "world")
    chat.says("/incident resolve Rolled back")
    chat.sees("Rolled back")
    expect(world.locator("article.resolved").first).to_be_visible()
    chat.says("/incident update Payments work again.").chooses(Phase="Resolved").sends("Tell customers")
    chat.says("/incident close")
    chat.sees("Every loop")


def test_the_weather_is_made(window, town):
    page = window("ada", "C0GENERAL")
    page.get_by_role("button", name=re.compile("^Slack: up")).click()
    page.get_by_role("menuitemradio", name=re.compile("^Down")).click()
    expect(page.get_by_role("button", name="Slack: down")).to_be_visible()
    assert town.guest.conditions()["down"]
    page.get_by_role("button", name="Slack: down").click()
    page.get_by_role("menuitemradio", name=re.compile("^Up")).click()
    expect(page.get_by_role("button", name="Slack: up")).to_be_visible()
