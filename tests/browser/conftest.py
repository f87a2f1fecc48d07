"""A real browser, a town to walk in, and windows that notice when a page misbehaves."""

import re
import shutil
from contextlib import contextmanager

import pytest

from tests.browser import chromium
from tests.browser.screen import DESK, Album, Guard
from tests.browser.town import Town
from tests.nursery import Nursery

PUT_THE_TOUR_AWAY = "localStorage['closeout.tour'] ??= JSON.stringify({isAway: true})"


@pytest.fixture(scope="package")
def nursery():
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="package")
def browser():
    """One for this folder. It ends with it: Playwright keeps an event loop, and asyncio tests follow."""
    try:
        with chromium.launched() as browser:
            yield browser
    except chromium.NoBrowser as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.fixture(scope="module")
def open_town(fresh_sqlite, nursery, tmp_path_factory):
    """A way to open practice workspaces, each on a database of its own, with a history or without."""

    @contextmanager
    def opened(**how):
        folder = tmp_path_factory.mktemp("town")
        shutil.copy(fresh_sqlite, folder / "closeout.db")
        town = Town(folder, f"sqlite:///{folder}/closeout.db", nursery=nursery, **how)
        try:
            yield town.start()
        finally:
            town.stop()
        assert "Traceback" not in town.said(), town.said()[-3000:]

    return opened


@pytest.fixture(scope="module")
def town(open_town):
    with open_town() as town:
        yield town


@pytest.fixture
def open_context(browser, request, tmp_path):
    """A way to open browsers that know nothing of each other; each fails the test if a page misbehaves."""
    opened = []

    def new(ports, **how):
        settings = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/London"}
        context = browser.new_context(**settings | how, reduced_motion="reduce")
        context.set_default_timeout(10_000)
        opened.append((context, Guard(context, ports)))
        return opened[-1]

    yield new
    if getattr(request.node, "has_failed", False):
        _keep_pictures(opened, tmp_path)
    for context, _ in opened:
        context.close()
    for _, guard in opened:
        guard.check()


def _keep_pictures(opened, folder):
    for number, page in enumerate(page for context, _ in opened for page in context.pages):
        page.screenshot(path=folder / f"{number}.png")
        print(f"What the window showed: {folder / f'{number}.png'}  {page.url}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.has_failed = True
    return report


@pytest.fixture
def web(open_context, town):
    """A way to a window on the web pages, signed in as somebody by a one-time link."""

    def signed_in(person="ada", path="/", **how):
        context, guard = open_context(town.ports, **how)
        page = context.new_page()
        page.guard = guard
        page.goto(town.login_link(person))
        page.get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).click()
        page.goto(f"{town.url}{path}")
        return page

    return signed_in


@pytest.fixture
def window(open_context, town):
    """A way to a window on the practice page, as somebody, in a channel if one is named."""

    def opened(person="ada", where="", *, tour=False, **how):
        if town.person(person).view:  # left open by another test
            town.person(person).closes(all_views=True)
        context, guard = open_context(town.ports, **how)
        page = context.new_page()
        page.guard = guard
        if not tour:
            page.add_init_script(PUT_THE_TOUR_AWAY)
        page.goto(f"{town.practice}/#/{person}/{where}".rstrip("/"))
        return page

    return opened


@pytest.fixture
def album(request):
    return Album(request.config.getoption("--update-screenshots"))
