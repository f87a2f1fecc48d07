"""What customers hear, what they were promised, and what stays inside."""

import pytest

from bot.domain import incidents, updates
from bot.domain.incidents import Report, Status
from bot.domain.updates import UpdatePublished
from bot.domain.updates.reminders import customer_update_due
from bot.lib.errors import Refused
from tests.conftest import NOON
from tests.domain.conftest import later


def tell(session, incident, by, **more):
    return updates.publish(session, incident, "We are on it", **{"by": by, "now": NOON, **more})


def test_an_update_says_its_phase_and_when_customers_hear_again(session, ana, an_incident, facts):
    told = tell(session, an_incident, ana, phase="identified", next_in="30m")
    assert (told.phase, told.next_update_by, told.public) == ("identified", later(minutes=30), True)
    [fact] = facts(an_incident, UpdatePublished)
    assert str(fact) == "told customers (identified): We are on it. Next word by 2026-03-02 12:30 UTC"
    assert an_incident.status == Status.INVESTIGATING


def test_without_a_phase_it_is_the_incidents_status(session, ana, an_incident):
    incidents.set_status(session, an_incident, Status.MONITORING, by=ana, now=NOON)
    assert tell(session, an_incident, ana).phase == "monitoring"


def test_without_a_promise_the_policy_promises(session, ana, an_incident):
    assert tell(session, an_incident, ana).next_update_by == later(minutes=20)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"phase": "gone"}, "investigating, identified, monitoring, resolved"),
        ({"next_in": "soon"}, "Write 20m, 2h"),
        ({"next_in": "0m"}, "in a minute at the soonest"),
        ({"next_in": "90d"}, "in a month at the latest"),
        ({"correction_of": 99}, "no such update"),
    ],
)
def test_a_wrong_word_is_refused_with_the_right_ones(session, ana, an_incident, given, answer):
    with pytest.raises(Refused, match=answer):
        tell(session, an_incident, ana, **given)
    assert updates.of(session, an_incident) == []


def test_an_empty_message_tells_nobody(session, ana, an_incident):
    with pytest.raises(Refused, match="message is empty"):
        updates.publish(session, an_incident, "  ", by=ana, now=NOON)


def test_what_is_over_is_not_told_any_more(session, ana, an_incident):
    incidents.cancel(session, an_incident, "false alarm", by=ana, now=NOON)
    with pytest.raises(Refused, match="Reopen it first"):
        tell(session, an_incident, ana)


@pytest.mark.parametrize("kind", ["private", "drill"])
def test_private_incidents_and_drills_are_never_public(session, ana, kind):
    incident = incidents.declare(session, Report("Quiet", "sev1", **{kind: True}), by=ana, now=NOON)
    assert not tell(session, incident, ana).public
    assert updates.published(session) == []
    assert "stays inside" in str(incidents.timeline(session, incident)[-1].text)


def test_the_public_reads_the_newest_incident_first_and_its_newest_word_first(session, ana, an_incident):
    other = incidents.declare(session, Report("Search is slow"), by=ana, now=NOON)
    tell(session, an_incident, ana)
    tell(session, other, ana, now=later(minutes=1))
    tell(session, an_incident, ana, now=later(minutes=2), phase="identified")
    found = updates.published(session)
    assert [incident.id for incident, _ in found] == [an_incident.id, other.id]
    assert [update.phase for update in found[0][1]] == ["identified", "investigating"]
    assert len(updates.published(session, limit=1)) == 1


def test_the_policy_promises_the_first_word(session, an_incident):
    assert updates.promised_by(session, an_incident) == later(minutes=5)


def test_an_explicit_promise_wins_over_the_policy(session, ana, an_incident):
    tell(session, an_incident, ana, next_in="2h")
    assert updates.promised_by(session, an_incident) == later(hours=2)


def test_a_severity_that_was_raised_counts_from_when_it_was(session, ana):
    incident = incidents.declare(session, Report("Slow", "sev3"), by=ana, now=NOON)
    assert updates.promised_by(session, incident) is None
    incidents.set_severity(session, incident, "sev1", by=ana, now=later(hours=1))
    assert updates.promised_by(session, incident) == later(hours=1, minutes=5)


def test_after_the_last_word_nothing_is_promised(session, ana, an_incident):
    told = tell(session, an_incident, ana, phase="resolved", next_in="30m")
    assert told.next_update_by is None
    assert updates.promised_by(session, an_incident) is None


def test_reopened_it_is_promised_anew(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=10))
    tell(session, an_incident, ana, now=later(minutes=11))
    incidents.reopen(session, an_incident, "It is back", by=ana, now=later(hours=1))
    assert updates.promised_by(session, an_incident) == later(hours=1, minutes=5)
    assert not updates.told_resolved(session, an_incident)


def test_a_promise_that_ran_out_nudges_channel_and_commander_once(session, ana, an_incident, nudged):
    assert nudged(customer_update_due, later(minutes=4)) == []
    said = nudged(customer_update_due, later(minutes=7))
    assert [fact.to for fact in said] == [None, ana.id]
    assert str(said[0]) == (
        "INC-1: customers were promised a word by 12:05 UTC, 2 min ago. Tell them: `/incident update`"
    )
    assert nudged(customer_update_due, later(minutes=20)) == []


def test_comms_are_nudged_rather_than_the_commander(session, ana, ben, an_incident, nudged):
    incidents.set_role(session, an_incident, "comms", ben, by=ana, now=NOON)
    assert [fact.to for fact in nudged(customer_update_due, later(minutes=6))] == [None, ben.id]


def test_it_nags_again_each_interval_while_it_is_live(session, ana, an_incident, nudged):
    assert len(nudged(customer_update_due, later(minutes=6))) == 2
    assert len(nudged(customer_update_due, later(minutes=26))) == 2
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=30))
    assert nudged(customer_update_due, later(minutes=50)) == []


def test_a_late_update_begins_a_new_promise(session, ana, an_incident, nudged):
    nudged(customer_update_due, later(minutes=6))
    tell(session, an_incident, ana, now=later(minutes=7))
    assert nudged(customer_update_due, later(minutes=26)) == []
    assert len(nudged(customer_update_due, later(minutes=27))) == 2


def loop(session, incident):
    return next((loop for loop in incidents.loops(session, incident) if loop.name == "customers told"), None)


def test_the_loop_closes_when_customers_know_that_it_is_over(session, ana, an_incident):
    assert not loop(session, an_incident).done
    tell(session, an_incident, ana)
    assert not loop(session, an_incident).done
    tell(session, an_incident, ana, phase="resolved", now=later(minutes=1))
    assert loop(session, an_incident).done


def test_a_reopening_opens_the_loop_again(session, ana, an_incident):
    incidents.resolve(session, an_incident, by=ana, now=later(minutes=1))
    tell(session, an_incident, ana, now=later(minutes=2))
    incidents.reopen(session, an_incident, "It is back", by=ana, now=later(minutes=3))
    assert not loop(session, an_incident).done


@pytest.mark.parametrize(
    "report", [Report("x", "sev1", private=True), Report("x", "sev1", drill=True), Report("x", "sev4")]
)
def test_no_loop_where_customers_saw_nothing(session, ana, report):
    assert loop(session, incidents.declare(session, report, by=ana, now=NOON)) is None


def test_a_mild_incident_owes_the_last_word_once_it_was_told(session, ana):
    incident = incidents.declare(session, Report("x", "sev4"), by=ana, now=NOON)
    tell(session, incident, ana)
    assert not loop(session, incident).done


def test_prepared_texts_name_services_as_customers_know_them(session, ana):
    report = Report("checkout-db-7 is on fire", "sev1", services=("checkout", "search"))
    incident = incidents.declare(session, report, by=ana, now=NOON)
    found = updates.prepared(session, incident, next_in="20 minutes")
    assert [each.name for each in found[:2]] == ["investigating-sev1", "investigating"]
    assert "a problem with Paying and Search" in found[1].text
    assert "within 20 minutes" in found[0].text
    assert "checkout-db-7" not in " ".join(each.text for each in found)


@pytest.mark.parametrize("phase", list(updates.Phase))
def test_each_phase_has_a_prepared_text(session, an_incident, phase):
    assert phase in [each.name for each in updates.prepared(session, an_incident, phase)]


def test_a_broken_prepared_text_says_which_file(session, an_incident, tmp_path):
    (tmp_path / "updates").mkdir()
    (tmp_path / "updates" / "investigating.md.j2").write_text("{{ servces }}")
    session.info["templates"] = tmp_path
    with pytest.raises(Refused, match=r"investigating\.md\.j2.*servces"):
        updates.prepared(session, an_incident)
