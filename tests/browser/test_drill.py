"""A drill is played in the chat, an hour of it in a minute, and ends with its report."""

import re

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.screen import PHONE, fits, has_no_barriers


def test_a_drill_is_played_to_its_report(window, web, album):
    page = window("ada", "C0GENERAL")
    chat = Chat(page).says("/incident drill")
    chat.sees("Friday, twenty to five")
    chat.says("/incident drill bad-deploy-friday 60")
    channels = page.get_by_role("navigation", name="Channels")
    channels.get_by_role("link", name="twenty-to-five").click()
    chat.sees("Nothing of it is real.").sees("search finds nothing, not even")
    chat.says("/incident join commander").says("/incident acknowledge")
    chat.says("/incident update We are looking into it.").sends("Tell customers")
    chat.sees("searches without a result")  # three minutes of the drill later
    chat.says("/incident note It is the release of 16:31: German words are cut")
    chat.says("/incident resolve Rolled back")
    chat.sees(re.compile("over after"))

    page = web(path="/drills")
    expect(page.get_by_role("heading", level=1)).to_contain_text("rill")
    has_no_barriers(page)
    page.get_by_role("link", name=re.compile("Friday, twenty to five")).first.click()
    expect(page.get_by_text(re.compile("missed", re.IGNORECASE)).first).to_be_visible()
    has_no_barriers(page)
    album.keep(page, "drill")
    page.set_viewport_size(PHONE)
    assert fits(page)
