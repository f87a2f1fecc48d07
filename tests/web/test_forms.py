"""Every verb as a form: who may, who may not, wrong words beside their field with all that was typed."""

import re
from html import unescape

import pytest

from bot.web import actions, incidents, postmortems

ABOUT_ONE = [form.word for form in incidents.FORMS]
ABOUT_ITEMS = [form.word for form in actions.FORMS]
ABOUT_DOCUMENT = [f"postmortem/{form.word}" for form in postmortems.FORMS]


@pytest.fixture
def browser(floor, ana):
    return floor.signed_in(ana)


@pytest.fixture
def item(api, down):
    api.post("incidents/INC-1/actions", json={"title": "Alert on errors", "owner": "ana@example.com"})
    return "A-1"


def wrong_beside(page, field):
    """What is said beside a field."""
    found = re.search(rf'<span class="wrong" id="{field}-wrong">(.*?)</span>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize("word", [*ABOUT_ONE, *ABOUT_DOCUMENT])
def test_every_form_about_an_incident_can_be_seen(browser, down, word):
    page = browser.get(f"/incidents/INC-1/{word}")
    assert page.status_code == 200
    assert f'action="/incidents/INC-1/{word}"' in page.text
    assert 'name="csrf"' in page.text


@pytest.mark.parametrize("word", ABOUT_ITEMS)
def test_every_form_about_an_action_item_can_be_seen(browser, item, word):
    page = browser.get(f"/actions/A-1/{word}?back=mine")
    assert page.status_code == 200
    assert 'name="back" value="mine"' in page.text
