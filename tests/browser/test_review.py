"""A postmortem in two browsers: two write at the same time, one asks, one answers, one approves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.screen import PHONE, fits, has_no_barriers

HERE = "/incidents/INC-{}/postmortem"


@pytest.fixture
def page_of(town):
    """The address of the postmortem of an incident that is over."""
    number = town.declare("Checkout is down <script>alert(1)</script>")
    town.room(number)
    town.api("POST", f"/incidents/INC-{number}/resolve")
    return HERE.format(number)


def field(page):
    return page.locator("#text-summary")


def form(page):
    return page.locator("#write-summary")


def save(page, button="Save"):
    form(page).get_by_role("button", name=button, exact=True).click()


def kept(page):
    expect(form(page).get_by_text("Put aside for you")).to_be_visible()


def test_what_is_typed_is_shown_at_once_and_comes_back_after_a_reload(web, page_of):
    page = web("ada", page_of)
    field(page).fill("A **deploy** took the cache away")
    expect(form(page).locator("[data-look] strong")).to_have_text("deploy")
    kept(page)
    page.reload()
    expect(field(page)).to_have_value("A **deploy** took the cache away")
    expect(form(page).get_by_text("did not save it")).to_be_visible()
    save(page)
    expect(page.locator("article").get_by_text("took the cache away")).to_be_visible()
    expect(form(page).get_by_text("Saved by Ada")).to_be_visible()


def test_the_second_of_two_sees_both_versions_and_loses_nothing(web, page_of):
    ada, ben = web("ada", page_of), web("ben", page_of)
    ben.guard.forgive("status of 409")
    field(ben).fill("Nobody could pay.\nThe alert was silent.")
    kept(ben)
    field(ada).fill("Nobody could pay.\nA deploy did it.")
    save(ada)
    expect(form(ada).get_by_text("Saved by Ada")).to_be_visible()
    expect(ben.locator("article").get_by_text("A deploy did it.")).to_be_visible()  # live

    save(ben)
    expect(form(ben).get_by_text("has changed this since you began")).to_be_visible()
    expect(form(ben).locator(".went")).to_have_text(re.compile("- A deploy did it."))
    expect(form(ben).locator(".came")).to_have_text(re.compile(r"\+ The alert was silent."))
    expect(field(ben)).to_have_value("Nobody could pay.\nThe alert was silent.")
    has_no_barriers(ben)
    field(ben).fill("Nobody could pay.\nA deploy did it.\nThe alert was silent.")
    save(ben, "Save mine")
    expect(field(ada)).to_have_value("Nobody could pay.\nA deploy did it.\nThe alert was silent.")


def test_it_is_questioned_and_approved_by_somebody_else(web, page_of, album):
    ada, ben = web("ada", page_of), web("ben", page_of)
    field(ada).fill("This was human error: 12 orders failed.")
    save(ada)
    expect(ada.get_by_role("link", name=re.compile("'human error' looks"))).to_have_attribute(
        "href", "#write-summary"
    )
    ada.get_by_role("link", name="Hand in for review").click()
    ada.locator("dialog").get_by_label("Reviewer").fill("ben@example.com")
    ada.locator("dialog").get_by_role("button", name="Hand in").click()
    expect(ada.get_by_text("It is handed in for review.")).to_be_visible()

    expect(ben.get_by_role("link", name="Approve")).to_be_visible()
    margin = ben.locator(".passage", has=form(ben))
    margin.get_by_role("link", name="Comment").click()
    ben.locator("dialog textarea").fill("What did the person see?")
    ben.locator("dialog").get_by_role("button", name="Comment").click()
    expect(ada.get_by_text("What did the person see?")).to_be_visible()
    album.keep(ben, "review")
    ada.get_by_role("button", name="Settle the comment").click()
    expect(ada.get_by_text("1 comment settled")).to_be_visible()

    ben.get_by_role("link", name="Approve").click()
    ben.locator("dialog").get_by_role("button", name="Approve").click()
    expect(ben.get_by_text("Approved by")).to_be_visible()
    ada.get_by_role("link", name="Publish").click()
    ada.locator("dialog").get_by_role("button", name="Publish").click()
    expect(ada.get_by_text("It is published.")).to_be_visible()
    ben.reload()
    ben.reload()
    expect(ben.get_by_role("heading", name=re.compile("Read by"))).to_be_visible()
    has_no_barriers(ben)


def test_it_is_written_without_scripts(web, page_of):
    page = web("ada", page_of, java_script_enabled=False)
    field(page).fill("A *deploy*")
    form(page).get_by_role("button", name="Preview").click()
    expect(page.locator("em")).to_have_text("deploy")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(field(page)).to_have_value("A *deploy*")


def test_it_fits_a_phone(web, page_of):
    page = web("ada", page_of, viewport=PHONE)
    field(page).fill("x" * 200)
    kept(page)
    assert fits(page)
