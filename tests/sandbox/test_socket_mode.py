"""The real slack_sdk Socket Mode client and Bolt's handler against the sandbox's websocket."""

import asyncio

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp


@pytest.fixture
async def app(client):
    return AsyncApp(client=client)


@pytest.fixture
async def connected(app, guest):
    handler = AsyncSocketModeHandler(app, "xapp-sandbox")
    await handler.connect_async()
    await until(lambda: guest.conditions()["websockets"] == 1)
    yield handler
    await handler.close_async()


async def until(find, timeout=5):
    async with asyncio.timeout(timeout):
        while not (found := await asyncio.to_thread(find)):
            await asyncio.sleep(0.01)
        return found


async def test_a_command_goes_through_the_websocket(app, connected, ada):
    @app.command("/incident")
    async def incident(ack, command):
        await ack(f"You said {command['text']}.")

    answer = await asyncio.to_thread(ada.says, "/incident new")

    assert (answer.status, answer.text) == (200, "You said new.")


async def test_an_event_goes_through_the_websocket(app, connected, ada):
    heard = []

    @app.event("message")
    async def message(event):
        heard.append(event["text"])

    await asyncio.to_thread(ada.says, "hello", in_="incidents")
    await until(lambda: heard)

    assert heard == ["hello"]


async def test_an_event_without_an_ack_is_sent_again(app, connected, guest, ada):
    guest.conditions(timing={"ack": 0.1, "retries": [0.0]})
    retries = []

    @app.middleware
    async def note(req, resp, next):
        retries.append(req.headers.get("x-slack-retry-num"))
        if len(retries) == 1:
            raise RuntimeError("no ack")
        await next()

    @app.event("message")
    async def message():
        pass

    await asyncio.to_thread(ada.says, "hello", in_="incidents")
    await until(lambda: len(retries) == 2)

    assert retries[1] == ["1"]


async def test_a_bot_that_is_sent_away_comes_back(connected, guest):
    guest.act("disconnect", reason="refresh_requested")

    await until(lambda: guest.conditions()["websockets"] == 1)
    assert len(guest.calls("apps.connections.open")) >= 2


async def test_a_ticket_is_good_for_one_connection(client, guest):
    answer = await client.apps_connections_open(app_token="xapp-sandbox")

    assert answer["url"].startswith("ws://127.0.0.1:")


async def test_an_event_waits_for_a_bot_that_is_away_for_a_moment(app, guest, ada):
    guest.conditions(timing={"retries": [0.2, 0.2, 0.2]})
    heard = []

    @app.event("message")
    async def message(event):
        heard.append(event["text"])

    first = AsyncSocketModeHandler(app, "xapp-sandbox")
    await first.connect_async()
    await until(lambda: guest.conditions()["websockets"] == 1)
    await first.close_async()
    await until(lambda: guest.conditions()["websockets"] == 0)
    await asyncio.to_thread(ada.says, "are you there?", in_="incidents")
    second = AsyncSocketModeHandler(app, "xapp-sandbox")
    await second.connect_async()
    await until(lambda: heard)
    await second.close_async()

    assert heard == ["are you there?"]
