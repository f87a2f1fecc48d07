"""Signing in to the web pages: with Slack, and by a one-time link."""

import re

from playwright.sync_api import expect

from tests.browser.screen import has_no_barriers


def test_slack_vouches_for_a_person(town, open_context):
    number = town.declare("Checkout is down")
    town.room(number)
    context, guard = open_context(town.ports)
    guard.forgive("status of 401")
    page = context.new_page()
    page.goto(f"{town.url}/incidents/INC-{number}")
    has_no_barriers(page)
    page.get_by_role("link", name="Sign in with Slack").click()
    expect(page.get_by_role("heading", name="Sign in to Closeout as")).to_be_visible()
    has_no_barriers(page)
    page.get_by_role("link", name=re.compile("Ada Lovelace")).click()
    expect(page.get_by_role("heading", name="Checkout is down")).to_be_visible()
    expect(page).to_have_url(f"{town.url}/incidents/INC-{number}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with Slack")).to_be_visible()


def test_a_link_signs_in_once(town, open_context):
    context, guard = open_context(town.ports)
    page = context.new_page()
    link = town.login_link("ada")
    page.goto(link)
    has_no_barriers(page)
    page.get_by_role("button", name=re.compile("Sign in")).click()
    expect(page.get_by_role("banner").get_by_text("Ada Lovelace")).to_be_visible()
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
