"""People: met on Slack or by mail, joined where they are one human, found by whatever others call them."""

import pytest

from bot.domain import actions, incidents, people
from bot.domain.incidents import Report
from bot.domain.people import Introduction, Person
from bot.lib.errors import Refused
from tests.conftest import NOON


def meet(session, slack_id, name, email=None, **more):
    return people.introduce(session, Introduction(slack_id, name, email, **more))


def test_closeout_and_pagerduty_are_there_from_the_start(session):
    assert people.closeout(session).is_system
    assert people.pagerduty(session).name == "PagerDuty"


def test_whoever_acts_in_slack_is_met_once(session):
    first = people.of_slack(session, "U1", "Ada")
    assert people.of_slack(session, "U1") is first
    assert people.of_slack(session, "U2").name == "U2"


def test_mail_addresses_are_the_same_in_any_case(session):
    ada = people.of_email(session, " Ada@Example.com ")
    assert people.of_email(session, "ada@example.com") == ada


@pytest.mark.parametrize("wrong", ["ada", "@", "a b@c.d", "<ada@example.com>"])
def test_what_is_no_address_is_refused(session, wrong):
    with pytest.raises(Refused, match="is no e-mail address"):
        people.of_email(session, wrong)


def test_one_human_met_twice_becomes_one_and_both_ids_keep_working(session):
    by_mail = people.of_email(session, "ada@example.com", "ada")
    by_slack = meet(session, "U1", "Ada Lovelace", "Ada@example.com", timezone="Europe/London")
    assert people.get(session, by_mail.id) == by_slack
    assert people.of_email(session, "ada@example.com") == by_slack
    assert (by_slack.name, by_slack.timezone) == ("Ada Lovelace", "Europe/London")


def test_an_address_of_another_account_is_left_alone(session):
    ada = meet(session, "U1", "Ada", "ada@example.com")
    eve = meet(session, "U2", "Eve", "ada@example.com")
    assert (ada.email, eve.email) == ("ada@example.com", None)
    assert people.get(session, ada.id) is not people.get(session, eve.id)


def test_what_the_directory_says_later_is_taken_over(session):
    meet(session, "U1", "Ada")
    gone = meet(session, "U1", "Ada L.", is_active=False)
    assert (gone.name, gone.is_active) == ("Ada L.", False)


@pytest.mark.parametrize(
    "said", ["<@U1>", "<@U1|ada>", "ada@example.com", "ADA@example.com", "@Ada King", "ada"]
)
def test_people_are_found_by_what_others_call_them(session, said):
    ada = meet(session, "U1", "Ada King", "ada@example.com")
    assert people.find(session, said) == ada
    assert people.meant(session, said) == ada


@pytest.mark.parametrize("said", ["Ad", "bob", "bob@example.com", "", "%", "PagerDuty"])
def test_who_is_not_known_is_refused_with_what_would_be_right(session, said):
    meet(session, "U1", "Ada King")
    with pytest.raises(Refused, match="Write @name in Slack, or an e-mail address"):
        people.meant(session, said)


def test_two_of_one_name_are_not_guessed(session):
    meet(session, "U1", "Ada King")
    meet(session, "U2", "Ada Lovelace")
    assert people.find(session, "ada") is None
    assert people.find(session, "ada king").slack_id == "U1"


def test_someone_who_left_is_not_given_anything(session):
    meet(session, "U1", "Ada", is_active=False)
    with pytest.raises(Refused, match="Ada has left the workspace"):
        people.meant(session, "<@U1>")


def test_an_address_that_nobody_has_yet_makes_its_owner_known(session):
    ada = people.named(session, "Ada@Example.com")
    assert ada.email == "ada@example.com"
    assert people.named(session, " ada@example.com ") == ada
    with pytest.raises(Refused, match="nobody I know"):
        people.named(session, "Bob")


def test_an_unknown_number_is_nobody(session):
    with pytest.raises(Refused):
        people.get(session, 999)


def test_names_are_put_into_sentences_and_cannot_be_forged_into_a_crash(session):
    ada = meet(session, "U1", "Ada")
    assert (
        people.spell(session, f"made @{{p:{ada.id}}} Scribe, not @{{p:999}}")
        == "made Ada Scribe, not somebody"
    )
    assert people.spell(session, "@{p:x}") == "@{p:x}"


def test_rights():
    cy = Person(id=7, name="Cy")
    assert people.may_see(cy, private=False, members=set())
    assert not people.may_see(cy, private=True, members={1})
    with pytest.raises(Refused, match="Only an administrator"):
        people.require_admin(cy)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "Europe/\0", "/UTC"])
def test_a_zone_that_this_machine_does_not_know_is_utc(session, zone):
    person = people.introduce(session, Introduction("U0ANA", "Ana", timezone=zone))
    assert person.timezone == "UTC"


def test_a_name_is_one_line(session):
    assert people.of_slack(session, "U0X", "Ana\r\n\x1b[2JBcc: x").name == "Ana [2JBcc: x"


def test_who_was_met_twice_keeps_what_either_was_part_of(session):
    by_mail = people.of_email(session, "ada@example.com")
    secret = incidents.declare(session, Report("A leak", private=True), by=by_mail, now=NOON)
    item = actions.create(session, secret, "Lock the laptop", by=by_mail, now=NOON, owner=by_mail)
    in_slack = people.introduce(session, Introduction("U0ADA", "Ada Lovelace", "ada@example.com"))
    assert in_slack.id != by_mail.id
    assert incidents.find(session, "INC-1", as_=in_slack) is secret
    assert incidents.live(session, as_=in_slack) == [secret]
    assert incidents.commander(session, secret) == in_slack.id
    assert actions.mine(session, in_slack) == [item]


def test_a_guest_sees_only_what_they_take_part_in(session):
    ada = people.of_email(session, "ada@example.com")
    guest = people.introduce(session, Introduction("U0GUS", "Gus", is_guest=True))
    theirs = incidents.declare(session, Report("Checkout is down"), by=ada, now=NOON)
    incidents.declare(session, Report("Search is slow"), by=ada, now=NOON)
    with pytest.raises(Refused, match="There is no incident INC-1"):
        incidents.find(session, "INC-1", as_=guest)
    incidents.enter(session, theirs, guest, by=ada, now=NOON)
    assert incidents.find(session, "INC-1", as_=guest) is theirs
    assert incidents.live(session, as_=guest) == [theirs]
