"""A tracker beside a real process: killed between the creation of an issue and the note of it."""

import threading

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from bot.lib import clock
from bot.sandbox.running import Served
from tests.doubles.github import GitHub
from tests.world import Bot, ask, wait_for

METHODS = ["GET", "POST", "PATCH"]


@pytest.fixture
def github():
    """The double on a port of its own."""
    double = GitHub()
    double.at = clock.now()

    async def answer(request):
        body, headers = await request.body(), request.headers.raw
        asked = httpx.Request(request.method, str(request.url), headers=headers, content=body)
        told = await run_in_threadpool(double._hear, asked)
        once = {"connection": "close"}  # none is left open when a test ends
        return Response(told.content, told.status_code, media_type="application/json", headers=once)

    with Served(Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])) as served:
        double.env = double.env | {"GITHUB_API_URL": served.url}
        yield double
    assert double.problems == []


@pytest.mark.slow
def test_a_kill_between_creation_and_note_leaves_one_issue_and_webhooks_and_sweep_are_there(
    github, sqlite_url, tmp_path, nursery
):
    created, dead = threading.Event(), threading.Event()

    def hold(answer):
        made = answer()
        created.set()
        dead.wait(20)
        return made

    bot = Bot(tmp_path, sqlite_url, nursery=nursery, **github.env)
    try:
        bot.start()
        assert bot.api("POST", "/incidents", json={"title": "Checkout is down"}).status_code == 201
        github.faults = [hold]
        made = bot.api("POST", "/incidents/INC-1/actions", json={"title": "Alert on errors"})
        assert made.status_code == 201
        assert created.wait(20)
        bot.kill()
        dead.set()
        bot.start()
        wait_for(lambda: bot.api("GET", "/actions/A-1").json()["tracked"], what="the note of the issue")
        [tracked] = bot.api("GET", "/actions/A-1").json()["tracked"]
        assert (tracked["key"], len(github.issues)) == ("#41", 1)
        github.deliveries()
        github.close("#41")
        [(body, headers)] = github.deliveries()
        url = f"{bot.url}/webhooks/github"
        assert ask("POST", url, content=body, headers=headers).status_code == 202
        forged = headers | {"x-hub-signature-256": "sha256=0"}
        assert ask("POST", url, content=body, headers=forged).status_code == 401
        wait_for(lambda: bot.api("GET", "/actions/A-1").json()["status"] == "done", what="done")
        assert any(path.endswith("/issues") and verb == "GET" for verb, path, _ in github.calls)
    finally:
        bot.stop()
