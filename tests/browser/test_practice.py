"""The practice page: what people do in Slack, done in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import PHONE, first_paint, fits, has_no_barriers

INSTANT = 150  # milliseconds within which the other window shows what was written in this one
SHOWN_AT = """(words) => {
  const look = () => document.querySelector("#messages").textContent.includes(words);
  window.shown = new Promise((done) => new MutationObserver((_, eyes) => {
    if (look()) { eyes.disconnect(); done(performance.timeOrigin + performance.now()); }
  }).observe(document.querySelector("#messages"), {childList: true, subtree: true, characterData: true}));
}"""
SENT_AT = """() => addEventListener("click", () => {
  window.sent = performance.timeOrigin + performance.now();
}, {capture: true})"""


@pytest.fixture(scope="module")
def room(town):
    """The channel of a live incident in which people speak."""
    number = town.declare("Checkout is down", severity="sev1")
    room = town.room(number)
    ada, ben = town.person("ada"), town.person("ben")
    ben.joins(room)
    ts = ada.says("Payments fail since the deploy of 09:55, *every* card. See `deploy 4711`.", in_=room).ts
    ben.says("Looking. <https://example.com/graphs|The graphs> agree.", in_=room, thread=ts)
    ben.reacts("eyes", ts, in_=room)
    ada.reacts("pushpin", ts, in_=room)
    ada.says("/incident note Rolling back is the plan", in_=room)
    return town.guest.channel(room)


def test_it_is_there_at_once(window, room):
    took = []
    for _ in range(3):
        page = window("ada", room["id"])
        expect(page.get_by_role("heading", level=1, name=room["name"])).to_be_visible()
        took.append(first_paint(page))
    assert min(took) < 500, took


def test_nobody_is_kept_out(window, room, album):
    page = window("ada", room["id"])
    chat = Chat(page).sees("every")
    has_no_barriers(page)
    page.get_by_role("button", name=re.compile("You are")).click()
    has_no_barriers(page)
    page.keyboard.press("Escape")
    chat.says("/incident new")
    expect(chat.field("Title")).to_be_visible()
    has_no_barriers(page)
    album.keep(page, "practice-form")


def test_a_thread_and_the_home_keep_nobody_out(window, room):
    page = window("ada", room["id"])
    page.get_by_role("link", name=re.compile("1 reply")).click()
    expect(page.get_by_text("The graphs")).to_be_visible()
    has_no_barriers(page)
    page.goto(page.url.split("#")[0] + "#/ada/home")
    expect(page.get_by_role("main").get_by_text("Checkout is down").first).to_be_visible()
    has_no_barriers(page)


def test_it_works_on_a_phone(window, room, album):
    page = window("ada", room["id"], viewport=PHONE, has_touch=True, is_mobile=True)
    Chat(page).sees("every")
    assert fits(page)
    has_no_barriers(page)
    album.keep(page, "practice-phone")
    page.get_by_role("button", name="Channels").click()
    channels = page.get_by_role("navigation", name="Channels")
    channels.get_by_role("link", name="general").click()
    expect(page.get_by_role("heading", level=1, name="general")).to_be_in_viewport()
    expect(channels.get_by_role("link", name="general")).not_to_be_in_viewport()


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(window, town):
    page = window("ada", "C0GENERAL")
    chat = Chat(page).says("/incident new")
    chat.fills(Title="Search is slow " * 20, What_is_happening="Every query takes 20 s")
    chat.sends("Declare")
    expect(chat.form.get_by_text("no more than 200 characters")).to_be_visible()
    expect(chat.field("Title")).to_have_attribute("aria-invalid", "true")
    expect(chat.field("What is happening")).to_have_value("Every query takes 20 s")

    chat.fills(Title="Search is slow").chooses(Severity="SEV2").sends("Declare")
    expect(chat.form.get_by_text(re.compile(r"INC-\d+ is open"))).to_be_visible()
    chat.form.get_by_role("link", name="search-is-slow").click()
    expect(page.get_by_role("heading", level=1, name="search-is-slow")).to_be_visible()
    chat.sees("SEV2 Major")


def test_two_windows_are_two_people(window, room):
    ada, ben = Chat(window("ada", room["id"])), Chat(window("ben", room["id"]))
    ben.sees("every")
    ada.page.evaluate(SENT_AT)
    took = []
    for number in range(5):
        words = f"Can you read this, Ben? {number}"
        ben.page.evaluate(SHOWN_AT, words)
        ada.says(words)
        took.append(ben.page.evaluate("window.shown") - ada.page.evaluate("window.sent"))
    ben.sees("Ben? 4")
    assert sorted(took)[2] < INSTANT, took


def test_what_is_for_one_person_is_shown_to_that_person_alone(window, room):
    ada, ben = Chat(window("ada", room["id"])), Chat(window("ben", room["id"]))
    ada.says("/incident severity huge")
    ada.sees("Only visible to you")
    ada.sees("'huge' is no severity")
    ada.says("Never mind")
    ben.sees("Never mind")
    assert not ben.messages.get_by_text("'huge' is no severity").count()
