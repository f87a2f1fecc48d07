"""A promise that would have prevented what happened again is marked wherever promises are listed."""

import pytest

from bot.domain.recurrences.model import Recurred
from tests.slack.talk import Talk


@pytest.fixture
def again(floor, api, item):
    """It happened again, once where all may see it, and once where only Boss may."""
    boss = floor.person("Boss")
    api.post("incidents", json={"title": "Down again"})
    floor.as_(boss).post("incidents", json={"title": "Leaked key", "private": True})
    with floor.courier.transaction() as session:
        for incident_id in (2, 3):
            session.add(Recurred(item_id=1, incident_id=incident_id, days_late=9))


def test_on_the_page_of_actions(browser, again):
    page = browser.get("/actions").text
    assert '<b class="late">recurred</b>' in page
    assert '<a href="/incidents/INC-2">INC-2</a>' in page
    assert "INC-3" not in page


def test_over_rest_in_every_list(api, again):
    for path in ("actions", "incidents/INC-1/actions"):
        [found] = api.get(path).json()["items"]
        assert found["recurred"] == [{"incident": "INC-2", "days_late": 9}]
    assert api.get("actions/A-1").json()["recurred"] == [{"incident": "INC-2", "days_late": 9}]


def test_what_did_not_recur_is_not_marked(browser, item):
    assert "recurred" not in browser.get("/actions").text


def test_in_the_list_of_slack(engine):
    talk = Talk(engine)
    talk.declares(channel="C7")
    talk.fills(talk.says("action Alert on the error rate", in_="C7").view)
    assert "recurred" not in str(talk.says("actions", in_="C7").blocks)
    talk.declares("Down again")
    with talk.courier.transaction() as session:
        session.add(Recurred(item_id=1, incident_id=2, days_late=9))
    assert "*recurred* in INC-2" in str(talk.says("actions", in_="C7").blocks)
