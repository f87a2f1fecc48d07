"""A web floor on a database of its own, and people with known rights who look at it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import bot.domain
from bot import web
from bot.domain.company import Company
from bot.domain.people import Person, logins, tokens
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.inbox import Inbox
from bot.lib.plugins import modules_in

FEATURES = [modules_in(each) for each in modules_in(bot.domain) if hasattr(each, "__path__")]  # their guards
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEMPLATES = Path(__file__).parent.parent.parent / "templates"
COMPANY = Company.model_validate(
    {
        "services": [
            {"key": "checkout", "name": "Checkout API", "component": "Checkout"},
            {"key": "search", "name": "Search", "component": "Search"},
            {"key": "ledger", "name": "Ledger"},
        ]
    }
)


OURS = re.compile(r'<script type="module" src="/assets/(?:closeout|writing)\.js\?v=[0-9a-f]{12}"></script>')


def has_script(page):
    """Is there a script, other than the files of ours?"""
    return "<script" in OURS.sub("", page.text)


def csrf(page):
    """The word that ties a form to the pass of whoever was shown the page."""
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def press(browser, path, **data):
    """Open a form and send it, as a browser without scripts does."""
    token = csrf(browser.get("/incidents"))
    return browser.post(path, data={"csrf": token, **data})


class Watch:
    """The time is what the test says."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def wait(self, **span):
        self.now += timedelta(**span)


class Floor:
    """The web floor as its neighbours see it: HTTP in front, a courier behind."""

    def __init__(self, courier, watch, settings, **more):
        self.courier, self.watch, self.settings = courier, watch, settings
        self.app = self.app_with(**more)

    def app_with(self, live=None, **more):
        inbox = Inbox(self.courier.engine)
        routes = web.routes(self.courier, inbox, self.watch, COMPANY, self.settings, live=live, **more)
        missing = web.missing(self.courier, self.watch, COMPANY, self.settings)
        return Starlette(
            routes=routes, middleware=web.middleware(self.settings), exception_handlers={404: missing}
        )

    def browser(self, app=None):
        return TestClient(app or self.app, base_url="http://closeout.test", raise_server_exceptions=False)

    def person(self, name, **more):
        with self.courier.transaction() as session:
            person = Person(name=name, email=f"{name.lower()}@example.com", **more)
            session.add(person)
            session.flush()
            return person

    def token(self, person):
        with self.courier.transaction() as session:
            return tokens.create(session, "a test", person, now=self.watch())[1]

    def as_(self, person):
        client = self.browser()
        client.headers["Authorization"] = f"Bearer {self.token(person)}"
        client.base_url = "http://closeout.test/api/v1/"
        return client

    def signed_in(self, person, app=None):
        client = self.browser(app)
        with self.courier.transaction() as session:
            path = logins.issue(session, person, now=self.watch())
        assert client.post(path, follow_redirects=False).status_code == 303
        return client


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def floor(engine, watch):
    info = {"company": COMPANY, "templates": TEMPLATES, "runbooks": []}
    courier = Courier(engine, Listeners(), info)
    settings = web.WebSettings(
        public_url="http://closeout.test", secret_key="k" * 32, api_token="the-admin-token"
    )
    return Floor(courier, watch, settings)


@pytest.fixture
def ana(floor):
    return floor.person("Ana")


@pytest.fixture
def cy(floor):
    """Who may not see what is private."""
    return floor.person("Cy")


@pytest.fixture
def api(floor, ana):
    return floor.as_(ana)


@pytest.fixture
def down(api):
    return api.post(
        "incidents", json={"title": "Checkout is down", "severity": "sev1", "services": ["checkout"]}
    ).json()


@pytest.fixture
def browser(floor, ana):
    """Ana has signed in."""
    return floor.signed_in(ana)


@pytest.fixture
def item(api, down):
    api.post("incidents/INC-1/actions", json={"title": "Alert on errors", "owner": "ana@example.com"})
    return "A-1"
