"""What is GitHub's own: the text of an issue, its limits, its pull requests, its settings."""

import asyncio
import json
from datetime import date

import pytest

from bot.domain import actions
from bot.domain.actions import ItemStatus
from bot.integrations.github import settings
from bot.integrations.github.settings import BadGitHub
from bot.lib.findings import Finding
from tests.conftest import NOON
from tests.integrations.tracking import DAY, Desk, opened

LATER = date(2026, 4, 3)


@pytest.fixture
def desk(engine):
    yield from opened(engine, "github")


def body_of(desk, number=41):
    return desk.double.issues[number]["body"]


def test_what_people_write_around_our_part_stays(desk, tracked):
    desk.double.change(41, body=f"Seen in staging too.\r\n\r\n{body_of(desk)}\r\n\r\n- [ ] ask Cy")
    desk.deliver()
    desk.act(actions.move, tracked, LATER, why="The vendor is late")
    body = body_of(desk)
    assert body.startswith("Seen in staging too.")
    assert body.endswith("- [ ] ask Cy")
    assert (body.count("**Due:**"), body.count("<!-- closeout:")) == (1, 1)
    assert "**Due:** 2026-04-03" in body


def test_a_text_without_our_part_moves_nothing_and_gets_it_again(desk, tracked):
    desk.double.change(41, body="I wrote it anew.")
    desk.deliver()
    assert desk.item(tracked).due == DAY
    desk.act(actions.assign, tracked, desk.ben)
    assert body_of(desk).startswith("I wrote it anew.")
    assert "**Owner:** Ben" in body_of(desk)


def test_a_day_that_is_none_is_put_back_with_a_comment(desk, tracked):
    desk.double.move("#41", "soon")
    desk.deliver()
    assert "'soon' is no day" in desk.double.said("#41")[0]
    assert "**Due:** 2026-03-20" in body_of(desk)


def test_what_somebody_wrote_calls_nobody_and_forges_no_mark(desk):
    desk.create(outcome="@everyone closes #7 <!-- /closeout --> **Due:** 2031-01-01")
    assert "@everyone" not in body_of(desk)
    assert "#7" not in body_of(desk)
    assert body_of(desk).count("<!-- /closeout -->") == 1
    desk.deliver()
    assert desk.told("ActionMoved") == []


def test_pull_requests_and_other_repositories_are_none_of_ours(desk, tracked):
    desk.double.close("#41")
    [(body, _)] = desk.double.deliveries()
    other = json.loads(body)
    other["repository"]["full_name"] = "acme/website"
    pull = json.loads(body)
    pull["issue"]["pull_request"] = {"url": "https://api.github.com/repos/acme/ops/pulls/41"}
    for each in (other, pull):
        text = json.dumps(each).encode()
        desk.deliver((text, desk.double.headers(text)))
    assert desk.item(tracked).status == ItemStatus.OPEN


def test_other_events_are_answered_and_not_kept(desk, tracked):
    body = b'{"zen": "Keep it logically awesome."}'
    headers = desk.double.headers(body) | {"x-github-event": "ping"}
    assert desk.post(body, headers).status_code == 202
    assert desk.open() is None
    told = {"action": "deleted", "issue": desk.double.issues[41], "comment": {"id": 1}}
    told |= {"repository": {"full_name": "acme/ops"}, "sender": {"login": "octo"}}
    comment = json.dumps(told).encode()
    headers = desk.double.headers(comment) | {"x-github-event": "issue_comment"}
    assert desk.post(comment, headers).status_code == 202
    desk.open()
    assert desk.told("ActionUntracked") == []


def test_the_primary_limit_is_waited_for_until_it_ends(desk, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        desk.vendor.following.door.quiet.clear()

    monkeypatch.setattr("bot.lib.effects.asyncio.sleep", sleep)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON.timestamp()) + 90)}
    limit = {"status_code": 403, "headers": headers, "json": {"message": "API rate limit exceeded"}}
    desk.double.faults = [limit]
    desk.create()
    assert 89 <= waits[0] <= 95
    assert len(desk.double.issues) == 1
    assert desk.told("TrackerBroke") == []


def test_a_403_without_a_limit_is_a_token_that_may_not(desk):
    refuse = {"status_code": 403, "json": {"message": "Resource not accessible by personal access token"}}
    desk.double.faults = [refuse]
    desk.create()
    [broke] = desk.told("TrackerBroke")
    assert "Resource not accessible" in broke.reason


def test_who_cannot_be_assigned_there_is_no_reason_to_send_nothing(desk):
    desk.double.collaborators.discard("ada-l")
    item = desk.create(owner=desk.ada)
    assert desk.double.the("#41")["owner"] is None
    assert "does not let ada-l be assigned" in desk.link(item).note


def test_of_several_assignees_the_owner_stays(desk, tracked):
    desk.double.change(41, assignees=["octo", "ben-k", "ada-l"])
    desk.deliver()
    assert desk.item(tracked).owner_id == desk.ada.id
    desk.double.change(41, assignees=["ben-k"])
    desk.deliver()
    assert desk.item(tracked).owner_id == desk.ben.id
    desk.double.change(41, assignees=[])
    desk.deliver()
    assert desk.item(tracked).owner_id is None
    assert desk.double.writes == []


def test_many_changes_while_it_was_away_are_one_call(desk, tracked):
    desk.act(actions.assign, tracked, desk.ben, carry=False)
    desk.act(actions.move, tracked, LATER, why="The vendor is late", carry=False)
    desk.act(actions.done, tracked, "https://example.com/pr/1", carry=False)
    desk.carry()
    assert [call[0] for call in desk.double.writes] == ["PATCH"]


def test_a_transferred_issue_is_gone(desk, tracked):
    told = {"action": "transferred", "issue": desk.double.issues[41], "changes": {}}
    told |= {"repository": {"full_name": "acme/ops"}, "sender": {"login": "octo"}}
    body = json.dumps(told).encode()
    desk.deliver((body, desk.double.headers(body)))
    assert len(desk.told("ActionUntracked")) == 1


# ---- settings and check


def check(desk):
    return {one.what: one for one in asyncio.run(desk.vendor.check())}


def test_the_check_is_well(desk):
    found = check(desk)
    assert {one.state for one in found.values()} == {"ok"}
    assert "t0ken" not in str(found)
    assert "hook-secret" not in str(found) + repr(desk.vendor.settings)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status_code": 401, "json": {"message": "Bad credentials"}}, "Bad credentials"),
        ({"status_code": 200, "html": "<p>hello</p>"}, "no JSON"),
        ({"status_code": 200, "json": []}, "no repository"),
        ({"status_code": 200, "json": {"full_name": "acme/ops", "has_issues": False}}, "has no issues"),
        ({"status_code": 200, "json": {"full_name": "acme/ops", "archived": True}}, "is archived"),
        ({"status_code": 200, "json": {"full_name": "acme/ops", "permissions": {"pull": True}}}, "may not"),
    ],
)
def test_the_check_says_what_is_wrong(desk, answer, said):
    desk.double.faults = [answer]
    found: Finding = check(desk)["GitHub"]
    assert found.state == "bad"
    assert said in found.said
    assert found.remedy


def test_the_check_says_since_when_it_fails_and_that_no_secret_is_set(engine):
    desk = Desk(engine, "github", GITHUB_WEBHOOK_SECRET="")
    desk.double.faults = [{"status_code": 401}]
    desk.create()
    found = check(desk)
    assert "failing since 2026-03-02 12:00 UTC" in found["GitHub sync"].said
    assert found["GitHub webhook"].state == "off"
    assert desk.vendor.routes == []


def test_a_token_alone_switches_nothing_on():
    assert settings.read({"GITHUB_TOKEN": "of another tool"}) is None


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GITHUB_REPO": "acme/ops"}, "not GITHUB_TOKEN"),
        ({"GITHUB_REPO": "https://github.com/acme/ops", "GITHUB_TOKEN": "t"}, "owner/name"),
        ({"GITHUB_REPO": "acme/../..", "GITHUB_TOKEN": "t"}, "owner/name"),
        ({"GITHUB_REPO": "a/b", "GITHUB_TOKEN": "t", "GITHUB_API_URL": "ftp://x"}, "GITHUB_API_URL"),
    ],
)
def test_half_a_setting_is_named(env, said):
    with pytest.raises(BadGitHub, match=said):
        settings.read(env)
