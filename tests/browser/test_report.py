"""The form for everybody in a real browser: without scripts, on a phone, in both colour schemes."""

import threading
from datetime import timedelta

import pytest
import uvicorn
from playwright.sync_api import expect
from sqlmodel import select
from starlette.applications import Starlette

from bot import web
from bot.domain.company import Company
from bot.domain.feedback import Feedback
from bot.lib import clock
from bot.lib.inbox import Inbox
from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.web.conftest import TEMPLATES
from tests.world import free_port

COMPANY = Company.model_validate({"components": [{"key": "checkout", "name": "Checkout"}]})


@pytest.fixture
def public(courier):
    """The address of a floor on loopback whose clock goes three seconds with each look."""
    courier.info.update({"company": COMPANY, "templates": TEMPLATES})
    port, looks = free_port(), iter(range(10_000))
    settings = web.WebSettings(public_url=f"http://127.0.0.1:{port}", secret_key="k" * 32, api_token="")

    def watch():
        return clock.now() + timedelta(seconds=3 * next(looks))

    routes = web.routes(courier, Inbox(courier.engine), watch, COMPANY, settings)
    app = Starlette(routes=routes, middleware=web.middleware(settings))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield port
    server.should_exit = True
    thread.join()


def test_from_the_status_page_to_thank_you_without_scripts(open_context, public, courier):
    context, _ = open_context({public}, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{public}/status")
    page.get_by_role("link", name="Report a problem").click()
    page.get_by_label("What happened?").fill("I cannot pay since ten")
    page.get_by_label("Where?").select_option("Checkout")
    page.get_by_label("Your mail address").fill("kim@shop.example")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert context.cookies() == []
    with courier.reading() as session:
        assert [one.component for one in session.exec(select(Feedback))] == ["checkout"]


def test_the_form_fits_a_phone_and_has_no_barriers(open_context, public):
    context, _ = open_context({public}, viewport=PHONE)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{public}/status/report")
    assert fits(page)
    has_no_barriers(page)
