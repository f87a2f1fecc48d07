"""A new action item on the pages: what will be true, whose team, and a question where the title is vague."""

import pytest

from bot.domain.company import Team
from tests.web.conftest import COMPANY, press

HERE = "/incidents/INC-1/action"


@pytest.fixture
def teams(floor):
    named = [{"key": "payments", "name": "Payments"}, {"key": "search", "name": "Search"}]
    floor.courier.info["company"] = COMPANY.model_copy(update={"teams": tuple(Team(**one) for one in named)})


def items(api):
    return api.get("actions").json()["items"]


def test_a_vague_title_is_questioned_once_with_a_better_example(browser, api, down):
    page = press(browser, HERE, title="Improve monitoring", outcome="It pages")
    assert page.status_code == 422
    assert "When is &#39;improve&#39; finished?" in page.text
    assert "For example: Cut the failover of the database from 12 minutes to 2" in page.text
    assert "It pages</textarea>" in page.text
    assert items(api) == []
    page = press(browser, HERE, title="Improve monitoring", asked="Improve monitoring", outcome="It pages")
    assert page.status_code == 200
    assert [one["title"] for one in items(api)] == ["Improve monitoring"]


def test_a_title_that_was_made_vague_in_another_way_is_questioned_again(browser, api, down):
    assert press(browser, HERE, title="Fix it", asked="Improve monitoring").status_code == 422
    assert items(api) == []


def test_outcome_and_team_are_kept(browser, api, teams, down):
    assert "That of the service" in browser.get(HERE).text
    said = {"title": "Alert when 2 % of payments fail", "outcome": "It pages within 5 minutes"}
    assert press(browser, HERE, **said, team="search").status_code == 200
    [item] = items(api)
    assert (item["outcome"], item["team"]) == ("It pages within 5 minutes", "search")
    assert press(browser, HERE, **said, team="nowhere").status_code in (409, 422)
