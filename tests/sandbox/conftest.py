"""A sandbox for each test, and a small bot of slack_bolt's that talks to it over HTTP."""

import asyncio
import threading

import pytest
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.running import Running, listening

SECRET = "sandbox-signing-secret"


@pytest.fixture
def sandbox():
    with Running() as running:
        yield running


@pytest.fixture
def guest(sandbox):
    return sandbox.guest


@pytest.fixture
def ada(guest):
    return guest.person("ada")


@pytest.fixture
def client(sandbox):
    return AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url)


class Served:
    """Any ASGI application on a free port, in a thread."""

    def __init__(self, app):
        self.socket = listening("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/slack/events"
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve([self.socket])))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *problem):
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()


@pytest.fixture
def serve():
    return Served


@pytest.fixture
def bolt(sandbox):
    """A Bolt application; what a test registers on it is reached by the sandbox over HTTP."""
    app = AsyncApp(
        client=AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url),
        signing_secret=SECRET,
        ignoring_self_events_enabled=False,
    )
    handler = AsyncSlackRequestHandler(app)
    with Served(Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])) as served:
        sandbox.guest.connect(served.url)
        yield app
