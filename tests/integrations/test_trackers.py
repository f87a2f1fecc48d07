"""Action items in GitHub Issues and in Jira: what both trackers must do, told once."""

import asyncio
from datetime import date

import httpx
import pytest

from bot.domain import actions
from bot.domain.actions import ItemStatus, Wording
from tests.integrations.tracking import DAY, VENDORS, opened

LATER = date(2026, 4, 3)


@pytest.fixture(params=VENDORS)
def desk(request, engine):
    yield from opened(engine, request.param)


def key_of(desk, item):
    return desk.link(item).key


def test_a_new_item_stands_there_once_with_a_link_back_owner_and_day(desk):
    item = desk.create(owner=desk.ada, due=DAY)
    [issue] = desk.double.issues.values()
    assert "https://closeout.example.com/actions/A-1" in str(issue)
    there = desk.double.the(key_of(desk, item))
    assert there == {
        "title": item.title,
        "state": "open",
        "owner": desk.double.accounts["ada"],
        "due": "2026-03-20",
    }
    [fact] = desk.told("ActionTracked")
    assert (fact.item, fact.by) == (1, 1)
    assert desk.link(item).url in fact.url


def test_what_happens_here_is_sent_there(desk, tracked):
    key = key_of(desk, tracked)
    desk.act(actions.assign, tracked, desk.ben)
    desk.act(actions.move, tracked, LATER, why="The vendor is late")
    desk.act(actions.describe, tracked, Wording(title="Page on the error rate"))
    there = desk.double.the(key)
    assert there | {"state": ""} == {
        "title": "Page on the error rate",
        "state": "",
        "owner": desk.double.accounts["ben"],
        "due": "2026-04-03",
    }
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    assert desk.double.the(key)["state"] == "closed"
    desk.act(actions.reopen, tracked, "It fires at night")
    assert desk.double.the(key)["state"] == "open"
    desk.act(actions.decline, tracked, "Too dear", approver=desk.ada, by=desk.cy)
    assert desk.double.the(key)["state"] == "dropped"


def test_closed_there_is_done_here_with_the_link_as_evidence_and_never_verified(desk, tracked):
    desk.create(owner=desk.ben)
    desk.double.close(key_of(desk, tracked), by=desk.double.accounts["ben"])
    desk.deliver()
    item = desk.item(tracked)
    assert (item.status, item.done_by) == (ItemStatus.DONE, desk.ben.id)
    assert desk.link(item).url in item.evidence
    desk.double.reopen(key_of(desk, tracked), by=desk.double.accounts["ben"])
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.OPEN
    [fact] = desk.told("ActionReopened")
    assert fact.reason == f"reopened in {desk.double.label} by Ben"


def test_assignee_day_and_title_come_in_with_who_did_it(desk, tracked):
    key, ben = key_of(desk, tracked), desk.double.accounts["ben"]
    # Jira learns who Ben is when something of his is sent.
    desk.create(owner=desk.ben)
    desk.deliver()
    desk.double.assign(key, ben, by=desk.double.accounts["ada"])
    desk.double.move(key, "2026-04-03", by=desk.double.accounts["ada"])
    desk.double.rename(key, "Page on the error rate", by=desk.double.accounts["ada"])
    desk.deliver()
    item = desk.item(tracked)
    assert (item.owner_id, item.due, item.title) == (desk.ben.id, LATER, "Page on the error rate")
    [moved] = desk.told("ActionMoved")
    assert (moved.why, moved.by) == (f"moved in {desk.double.label} by Ada", desk.ada.id)


def test_whom_nobody_knows_acts_as_closeout_and_is_named(desk, tracked):
    desk.double.move(key_of(desk, tracked), "2026-04-03")
    desk.deliver()
    [moved] = desk.told("ActionMoved")
    assert (moved.why, moved.by) == (f"moved in {desk.double.label} by octo", 1)


def test_nothing_echoes(desk, tracked):
    """What came in does not go out, and what was sent does not come in again."""
    key = key_of(desk, tracked)
    desk.double.move(key, "2026-04-03")
    desk.double.close(key)
    desk.deliver()
    assert desk.double.writes == []
    desk.act(actions.reopen, tracked, "It fires at night")
    facts = len(desk.told("ActionReopened"))
    sent = len(desk.double.calls)
    desk.deliver()
    desk.sweep()
    assert (len(desk.told("ActionReopened")), len(desk.told("ActionDone"))) == (facts, 1)
    assert [call for call in desk.double.calls[sent:] if call in desk.double.writes] == []


def test_a_forged_delivery_is_refused_and_a_repeated_one_changes_nothing(desk, tracked):
    desk.double.close(key_of(desk, tracked))
    [(body, headers)] = desk.double.deliveries()
    for name in [name for name in headers if name.startswith("x-hub")]:
        assert desk.post(body, headers | {name: "sha256=" + "0" * 64}).status_code == 401
        assert (
            desk.post(body, {key: value for key, value in headers.items() if key != name}).status_code == 401
        )
    desk.open()
    assert desk.item(tracked).status == ItemStatus.OPEN
    desk.deliver((body, headers), (body, headers))
    desk.act(actions.reopen, tracked, "It fires at night")
    # Replayed with a new delivery id, which nobody signs.
    desk.deliver((body, desk.double.headers(body)))
    assert desk.item(tracked).status == ItemStatus.OPEN
    assert len(desk.told("ActionDone")) == 1


def test_deliveries_out_of_order_end_where_the_other_side_stands(desk, tracked):
    key = key_of(desk, tracked)
    desk.double.close(key)
    desk.double.reopen(key)
    first, second = desk.double.deliveries()
    desk.deliver(second, first)
    assert desk.item(tracked).status == ItemStatus.OPEN
    assert desk.told("ActionDone") == []


def test_a_missed_delivery_is_found_by_the_sweep(desk, tracked):
    desk.double.close(key_of(desk, tracked))
    desk.double.hooks.clear()
    desk.wait(minutes=5)
    desk.sweep()
    assert desk.item(tracked).status == ItemStatus.DONE
    assert desk.double.writes == []


def test_nothing_is_asked_while_nothing_is_tracked(desk):
    desk.sweep()
    assert desk.double.calls == []


def test_what_a_rule_refuses_is_put_back_with_a_comment(desk, tracked):
    key = key_of(desk, tracked)
    desk.double.drop(key)
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.OPEN
    assert desk.double.the(key)["state"] == "open"
    [said] = desk.double.said(key)
    assert "A-1 is not given up without a reason" in said
    desk.double.move(key, "2026-02-01")
    desk.deliver()
    assert desk.double.the(key)["due"] == "2026-03-20"
    assert "2026-02-01 has passed" in desk.double.said(key)[1]
    desk.deliver()
    desk.sweep()
    assert len(desk.double.said(key)) == 2


def test_a_viewer_changes_nothing_from_there(desk, tracked):
    def demote(session):
        person = session.merge(desk.ben)
        person.access = "viewer"

    desk.create(owner=desk.ben)
    desk.do(demote)
    desk.double.close(key_of(desk, tracked), by=desk.double.accounts["ben"])
    desk.deliver()
    assert desk.item(tracked).status == ItemStatus.OPEN
    assert desk.double.the(key_of(desk, tracked))["state"] == "open"
    assert "You may look" in desk.double.said(key_of(desk, tracked))[0]


def test_somebody_unknown_is_assigned_there_and_the_owner_stays(desk, tracked):
    account = "octo" if desk.double.name == "github" else "acc:octo"
    desk.double.assign(key_of(desk, tracked), account)
    desk.deliver()
    assert desk.item(tracked).owner_id == desk.ada.id
    assert f"[{desk.double.name}.people]" in desk.link(tracked).note
    assert desk.double.writes == []


def test_private_practice_and_sample_items_never_leave(desk):
    for kind in ("private", "drill", "sample"):
        desk.create(desk.declare(**{kind: True}))
    desk.sweep()
    assert desk.double.calls == []


def test_a_crash_between_the_creation_and_the_note_of_it_leaves_one_issue(desk, monkeypatch):
    item = desk.create(carry=False)
    with monkeypatch.context() as patched:
        patched.setattr("bot.domain.trackers.verbs.sent", crash)
        with pytest.raises(ZeroDivisionError):
            desk.carry()
    assert (len(desk.double.issues), desk.link(item).key) == (1, "")
    desk.carry()
    assert len(desk.double.issues) == 1
    assert desk.link(item).key


def crash(*_, **__):
    raise ZeroDivisionError


def test_an_answer_that_was_lost_leaves_one_issue(desk):
    def lose(answer):
        answer()
        raise httpx.ReadTimeout("lost")

    desk.double.faults = [lose]
    item = desk.create()
    assert len(desk.double.issues) == 1
    assert desk.link(item).key


@pytest.mark.parametrize("nonsense", ["html", "list", "empty", "huge", "deep", "halfway"])
def test_a_nonsense_answer_loses_nothing(desk, nonsense):
    answers = {
        "html": {"status_code": 200, "html": "<h1>Sign in to the hotel's network</h1>"},
        "list": {"status_code": 200, "json": [1, "two", None]},
        "empty": {"status_code": 200, "json": {}},
        "huge": {"status_code": 200, "content": b"[" + b" " * 5_000_000},
        "deep": {"status_code": 200, "content": b"[" * 100_000},
        "halfway": {"status_code": 201, "json": {"id": True, "number": "seven", "fields": []}},
    }
    desk.double.faults = [answers[nonsense]]
    item = desk.create()
    assert len(desk.double.issues) == 1
    assert desk.link(item).key


def test_a_nonsense_delivery_is_left_alone(desk, tracked):
    for body in (b"[]", b"{}", b'{"issue": 7}', b'{"action": "closed", "issue": {"id": "x", "fields": []}}'):
        assert desk.post(body, desk.double.headers(body)).status_code == 202
    assert desk.post(b"no json", desk.double.headers(b"no json")).status_code == 400
    large = b" " * (1024 * 1024 + 1)
    assert desk.post(large, desk.double.headers(large)).status_code == 413
    desk.open()
    assert desk.item(tracked).status == ItemStatus.OPEN


def test_a_tracker_that_is_away_says_so_once_when_it_lasts_and_catches_up(desk):
    away = {"status_code": 503, "text": "down"}

    def late(answer):
        desk.wait(minutes=1)
        return httpx.Response(**away)

    desk.double.faults = [late] * 6
    item = desk.create()
    assert len(desk.double.issues) == 1
    [broke] = desk.told("TrackerBroke")
    assert f"cannot reach {desk.double.label}" in str(broke)
    assert len(desk.told("TrackerBack")) == 1
    assert desk.link(item).key


def test_a_blip_is_no_news(desk):
    desk.double.faults = [{"status_code": 502}]
    desk.create()
    assert desk.told("TrackerBroke") == desk.told("TrackerBack") == []


def test_a_token_that_expired_blocks_nothing_is_said_once_and_what_was_missed_catches_up(desk, tracked):
    refuse = {"status_code": 401, "json": {"message": "Bad credentials"}}
    desk.double.faults = [refuse] * 50
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    second = desk.create(title="Cut the retries to three")
    for _ in range(3):
        desk.wait(minutes=5)
        desk.sweep()
    assert desk.item(tracked).status == ItemStatus.DONE
    assert len(desk.told("TrackerBroke")) == 1
    desk.double.faults.clear()
    desk.wait(minutes=5)
    desk.sweep()
    assert desk.double.the(key_of(desk, tracked))["state"] == "closed"
    assert len(desk.double.issues) == 2
    assert desk.link(second).key
    assert len(desk.told("TrackerBack")) == 1
    asked = len(desk.told("TrackingAsked"))
    desk.wait(minutes=5)
    desk.sweep()
    assert len(desk.told("TrackingAsked")) == asked


def test_a_wish_for_quiet_is_obeyed_and_is_no_failure(desk, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        desk.vendor.following.door.quiet.clear()

    monkeypatch.setattr("bot.lib.effects.asyncio.sleep", sleep)
    desk.double.faults = [{"status_code": 429, "headers": {"retry-after": "42"}}]
    desk.create()
    assert waits[0] >= 41
    assert len(desk.double.issues) == 1
    assert desk.told("TrackerBroke") == []


def test_what_they_do_not_take_is_noted_and_not_asked_again_and_again(desk, tracked):
    desk.double.faults = [{"status_code": 422, "json": {"message": "no"}}] * 4
    desk.act(actions.describe, tracked, Wording(title="Page on the error rate"))
    assert "did not take the last change" in desk.link(tracked).note
    assert desk.told("TrackerBroke") == []
    desk.double.faults.clear()
    desk.wait(minutes=5)
    desk.sweep()
    assert desk.double.writes == [desk.double.writes[0]]
    desk.act(actions.describe, tracked, Wording(title="Page on the error ratio"))
    assert desk.double.the(key_of(desk, tracked))["title"] == "Page on the error ratio"


def test_what_they_refused_is_not_sent_again_by_what_changes_nothing_there(desk, tracked):
    desk.double.faults = [{"status_code": 422, "json": {"message": "no"}}] * 4
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    calls = len(desk.double.calls)
    desk.act(actions.verify, tracked, by=desk.ben)
    assert len(desk.double.calls) == calls


def test_what_was_deleted_there_goes_on_here(desk, tracked):
    desk.double.delete(key_of(desk, tracked))
    desk.deliver()
    [fact] = desk.told("ActionUntracked")
    assert "goes on without it" in str(fact)
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    assert desk.double.calls == []


def test_a_deletion_that_nobody_told_us_is_met_when_something_is_sent(desk, tracked):
    desk.double.issues.clear()
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    assert len(desk.told("ActionUntracked")) == 1


def test_who_lost_the_right_to_look_does_not_take_everything_for_deleted(desk, tracked):
    desk.double.sees_repo = desk.double.sees_project = False
    desk.act(actions.done, tracked, "https://example.com/pr/1")
    assert desk.told("ActionUntracked") == []
    assert len(desk.told("TrackerBroke")) == 1
    desk.double.sees_repo = desk.double.sees_project = True
    desk.wait(minutes=5)
    desk.sweep()
    assert desk.double.the(key_of(desk, tracked))["state"] == "closed"


def test_a_sweep_does_not_disturb_who_asked_for_quiet(desk, tracked):
    desk.double.faults = [{"status_code": 429, "headers": {"retry-after": "600"}}]
    desk.sweep()
    desk.wait(minutes=5)
    desk.sweep()
    assert len(desk.double.calls) == 1
    assert asyncio.run(desk.vendor.following.trouble()) is None
