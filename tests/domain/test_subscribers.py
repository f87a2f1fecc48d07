"""Subscribers: who confirmed hears of what concerns them, once, and nobody else hears anything."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import app
from bot.domain import incidents, mailings, people, subscribers, updates
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.mailings import Delivery, Mailing
from bot.domain.people import NotAllowed
from bot.domain.subscribers import NoSuchSubscriber, Subscriber, daily, reactions
from bot.domain.updates.wording import Wording
from bot.lib.courier import Courier
from bot.lib.errors import Refused
from bot.lib.facts import Listeners
from bot.web.status_page.picture import public_id
from tests.conftest import NOON, carry_all

COMPANY = Company.model_validate(
    {
        "services": [
            {"key": "checkout", "name": "Checkout", "component": "Checkout"},
            {"key": "search", "name": "Search", "component": "Search"},
        ]
    }
)


class Town:
    """A house, those outside who subscribe to it, and what was queued for them."""

    def __init__(self, engine):
        listeners = Listeners()
        listeners.add_all(reactions)
        info = {"company": COMPANY, "templates": app.data_folder("templates"), "gate": incidents.gate}
        self.courier, self.now = Courier(engine, listeners, info), NOON
        with self.courier.transaction() as session:
            self.ada = people.of_email(session, "ada@example.com")

    def do(self, verb, *args, **named):
        with self.courier.transaction() as session:
            answer = verb(session, *args, now=self.now, **named)
        carry_all(self.courier)
        return answer

    def ask(self, address, **more):
        """What a stranger types; answers the word in the mail that follows, if one does."""
        before = len(self.queued("confirm"))
        self.do(subscribers.ask, address, **more)
        new = self.queued("confirm")[before:]
        return new[0].token if new else None

    def join(self, address, **more):
        return self.do(subscribers.confirm, self.ask(address, **more))

    def declare(self, *services, **more):
        return self.do(
            incidents.declare, Report("Down", services=services or ("checkout",), **more), by=self.ada
        )

    def publish(self, incident, message="We look into it.", **more):
        with self.courier.transaction() as session:
            found = incidents.get(session, incident.id)
            words = Wording(message, **more)
            updates.tell(session, found, words, by=self.ada, now=self.now)
        carry_all(self.courier)

    def queued(self, kind):
        with self.courier.reading() as session:
            asked = select(Delivery).join(Mailing).where(Mailing.kind == kind).order_by(Delivery.id)
            return list(session.exec(asked))

    def heard(self, kind="update"):
        return sorted(each.address for each in self.queued(kind))

    def texts(self, kind):
        with self.courier.reading() as session:
            return [each for each in session.exec(select(Mailing).where(Mailing.kind == kind))]

    def standing(self, address):
        with self.courier.reading() as session:
            found = session.exec(select(Subscriber).where(Subscriber.address == address)).first()
            return found and found.standing

    def pass_time(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def town(engine):
    return Town(engine)


def test_whoever_confirmed_hears_of_updates_and_whoever_did_not_hears_nothing(town):
    town.join("ada@example.org")
    town.ask("eve@example.org")
    town.publish(town.declare())
    assert town.heard() == ["ada@example.org"]
    [text] = town.texts("update")
    assert text.subject == "Trouble with Checkout: we are looking into it"
    assert "We look into it." in text.plain
    assert "We look into it." in text.html


def test_nobody_hears_what_was_published_before_they_confirmed(town):
    incident = town.declare()
    secret = town.ask("ada@example.org")
    town.publish(incident, "First.")
    town.pass_time(minutes=1)
    town.do(subscribers.confirm, secret)
    assert town.heard() == []
    town.pass_time(minutes=1)
    town.publish(incident, "Second.")
    assert town.heard() == ["ada@example.org"]


def test_a_confirmation_is_good_once_and_for_two_days(town):
    secret = town.ask("ada@example.org")
    town.do(subscribers.confirm, secret)
    with pytest.raises(NoSuchSubscriber, match="Subscribe anew"):
        town.do(subscribers.confirm, secret)
    late = town.ask("ben@example.org")
    town.pass_time(days=2, seconds=1)
    with pytest.raises(NoSuchSubscriber):
        town.do(subscribers.confirm, late)


def test_the_word_that_confirms_is_kept_as_a_hash_alone_once_it_was_sent(town):
    secret = town.ask("ada@example.org")
    [delivery] = town.queued("confirm")
    with town.courier.transaction() as session:
        mailings.begin(session, delivery.id, by="me")
        mailings.sent(session, delivery.id, by="me", now=NOON)
    with town.courier.reading() as session:
        kept = session.exec(select(Subscriber)).one()
        assert kept.confirm_hash
        assert secret not in str(kept.model_dump())
        assert session.exec(select(Delivery.token)).one() == ""


def test_a_stranger_cannot_make_us_flood_a_mailbox(town):
    for _ in range(100):
        town.ask("ada@example.org")
        town.pass_time(seconds=60)
    assert len(town.queued("confirm")) <= 6


def test_who_subscribed_already_is_told_so_by_mail_and_by_nothing_else(town):
    town.join("ada@example.org", components=["Checkout"])
    town.pass_time(minutes=6)
    assert town.ask("Ada@Example.org", components=["Search"]) is None
    assert town.heard("known") == ["ada@example.org"]
    with town.courier.reading() as session:
        [(_, wished)] = subscribers.listed(session, as_=people.closeout(session))
    assert wished == ("checkout",)  # a stranger does not change what somebody chose


def test_each_hears_of_what_they_chose(town):
    town.join("all@example.org")
    town.join("checkout@example.org", components=["Checkout"])
    town.join("search@example.org", components=["search"])
    town.publish(town.declare("checkout"))
    assert town.heard() == ["all@example.org", "checkout@example.org"]


def test_whoever_heard_the_beginning_hears_the_end(town):
    """Also where the last update names no component, or another."""
    town.join("checkout@example.org", components=["Checkout"])
    incident = town.declare("search")
    town.publish(incident, components={"Checkout": "major outage"})
    town.publish(incident, "It was Search alone.", components={"Search": "partial outage"})
    town.publish(incident, "It is over.", phase="resolved", components={})
    assert town.heard() == ["checkout@example.org"] * 3


@pytest.mark.parametrize("more", [{"private": True}, {"drill": True}, {"sample": True}])
def test_what_is_private_practice_or_made_up_is_sent_to_nobody(town, more):
    town.join("ada@example.org")
    town.publish(town.declare(**more))
    assert town.heard() == []


@pytest.mark.parametrize("audience", ["page", "inside"])
def test_an_update_for_the_page_alone_or_for_colleagues_is_mailed_to_nobody(town, audience):
    town.join("ada@example.org")
    town.publish(town.declare(), audience=audience)
    assert town.heard() == []


def test_an_update_is_queued_once_however_often_it_is_heard(town):
    town.join("ada@example.org")
    incident = town.declare()
    town.publish(incident)
    with town.courier.transaction() as session:
        [update] = updates.of(session, incident)
        assert subscribers.telling.tell(session, incident, update) == 0
    assert town.heard() == ["ada@example.org"]


def test_after_an_upgrade_nobody_gets_what_was_published_before_it(town):
    """Subscribers are a new listener then: it hears of nothing that it was not owed."""
    town.join("ada@example.org")
    town.courier.listeners.clear()
    incident = town.declare()
    town.publish(incident, "Last year's.")
    town.courier.listeners.add_all(reactions)
    town.publish(incident, "This year's.")
    assert [text.plain.count("Last year") for text in town.texts("update")] == [0]


def test_who_leaves_is_erased_and_hears_no_more(town):
    ada = town.join("ada@example.org")
    incident = town.declare()
    town.publish(incident)
    with town.courier.transaction() as session:
        assert subscribers.leave(session, ada.token)
        assert not subscribers.leave(session, ada.token)
        assert not subscribers.leave(session, "")
    town.publish(incident, "More.")
    [only] = town.queued("update")
    assert (only.status, only.address, only.token) == ("dropped", "", "")
    assert town.standing("ada@example.org") is None


def test_who_leaves_still_gets_what_somebody_writes_to_them(town):
    """A customer's contact may have subscribed as well; the private word is no part of the list."""
    ada = town.join("ada@example.org")
    with town.courier.transaction() as session:
        said = {"subject": "A word", "plain": "It is you.", "html": "<p>It is you.</p>", "kind": "word"}
        to = [mailings.Recipient("ada@example.org")]
        mailings.queue(session, key="word/1", to=to, now=NOON, **said)
        subscribers.leave(session, ada.token)
    [word] = town.queued("word")
    assert (word.status, word.address) == ("queued", "ada@example.org")


def test_mail_that_comes_back_stops_a_subscription_until_its_owner_confirms_again(town):
    town.join("ada@example.org")
    recipient = mailings.recipient("mail", "ada@example.org")
    assert town.do(subscribers.bounced, recipient, "550 5.1.1 gone")
    town.publish(town.declare())
    assert (town.heard(), town.standing("ada@example.org")) == ([], "stopped")
    town.pass_time(days=1)
    town.join("ada@example.org")
    assert town.standing("ada@example.org") == "active"


def test_who_never_confirms_is_forgotten(town):
    town.ask("eve@example.org")
    with town.courier.transaction() as session:
        subscribers.forget(session, NOON + timedelta(days=7))
    assert town.standing("eve@example.org") is None


def daily_of(town):
    with town.courier.reading() as session:
        due = daily.zones(session, town.now)
    for zone, end in due.items():
        town.do(daily.send, zone, end)
    return due


def test_a_days_many_updates_are_one_mail_at_the_end_of_the_readers_day(town):
    town.join("ada@example.org", pace="daily", timezone="Europe/Berlin")
    town.join("ben@example.org", pace="daily", timezone="America/New_York")
    incident = town.declare()
    for n in range(3):
        town.pass_time(minutes=10)
        town.publish(incident, f"Word {n}.")
    assert town.heard() == []
    town.now = NOON + timedelta(hours=5, minutes=1)  # 18:01 in Berlin
    daily_of(town)
    assert town.heard("daily") == ["ada@example.org"]
    [text] = town.texts("daily")
    assert text.subject == "Status: 3 updates on 2 March"
    assert "Mon 13:10  Word 0." in text.plain
    town.now = NOON + timedelta(hours=11, minutes=1)  # 18:01 in New York
    daily_of(town)
    assert town.heard("daily") == ["ada@example.org", "ben@example.org"]


def test_no_update_is_in_two_daily_mails_and_a_quiet_day_has_none(town):
    town.join("ada@example.org", pace="daily")
    town.pass_time(minutes=1)
    town.publish(town.declare())
    for _ in range(3):
        town.pass_time(hours=12)
        daily_of(town)
        assert daily_of(town) == {}
    assert town.heard("daily") == ["ada@example.org"]


def test_daily_readers_of_different_components_get_different_mails(town):
    town.join("all@example.org", pace="daily")
    town.join("search@example.org", pace="daily", components=["Search"])
    town.pass_time(minutes=1)
    town.publish(town.declare("checkout"), "About checkout.")
    town.publish(town.declare("search"), "About search.")
    town.pass_time(hours=7)
    daily_of(town)
    assert sorted(text.plain.count("About") for text in town.texts("daily")) == [1, 2]


def test_addresses_are_for_administrators(town):
    town.join("ada@example.org")
    with town.courier.transaction() as session:
        with pytest.raises(NotAllowed):
            subscribers.listed(session, as_=town.ada)
        with pytest.raises(NotAllowed):
            subscribers.remove(session, 1, by=town.ada, now=NOON)
        subscribers.remove(session, 1, by=people.closeout(session), now=NOON)
    assert town.standing("ada@example.org") is None


def test_whoever_confirmed_elsewhere_is_brought_in_once(town):
    def bring(session, now):
        addresses = ["ada@example.org", "ben@example.org"]
        return subscribers.bring_in(session, addresses, by=people.closeout(session), now=now)

    assert (town.do(bring), town.do(bring)) == (2, 0)
    town.publish(town.declare())
    assert town.heard() == ["ada@example.org", "ben@example.org"]


@pytest.mark.parametrize("more", [{"components": ["Moon"]}, {"pace": "hourly"}, {"timezone": "Moon/Base"}])
def test_what_there_is_not_is_refused_with_a_sentence(town, more):
    with pytest.raises(Refused):
        town.do(subscribers.ask, "ada@example.org", **more)
    assert town.standing("ada@example.org") is None


def test_our_ids_outside_are_those_of_the_status_page():
    assert subscribers.rules.public_id("incident", 7) == public_id("incident", 7)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://db.internal/x",
        "https://printer.local/x",
        "https://user:pass@hooks.example.com/x",
        "https://hooks.example.com:22/x",
        "https://hooks.example.com:99999/x",
        "https://hooks.example.com/x y",
        "https://hooks.example.com/\r\nHost: x",
        "ftp://hooks.example.com/x",
        "//hooks.example.com/x",
        "",
        f"https://hooks.example.com/{'x' * 600}",
    ],
)
def test_a_hostile_target_is_refused(town, url):
    with pytest.raises(subscribers.BadTarget):
        town.do(subscribers.ask_webhook, url)


def test_one_host_cannot_be_called_by_our_help_again_and_again(town):
    for n in range(20):
        town.do(subscribers.ask_webhook, f"https://hooks.example.com/{n}")
    with pytest.raises(subscribers.TooMany):
        town.do(subscribers.ask_webhook, "https://hooks.example.com/more")
    town.do(subscribers.ask_webhook, "https://other.example.com/x")


@pytest.mark.parametrize(
    "as_well",
    [
        "https://hooks.example.com?x=1",
        "https://hooks.example.com#x",
        "https://HOOKS.Example.com/x",
        "https://hooks.example.com:443/x",
        "https://hooks.example.com./x",
    ],
)
def test_a_host_is_counted_however_it_is_written(town, as_well):
    for n in range(20):
        town.do(subscribers.ask_webhook, f"https://hooks.example.com/{n}")
    with pytest.raises(subscribers.TooMany):
        town.do(subscribers.ask_webhook, as_well)


def test_an_endpoint_hears_nothing_before_it_has_answered_our_challenge(town):
    found = town.do(subscribers.ask_webhook, "https://hooks.example.com/x")
    incident = town.declare()
    town.publish(incident)
    assert town.heard() == []
    town.do(subscribers.answered, found.recipient)
    town.publish(incident, "More.")
    assert town.heard() == ["https://hooks.example.com/x"]
