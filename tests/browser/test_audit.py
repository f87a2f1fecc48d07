"""What a manager and an owner look at between incidents: the audit, the trail, an item, one's own digest."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from bot.lib import db
from tests.browser.screen import PHONE, fits, has_no_barriers

PATHS = ("/audit?period=all", "/audit?period=all&by=owner", "/admin/trail", "/me/digest", "/actions")


@pytest.fixture(scope="module")
def item(town):
    """The reference of an item that is there, with a title that would stretch a narrow page."""
    number = town.declare("Checkout is down")
    for title in ("Alert on the error rate after a deploy", "Rehearse " + "x" * 120):
        made = town.api(
            "POST", f"/incidents/INC-{number}/actions", json={"title": title, "owner": "ben@example.com"}
        )
    return made.json()["ref"]


@pytest.fixture(scope="module")
def manager(town, item):
    """Ada, who may read the trail."""
    engine = db.open_engine(town.env["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sa.text("update person set access = 'manager' where name like 'Ada%'"))
    engine.dispose()
    return "ada"


@pytest.mark.parametrize("path", [*PATHS, "/actions/{}"])
def test_each_page_has_no_barriers_and_fits_a_phone(web, manager, item, path):
    page = web(manager, path.format(item))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    has_no_barriers(page)
    page.set_viewport_size(PHONE)
    assert fits(page)


def test_from_a_figure_to_the_list_behind_it_to_the_item(web, item):
    page = web("ada", "/audit?period=all&kind=mitigate")
    page.locator(".figures").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/audit\?period=all&kind=mitigate&state=promised#items"))
    page.get_by_role("link", name=item, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rehearse")


def test_a_filter_is_a_link_that_can_be_kept(web, item):
    page = web("ada", "/audit")
    page.locator("select[name=priority]").select_option("medium")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name=re.compile("item"), level=2)).to_be_visible()
    page.goto(page.url)
    expect(page.locator("select[name=priority]")).to_have_value("medium")


def test_each_chart_can_be_read_without_seeing_it(web, item):
    page = web("ada", "/audit?period=all")
    for name in ("Done by", "Age of open items", "Promised and done"):
        expect(page.get_by_role("img", name=re.compile(name))).to_be_visible()
    page.get_by_text("As a table").first.click()
    expect(page.locator("figure table").first).to_be_visible()


def test_the_digest_is_found_from_every_page(web, item):
    page = web("ben", "/audit")
    page.get_by_role("link", name="Digest", exact=True).click()
    expect(page).to_have_url(re.compile("/me/digest$"))


def test_the_bar_keeps_to_one_row_and_the_rest_is_under_more_without_scripts(web, manager):
    page = web(manager, "/audit", java_script_enabled=False)
    assert page.locator("header.bar").bounding_box()["height"] < 70
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Trail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trail of every change")
