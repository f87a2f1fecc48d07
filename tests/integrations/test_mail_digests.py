"""Reminders and digests by mail: for those without Slack, and for those who asked for it."""

from datetime import date, timedelta

import pytest

from bot.app import domain_modules
from bot.domain import actions, incidents, people, reminding
from bot.domain.incidents import Report
from tests.conftest import NOON, carry_all
from tests.integrations.test_mail import courier, mailbox  # noqa: F401 - fixtures

domain_modules()


@pytest.fixture
def promise(courier):  # noqa: F811
    """Ada promised something; she is not in Slack."""
    with courier.transaction() as session:
        ada, ben = (
            people.of_email(session, "ada@example.com", "Ada"),
            people.of_email(session, "b@example.com"),
        )
        incident = incidents.declare(session, Report("Down & out"), by=ben, now=NOON)
        made = {"owner": ada, "due": date(2026, 3, 10)}
        return actions.create(session, incident, "Alert on <b>errors</b>", by=ben, now=NOON, **made).id


def tick(courier, now):  # noqa: F811
    with courier.transaction() as session:
        for batch in reminding.waiting(session, now):
            reminding.remind(session, batch, now)
        for slots in reminding.due(session, now):
            reminding.send(session, slots, now)
    carry_all(courier)


def parts(mail):
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


def test_what_is_owed_comes_by_mail_with_the_same_words_in_both_parts(courier, mailbox, promise):  # noqa: F811
    tick(courier, NOON + timedelta(days=11))
    [mail] = [one for one in mailbox.mails if "needs you" in one["Subject"]]
    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == "1 thing needs you: A-1 Alert on <b>errors</b>, 3 days late"
    assert mail["Message-ID"].startswith("<daily.")
    assert mail["Message-ID"].endswith(".2026-03-13@closeout.example.com>")
    plain, html = parts(mail)
    assert "A-1 Alert on <b>errors</b>" in plain
    assert "Alert on &lt;b&gt;errors&lt;/b&gt;" in html
    assert "INC-1 · 3 days late" in plain
    assert "/incidents/INC-1" in html
    assert all("3 days late" in part and "/actions/A-1" in part for part in (plain, html))


def test_a_digest_has_its_chart_in_both_parts(courier, mailbox, promise):  # noqa: F811
    tick(courier, NOON.replace(hour=9) + timedelta(days=14))
    [mail] = [one for one in mailbox.mails if "The week to" in one["Subject"]]
    assert mail["Subject"] == (
        "The week to Monday 16 March. You: 0 of 1 promise kept this week. 1 late, oldest 6 days."
    )
    plain, html = parts(mail)
    assert "8-30   ████████████  1" in plain
    assert "width: 100%" in html
    assert all("/me/digest" in part for part in (plain, html))


def test_whoever_is_in_slack_gets_mail_only_if_they_asked(courier, mailbox, promise):  # noqa: F811
    with courier.transaction() as session:
        ada = people.of_email(session, "ada@example.com")
        ada.slack_id = "U0ADA"
    tick(courier, NOON + timedelta(days=8))
    assert mailbox.mails == []
    with courier.transaction() as session:
        reminding.choose(session, people.of_email(session, "ada@example.com"), by_mail=True, now=NOON)
    tick(courier, NOON + timedelta(days=9))
    assert [mail["To"] for mail in mailbox.mails] == ["ada@example.com"]
