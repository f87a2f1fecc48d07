"""What `closeout check` says of those outside: nothing where there are none, and what cannot go."""

from bot.domain import mailings, people, subscribers
from bot.domain.mailings import Recipient
from tests.checks.looking import house_of, looked
from tests.conftest import NOON


def line(house):
    return next((each for each in looked(house) if each.what == "Subscribers"), None)


def test_where_nobody_subscribed_nothing_is_said(env):
    with house_of(env) as house:
        assert line(house) is None


def bring_in(house):
    with house.courier.transaction() as session:
        by = people.closeout(session)
        subscribers.bring_in(session, ["ada@example.org", "ben@example.org"], by=by, now=NOON)


def test_subscribers_are_counted(env):
    with house_of(env) as house:
        bring_in(house)
        assert line(house).said == "2 active; 0 messages wait"


def test_mails_that_cannot_go_are_said_with_what_to_do(env):
    with house_of(env) as house:
        bring_in(house)
        text = {"subject": "s", "plain": "p", "html": "h"}
        with house.courier.transaction() as session:
            to = [Recipient("ada@example.org")]
            mailings.queue(session, key="k", kind="word", to=to, now=NOON, **text)
        found = line(house)
        assert (found.state, found.said) == ("bad", "1 mail to people outside cannot go")
        assert "Set SMTP_URL" in found.remedy
