"""The web pages, as a person with a browser meets them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.world import wait_for


@pytest.fixture(scope="module")
def number(town):
    """A live incident with some history."""
    number = town.declare("Checkout is down", severity="sev1")
    room = town.room(number)
    ada, ben = town.person("ada"), town.person("ben")
    ada.says("/incident join commander", in_=room)
    ada.says("/incident note The deploy of 09:55 is the suspect", in_=room)
    ada.says("/incident update We are looking into failed payments.", in_=room)
    ben.joins(room)
    ben.says("/incident join comms", in_=room)
    ada.says("/incident action Alert on error rate after a deploy", in_=room)
    wait_for(lambda: ada.view, what="the form of an action item")
    ada.submits()
    return number


def test_a_link_signs_in_once(town, open_context):
    context, guard = open_context(town.ports)
    page = context.new_page()
    link = town.login_link("ada")
    page.goto(link)
    has_no_barriers(page)
    page.get_by_role("button", name=re.compile("Sign in")).click()
    expect(page.get_by_text("Ada Lovelace")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    guard.forgive("status of 410")
    page.goto(link)
    expect(page.get_by_text("It works once")).to_be_visible()


def test_who_is_not_signed_in_is_told_how(town, open_context):
    context, guard = open_context(town.ports)
    guard.forgive("status of 401")
    page = context.new_page()
    page.goto(f"{town.url}/incidents")
    expect(page.get_by_text("/incident web")).to_be_visible()
    has_no_barriers(page)


PAGES = [
    "/incidents",
    "/incidents?show=all",
    "/incidents/INC-{n}",
    "/incidents/INC-{n}/postmortem",
    "/actions",
    "/postmortems",
    "/status",
]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_kept_out(path, number, web):
    page = web(path=path.format(n=number))
    has_no_barriers(page)
    page.set_viewport_size(PHONE)
    assert fits(page), "on a phone something stands out over the right edge"
