"""Everybody may subscribe: by a form without cookies, a link in a mail, and a button."""

import email
import email.policy
import html
import re
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from bot.domain import incidents, people, subscribers, updates
from bot.domain.incidents import Report
from bot.domain.subscribers import reactions
from bot.integrations.mail.post import Post
from bot.integrations.mail.sender import Sender
from tests.conftest import carry_all
from tests.world import free_port

FORM = "/status/subscribe"


class Mailbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        content = envelope.content.replace(b"\r\n", b"\n")
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.post = Post("127.0.0.1", server.port, "status@example.com", rate=10_000)
    yield box
    server.stop()


@pytest.fixture
def outside(floor, mailbox):
    return Outside(floor, mailbox)


class Outside:
    """Somebody outside, with a browser that keeps no cookies and a mailbox."""

    def __init__(self, floor, mailbox):
        self.floor, self.courier, self.watch = floor, floor.courier, floor.watch
        self.browser, self.mailbox = floor.browser(), mailbox
        self.sender = Sender(mailbox.post, self.courier, self.watch, "http://testserver")
        self.courier.listeners.add_all(reactions)

    def mails(self):
        """What came since the last time."""
        before = len(self.mailbox.mails)
        self.sender.work()
        return self.mailbox.mails[before:]

    def fill(self, path=FORM, wait=3, **data):
        page = self.browser.get(FORM)
        self.watch.now += timedelta(seconds=wait)
        stamp = html.unescape(re.search(r'name="stamp" value="([^"]+)"', page.text)[1])
        return self.browser.post(path, data={"stamp": stamp, **data})

    def publish(self, message="We look into it."):
        with self.courier.transaction() as session:
            ada = people.of_email(session, "ada@example.com")
            report = Report("Down", services=("checkout",))
            incident = incidents.declare(session, report, by=ada, now=self.watch.now)
            updates.publish(session, incident, message, by=ada, now=self.watch.now)
        carry_all(self.courier)

    def counts(self):
        with self.courier.reading() as session:
            return subscribers.counts(session)


def link(mail, part, path):
    """A link of a mail, as it stands in one of its parts."""
    text = html.unescape(mail.get_body((part,)).get_content())
    return re.search(rf"http://testserver({path}[\w/-]+)", text)[1]


def test_from_the_form_to_the_first_update_and_out_again(outside):
    answer = outside.fill(email="ada@example.org", components="checkout")
    assert "Look into your mailbox" in answer.text
    [mail] = outside.mails()
    confirm = link(mail, "plain", "/status/subscribe/confirm/")
    assert confirm == link(mail, "html", "/status/subscribe/confirm/")
    outside.publish("Before.")
    assert "Yes, send me updates" in outside.browser.get(confirm).text
    assert outside.counts() == {("mail", "pending"): 1}  # a mail scanner opens links, too
    assert "You are subscribed" in outside.browser.post(confirm).text
    outside.watch.now += timedelta(minutes=1)
    outside.publish("After.")
    [mail] = outside.mails()
    assert "After." in mail.get_body(("plain",)).get_content()
    manage = outside.browser.get(link(mail, "html", "/status/subscription/"))
    assert re.search(r'value="checkout" checked', manage.text)
    leave = mail["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    assert "Stop status updates?" in outside.browser.get(leave).text
    assert outside.counts() == {("mail", "active"): 1}  # opening it stopped nothing
    clicked = outside.browser.post(leave, content="List-Unsubscribe=One-Click")
    assert (clicked.status_code, outside.counts()) == (200, {})
    assert outside.browser.post(leave).status_code == 200  # and once more
    outside.publish("Later.")
    assert outside.mails() == []
    assert not outside.browser.cookies


def test_the_answer_does_not_say_whether_an_address_is_known(outside):
    first = outside.fill(email="ada@example.org")
    outside.browser.post(link(outside.mails()[0], "plain", "/status/subscribe/confirm/"))
    outside.watch.now += timedelta(minutes=10)
    again = outside.fill(email="ada@example.org")
    assert (again.status_code, again.text) == (first.status_code, first.text)
    [mail] = outside.mails()
    assert mail["Subject"] == "You get our status updates already"


def test_what_was_chosen_can_be_changed(outside):
    outside.fill(email="ada@example.org")
    page = outside.browser.post(link(outside.mails()[0], "plain", "/status/subscribe/confirm/"))
    manage = page.url.path
    changed = {"components": ["search"], "pace": "daily", "timezone": "Europe/Berlin"}
    page = outside.browser.post(manage, data=changed)
    assert "It is changed." in page.text
    assert re.search(r'value="search" checked', page.text)
    assert re.search(r'value="daily" checked', page.text)
    page = outside.browser.post(manage, data={**changed, "timezone": "Moon/Base"})
    assert (page.status_code, "That is no time zone." in page.text) == (422, True)


@pytest.mark.parametrize("typed", ["", "ada", "ada@example.org\r\nBcc: eve@example.org", "a@localhost"])
def test_a_hostile_address_is_refused_beside_what_was_typed(outside, typed):
    page = outside.fill(email=typed)
    assert (page.status_code, "Write one like ada@example.com." in page.text) == (422, True)
    assert outside.counts() == {}


def test_what_was_typed_is_escaped(outside):
    page = outside.fill(email='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text


def test_a_program_that_fills_in_everything_gets_a_friendly_answer_and_no_mail(outside):
    page = outside.fill(email="ada@example.org", website="https://spam.example.com")
    assert "Look into your mailbox" in page.text
    assert (outside.counts(), outside.mails()) == ({}, [])


def test_a_form_that_nobody_saw_or_sent_at_once_is_not_taken(outside):
    assert outside.fill(email="ada@example.org", wait=1).status_code == 409
    assert outside.fill(email="ada@example.org", wait=25 * 3600).status_code == 409
    unseen = outside.browser.post(FORM, data={"email": "ada@example.org", "stamp": "made-up"})
    assert (unseen.status_code, outside.counts()) == (409, {})


def test_a_flood_from_one_place_is_held_up(outside):
    answers = [outside.fill(email=f"n{n}@example.org").status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2
    outside.watch.now += timedelta(minutes=11)
    assert outside.fill(email="later@example.org").status_code == 200


def test_a_provider_that_unsubscribes_many_readers_is_not_held_up(outside):
    """Their one click comes from few addresses; who cannot leave marks us as spam."""
    answers = {outside.browser.post(f"/status/unsubscribe/t{n}").status_code for n in range(100)}
    assert answers == {200}


def test_a_form_takes_only_so_much(outside):
    assert outside.browser.post(FORM, data={"email": "a" * 20_000}).status_code == 413
    assert outside.browser.post(FORM, content="&".join("a=b" for _ in range(200))).status_code == 413


@pytest.mark.parametrize("path", ["/status/subscription/x", "/status/unsubscribe/x", f"{FORM}/confirm/x"])
def test_a_link_that_opens_nothing_says_so(outside, path):
    page = outside.browser.get(path)
    assert (page.status_code, "Subscribe anew on the status page." in page.text) == (404, True)


def test_the_secret_of_a_webhook_is_shown_once(outside):
    page = outside.fill(f"{FORM}/webhook", url="https://hooks.example.com/x")
    assert "whsec_" in page.text
    manage = re.search(r'href="(/status/subscription/[\w-]+)"', page.text)[1]
    shown = outside.browser.get(manage)
    assert "it has not answered the challenge yet" in shown.text
    assert "whsec_" not in shown.text


def test_a_webhook_into_the_house_is_refused(outside):
    page = outside.fill(f"{FORM}/webhook", url="https://127.0.0.1/x")
    assert (page.status_code, "A webhook goes to an https address" in page.text) == (422, True)


def test_the_pages_have_no_script_no_cookie_and_no_other_host(outside):
    page = outside.browser.get(FORM)
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert not re.search(r'(?:src|action)="(?:https?:)?//', page.text)


def test_the_status_page_leads_to_the_form(outside):
    assert re.search(rf'href="[^"]*{FORM}"', outside.browser.get("/status").text)
