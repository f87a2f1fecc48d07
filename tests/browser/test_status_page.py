"""The public status page as readers see it: in their own time, without scripts, on a phone, and as files."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.sync_api import expect
from starlette.responses import PlainTextResponse

from bot.domain import incidents, maintenance, people, updates
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.maintenance import Plan
from bot.lib import clock
from bot.web.look import Look
from bot.web.status_page import StatusDoor, StatusSite
from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.web.conftest import TEMPLATES
from tests.world import free_port

COMPANY = Company.model_validate(
    {
        "components": [
            {"key": "checkout", "name": "Checkout", "group": "Shop", "description": "Carts and paying"},
            {"key": "search", "name": "Search", "group": "Shop"},
            {"key": "reports", "name": "Reports"},
        ],
        "services": [{"key": "checkout", "name": "Checkout API", "component": "checkout"}],
    }
)
NOW = clock.now().replace(second=0, microsecond=0)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Public:
    """A status page on loopback, and what the company does meanwhile."""

    def __init__(self, courier):
        self.courier, self.port = courier, free_port()
        courier.info.update({"company": COMPANY, "templates": TEMPLATES})
        look = Look(TEMPLATES, COMPANY, lambda: NOW, self.url)
        self.site = StatusSite(courier, lambda: NOW, look, self.url, fresh=0)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def declare(self, title, at, *said):
        """Each of `said` is (minutes later, phase, message)."""
        with self.courier.transaction() as session:
            ana = people.of_slack(session, "U0ANA", "Ana")
            incident = incidents.declare(
                session, Report(title, "sev2", services=("checkout",)), by=ana, now=at
            )
            for minutes, phase, message in said:
                moment = at + timedelta(minutes=minutes)
                updates.publish(session, incident, message, by=ana, now=moment, phase=phase)

    def plan(self, *plan):
        with self.courier.transaction() as session:
            ana = people.of_slack(session, "U0ANA", "Ana")
            maintenance.plan(session, Plan(*plan), by=ana, now=NOW)

    @contextmanager
    def open(self):
        app = StatusDoor(PlainTextResponse("inside"), self.site)
        server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield self
        server.should_exit = True
        thread.join()


@pytest.fixture
def public(courier):
    public = Public(courier)
    before = NOW - timedelta(days=20)
    public.declare(
        "Disk full",
        before,
        (4, "investigating", "Paying is slow. We look into it."),
        (40, "resolved", "Paying is as quick as before."),
    )
    public.declare(
        "Checkout is down",
        NOW - timedelta(minutes=15),
        (1, "investigating", "Some customers cannot pay. We look into it."),
        (10, "identified", "A certificate ran out. We renew it now."),
    )
    public.plan("Database upgrade", "26h", "2h", ("reports",), "Reports are read only for two hours.")
    with public.open():
        yield public


@pytest.fixture
def read(open_context, public):
    def reading(path="/status", **how):
        context, guard = open_context({public.port}, **how)
        page = context.new_page()
        page.guard, page.asked = guard, []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{public.url}{path}")
        return page

    return reading


def test_the_first_line_answers_and_times_are_the_readers_own(read):
    page = read(timezone_id="Asia/Tokyo")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Checkout does not work as it should. We know why and are on it."
    )
    there = (NOW - timedelta(minutes=5)).astimezone(ZoneInfo("Asia/Tokyo"))
    expect(page.get_by_role("article").first).to_contain_text(f"{there:%H:%M}")
    expect(page.get_by_text("Times are yours (Asia/Tokyo)")).to_be_visible()
    expect(page.get_by_role("img", name="Checkout, the last 90 days: trouble on 2 days")).to_be_visible()
    assert page.asked == [page.url]  # all of it in one request
    assert page.context.cookies() == []
    has_no_barriers(page)


def test_without_scripts_it_says_the_same_in_utc(read):
    page = read(java_script_enabled=False)
    expect(page.get_by_text("Some customers cannot pay.")).to_be_visible()
    expect(page.get_by_text("Times are in UTC")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text(f"{NOW - timedelta(minutes=5):%H:%M} UTC")
    page.get_by_text("Trouble with Checkout").last.click()
    expect(page.get_by_text("Paying is as quick as before.")).to_be_visible()
    page.get_by_role("link", name="History by month").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NOW:%B %Y}")
    page.get_by_role("link", name="The status now").click()
    expect(page.get_by_text("Reports are read only for two hours.")).to_be_visible()


def test_on_a_phone_all_of_it_is_seen(read):
    page = read(viewport=PHONE)
    assert fits(page)
    page = read("/status/history", viewport=PHONE)
    assert fits(page)
    has_no_barriers(page)


def test_the_copy_works_as_files_beside_each_other(public, read, tmp_path, open_context):
    for name, body in public.site.files("https://status.example.com").items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(body)
    handler = partial(Quiet, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        context, _ = open_context({server.server_port})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        expect(page.get_by_text("Some customers cannot pay.")).to_be_visible()
        page.get_by_role("link", name="History by month").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{NOW:%B %Y}")
        page.get_by_role("link", name="The status now").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Checkout does not work")
        server.shutdown()
        thread.join()
