"""A sandbox for each test, and a small bot of slack_bolt's that talks to it over HTTP."""

import logging
from contextlib import contextmanager

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.running import Running, Served

SECRET = "sandbox-signing-secret"


@pytest.fixture
def sandbox(caplog):
    """A sandbox that answers only with errors that Slack documents for the method."""
    with Running() as running, caplog.at_level(logging.WARNING, "bot.sandbox"):
        yield running
    assert [line.getMessage() for line in caplog.records if line.name == "bot.sandbox.api"] == []


@pytest.fixture
def guest(sandbox):
    return sandbox.guest


@pytest.fixture
def ada(guest):
    return guest.person("ada")


@pytest.fixture
def client(sandbox):
    return AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url)


@pytest.fixture
def serve(sandbox):
    """Serves an application as the bot, and tells the sandbox where it is."""

    @contextmanager
    def served(app):
        with Served(app) as running:
            sandbox.guest.connect(f"{running.url}/slack/events")
            yield running

    return served


@pytest.fixture
def bolt(sandbox, serve):
    """A Bolt application; what a test registers on it is reached by the sandbox over HTTP."""
    app = AsyncApp(
        client=AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url),
        signing_secret=SECRET,
        ignoring_self_events_enabled=False,
    )
    handler = AsyncSlackRequestHandler(app)
    with serve(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])):
        yield app
