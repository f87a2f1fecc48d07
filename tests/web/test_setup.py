"""/admin/check: the set-up, looked at by an administrator, when the button is pressed."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import web
from bot.domain.people import Access
from bot.lib.findings import bad, off, ok
from tests.web.conftest import Floor

FOUND = [
    ok("Database", "SQLite 3.40"),
    bad("Mail", "<b>wrong</b> password", "Mend SMTP_URL."),
    off("PagerDuty", "no PAGERDUTY_ setting is there", "Set PAGERDUTY_API_TOKEN."),
]


class Looks:
    def __init__(self):
        self.count, self.found, self.lasts = 0, FOUND, 0

    async def __call__(self):
        self.count += 1
        await asyncio.sleep(self.lasts)
        return self.found


@pytest.fixture
def looks():
    return Looks()


@pytest.fixture
def admin(floor, looks, watch):
    settings = web.WebSettings(public_url="http://closeout.test", secret_key="k" * 32)
    there = Floor(floor.courier, watch, settings, check=looks)
    return there.signed_in(there.person("Ada", access=Access.ADMIN))


def token(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def press(browser):
    return browser.post("/admin/check", data={"csrf": token(browser.get("/admin/check"))})


def test_the_page_itself_looks_at_nothing(admin, looks):
    page = admin.get("/admin/check")
    assert page.status_code == 200
    assert "Look now" in page.text
    assert looks.count == 0


def test_the_button_shows_each_line_and_what_to_do(admin, looks):
    page = press(admin)
    assert page.status_code == 200
    assert looks.count == 1
    assert "1 line needs you" in page.text
    assert "Mend SMTP_URL." in page.text
    assert page.text.index("Mail") < page.text.index("Database") < page.text.index("PagerDuty")
    assert "&lt;b&gt;wrong&lt;/b&gt; password" in page.text


def test_when_all_is_well_it_says_so(admin, looks):
    looks.found = FOUND[:1]
    assert "Everything that is set works." in press(admin).text


def test_only_administrators(floor, looks, watch, ana):
    settings = web.WebSettings(public_url="http://closeout.test", secret_key="k" * 32)
    there = Floor(floor.courier, watch, settings, check=looks)
    browser = there.signed_in(ana)
    for answer in (
        browser.get("/admin/check"),
        browser.post("/admin/check", data={"csrf": token(browser.get("/"))}),
    ):
        assert answer.status_code == 403
        assert "Only an administrator may do that" in answer.text
    assert there.browser().get("/admin/check").status_code == 401
    assert there.browser().post("/admin/check").status_code == 401
    assert looks.count == 0


def test_a_form_that_is_not_ours_looks_at_nothing(admin, looks):
    assert admin.post("/admin/check", data={"csrf": "x"}).status_code == 403
    sent = {"csrf": token(admin.get("/admin/check"))}
    elsewhere = admin.post("/admin/check", data=sent, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert looks.count == 0


def test_while_it_looks_nobody_waits_for_the_database(admin, looks, floor):
    """No transaction is open: somebody else declares an incident in the meantime."""
    looks.lasts = 0.3
    with ThreadPoolExecutor() as pool:
        looking = pool.submit(press, admin)
        while not looks.count:
            pass
        floor.person("Ben")
        assert not looking.done()
        assert looking.result().status_code == 200


def test_the_link_is_there_for_administrators_alone(admin, floor, ana):
    assert 'href="/admin/check"' in admin.get("/incidents").text
    assert "/admin/check" not in floor.signed_in(ana).get("/incidents").text
