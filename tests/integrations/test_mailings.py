"""Mails to people outside, read at a real SMTP server: what stands in them, and what becomes of refusals."""

import asyncio
import email
import email.policy
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from sqlmodel import select

from bot.domain import mailings
from bot.domain.mailings import HERE, MAIL, NAME, TOKEN, Delivery, Mailing, Recipient
from bot.integrations.mail import dots
from bot.integrations.mail.line import is_of_address
from bot.integrations.mail.post import BadRate, Post, read
from bot.integrations.mail.sender import Pace, Sender
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from tests.conftest import NOON
from tests.world import free_port

HOST = "https://closeout.example.com"


class Mailbox:
    """Keeps what arrives, and says to each recipient what it was told to say: once, or always."""

    def __init__(self):
        self.mails, self.rcpt, self.data, self.sessions = [], {}, [], 0
        self.is_silent = False  # it takes a mail, and the line breaks before it says so

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        words = self.rcpt.get(address, [])
        if words:
            return words.pop(0) if len(words) > 1 or not words[0].startswith("5") else words[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data.pop(0)
        content = envelope.content.replace(b"\r\n", b"\n")
        mail = email.message_from_bytes(content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos[0], mail))
        if self.is_silent:
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.post = Post("127.0.0.1", server.port, "Status <status@example.com>", rate=10_000)
    yield box
    server.stop()


class Died(Exception):
    """What a kill is to a thread."""


class Desk:
    """Queues and sends; time passes when a test says so."""

    def __init__(self, courier, mailbox, folder):
        self.mailbox, self.folder, self.number, self.now = mailbox, folder, 0, NOON
        self.live(courier)

    def live(self, courier):
        self.courier = courier
        self.sender = Sender(self.mailbox.post, courier, lambda: self.now, HOST, folder=self.folder)

    def die_before_the_dot(self):
        """It is written down that the mail may go, and then we live no more."""
        begin = self.sender._begin

        def begin_and_die(id):
            assert begin(id)
            raise Died

        self.sender._begin = begin_and_die
        with pytest.raises(Died):
            self.send()
        self.close()
        assert "sending" in self.standing()
        self.live(Courier(self.courier.engine, Listeners()))

    def close(self):
        asyncio.run(self.sender.close())

    def queue(self, *addresses, subject="Checkout is slow", plain="It is.", html="<p>It is.</p>", **more):
        self.number += 1
        to = [each if isinstance(each, Recipient) else Recipient(each, token="t0ken") for each in addresses]
        text = {"subject": subject, "plain": plain, "html": html}
        with self.courier.transaction() as session:
            key = f"word/{self.number}"
            mailings.queue(session, key=key, kind="word", to=to, now=self.now, **text, **more)

    def send(self, minutes=0):
        self.now += timedelta(minutes=minutes)
        self.sender.work()

    def standing(self):
        with self.courier.reading() as session:
            return [each.status for each in session.exec(select(Delivery).order_by(Delivery.id))]


@pytest.fixture
def desk(courier, mailbox, tmp_path):
    desk = Desk(courier, mailbox, tmp_path)
    yield desk
    desk.close()


def test_a_mail_says_the_same_in_both_parts_to_each_with_their_own_link(desk, mailbox):
    link = f"{HERE}/status/subscription/{TOKEN}"
    plain, html = f"Hello {NAME}, {link}", f'<p>Hello {NAME}, <a href="{link}">here</a></p>'
    desk.queue(Recipient("ada@example.com", "abc", "Ada <b>"), plain=plain, html=html)
    desk.send()
    [(to, mail)] = mailbox.mails
    assert to == mail["To"] == "ada@example.com"
    assert mail["From"] == "Status <status@example.com>"
    assert mail.get_body(("plain",)).get_content() == (
        "Hello Ada <b>, https://closeout.example.com/status/subscription/abc\n"
    )
    assert "Hello Ada &lt;b&gt;, <a href=" in mail.get_body(("html",)).get_content()
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == ("auto-generated", None)
    assert desk.standing() == ["sent"]


def test_a_list_can_be_left_with_one_click(desk, mailbox):
    desk.queue(Recipient("ada@example.com", "x" * 60), leave=f"/status/unsubscribe/{TOKEN}")
    desk.send()
    [(_, mail)] = mailbox.mails
    assert mail["List-Unsubscribe"] == f"<https://closeout.example.com/status/unsubscribe/{'x' * 60}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "Status updates <updates.closeout.example.com>"
    assert mail["Precedence"] == "bulk"


def test_mails_of_one_thread_lie_together_and_say_nothing_of_our_numbers(desk, mailbox):
    for _ in range(2):
        desk.queue("ada@example.com", "ben@example.com", thread="incident/7")
    desk.send()
    replies = {(to, mail["In-Reply-To"]) for to, mail in mailbox.mails}
    assert len(replies) == 2
    assert len({mail["Message-ID"] for _, mail in mailbox.mails}) == 4
    assert not any("7@" in reply or "ada" in reply for _, reply in replies)


def test_mails_of_one_thread_arrive_in_order_also_when_the_first_is_put_off(desk, mailbox):
    mailbox.rcpt["ada@example.com"] = ["450 4.2.0 greylisted"]
    desk.queue("ada@example.com", subject="First", thread="incident/7")
    desk.queue("ada@example.com", subject="Second", thread="incident/7")
    desk.send()
    assert mailbox.mails == []
    desk.send(minutes=2)
    assert [mail["Subject"] for _, mail in mailbox.mails] == ["First", "Second"]


def test_what_somebody_waits_for_goes_before_what_goes_to_many(desk, mailbox):
    desk.sender.lines = 1
    desk.queue(*(f"n{n}@example.com" for n in range(20)), leave=f"/leave/{TOKEN}")
    desk.queue("ada@example.com", subject="Please confirm")
    desk.send()
    assert mailbox.mails[0][0] == "ada@example.com"


def test_a_passing_refusal_is_tried_again_until_it_is_given_up(desk, mailbox):
    mailbox.rcpt["ada@example.com"] = ["450 later"] * 20
    desk.queue("ada@example.com", not_after=NOON + timedelta(days=9))
    for _ in range(8):
        assert desk.standing() == ["queued"]
        desk.send(minutes=241)
    assert desk.standing() == ["failed"]


def test_a_refusal_after_the_last_dot_is_tried_again_as_well(desk, mailbox):
    mailbox.data = ["451 4.3.0 try later"]
    desk.queue("ada@example.com")
    desk.send()
    assert desk.standing() == ["queued"]
    desk.send(minutes=2)
    assert (desk.standing(), len(mailbox.mails)) == (["sent"], 1)


def test_one_bad_address_holds_up_nobody(desk, mailbox):
    mailbox.rcpt["gone@example.com"] = ["550 5.1.1 no such user gone@example.com"]
    desk.queue("gone@example.com", "ada@example.com")
    desk.send()
    assert [to for to, _ in mailbox.mails] == ["ada@example.com"]
    assert desk.standing() == ["failed", "sent"]
    with desk.courier.reading() as session:
        assert session.exec(select(Delivery.note)).first() == "550 5.1.1 no such user …"


def test_what_has_become_too_old_is_not_sent(desk, mailbox):
    desk.queue("ada@example.com")
    desk.send(minutes=25 * 60)
    assert (desk.standing(), mailbox.mails) == (["dropped"], [])


def test_while_the_server_is_away_mails_wait_and_no_try_is_counted(desk, mailbox):
    desk.sender.post = Post("127.0.0.1", free_port(), "status@example.com", rate=1000)
    desk.queue("ada@example.com", "ben@example.com")
    desk.send()
    assert desk.standing() == ["queued", "queued"]
    desk.sender.post = mailbox.post
    desk.send()
    assert (desk.standing(), len(mailbox.mails)) == (["sent", "sent"], 2)


def test_lines_are_kept_for_many_mails(desk, mailbox):
    desk.queue(*(f"n{n}@example.com" for n in range(40)))
    desk.send()
    assert len(mailbox.mails) == 40
    assert mailbox.sessions <= desk.sender.lines


def test_whose_address_is_erased_gets_nothing_any_more(desk, mailbox):
    desk.queue("ada@example.com")
    with desk.courier.transaction() as session:
        mailings.erase(session, [mailings.recipient(MAIL, "ada@example.com")])
    desk.send()
    assert (desk.standing(), mailbox.mails) == (["dropped"], [])
    with desk.courier.reading() as session:
        assert session.exec(select(Delivery.address)).one() == ""


def test_a_dot_at_the_start_of_a_line_stays_a_dot(desk, mailbox):
    desk.queue("ada@example.com", plain="One\n.\n..two\n")
    desk.send()
    [(_, mail)] = mailbox.mails
    assert mail.get_body(("plain",)).get_content() == "One\n.\n..two\n"


def test_words_cannot_smuggle_a_header(desk, mailbox):
    desk.queue(
        Recipient("ada@example.com", "t", "Ada\r\nBcc: eve@example.com"), subject="Slow\r\nBcc: x@y.org"
    )
    desk.send()
    [(_, mail)] = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Slow Bcc: x@y.org"


def test_no_more_go_in_a_second_than_was_configured(monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 7.0)
    pace, waits = Pace(50), []
    for _ in range(4):
        pace.wait(SimpleNamespace(wait=waits.append))
    assert waits == pytest.approx([0, 0.02, 0.04, 0.06])


def test_a_mail_whose_dot_was_not_sent_goes_in_the_next_life(desk, mailbox):
    """Its row says that it may have gone, and the dots say that it did not."""
    desk.queue("ada@example.com")
    desk.die_before_the_dot()
    desk.send()
    assert (desk.standing(), len(mailbox.mails)) == (["sent"], 1)


def test_without_the_dots_a_mail_in_doubt_is_not_sent_again(desk, mailbox):
    """As on another machine: rather never than twice, and it is said."""
    desk.queue("ada@example.com")
    desk.die_before_the_dot()
    (desk.folder / "mail.dots").unlink()
    desk.send()
    assert (desk.standing(), mailbox.mails) == (["unsure"], [])


def test_dots_of_before_a_power_cut_are_not_believed(desk, mailbox, monkeypatch):
    desk.queue("ada@example.com")
    desk.die_before_the_dot()
    monkeypatch.setattr(dots, "boot", lambda: b"another")
    desk.send()
    assert (desk.standing(), mailbox.mails) == (["unsure"], [])


def test_a_mail_that_was_taken_without_a_word_is_not_sent_again(desk, mailbox):
    mailbox.is_silent = True
    desk.queue("ada@example.com")
    desk.send()
    desk.send(minutes=5)
    assert (desk.standing(), len(mailbox.mails)) == (["unsure"], 1)


def test_what_may_come_twice_is_sent_again_rather_than_never(desk, mailbox):
    mailbox.is_silent = True
    desk.queue("ada@example.com", repeats=True)
    desk.send()
    mailbox.is_silent = False
    desk.send(minutes=2)
    [(_, first), (_, second)] = mailbox.mails
    assert desk.standing() == ["sent"]
    assert first["Message-ID"] == second["Message-ID"]


def test_of_two_processes_on_one_machine_one_sends(desk, mailbox):
    desk.queue("ada@example.com")
    other = desk.sender
    assert other._has_dots()
    desk.live(Courier(desk.courier.engine, Listeners()))
    desk.send()
    assert (desk.standing(), mailbox.mails) == (["queued"], [])
    asyncio.run(other.close())


def test_should_two_senders_work_at_once_each_mail_is_sent_once(desk, mailbox):
    """The lock keeps them apart; where it fails, the row settles whose a mail is."""
    desk.folder = None
    desk.queue(*(f"n{n}@example.com" for n in range(40)))
    senders = []
    for _ in range(2):
        desk.live(Courier(desk.courier.engine, Listeners()))
        senders.append(threading.Thread(target=desk.sender.work))
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert len(mailbox.mails) == len({to for to, _ in mailbox.mails}) == 40


def test_a_tick_begins_to_send_where_something_waits_and_the_end_waits_for_it(desk, mailbox):
    async def live():
        await desk.sender.tick()
        assert desk.sender._working is None
        desk.queue("ada@example.com")
        await desk.sender.tick()
        await desk.sender.close()

    asyncio.run(live())
    assert desk.standing() in (["sent"], ["queued"])


@pytest.mark.parametrize(
    ("code", "said", "is_so"),
    [
        (550, "550 5.1.1 user unknown", True),
        (550, "550 no such mailbox", True),
        (554, "554 5.2.1 mailbox disabled", True),
        (550, "550 5.4.4 host not found", True),
        (552, "552 5.2.2 mailbox full", False),
        (550, "550 5.7.1 blocked by policy", False),
        (550, "550 your address is on a blocklist", False),
        (550, "550 5.1.8 bad sender", False),
        (554, "554 transaction failed", False),
    ],
)
def test_only_a_refusal_that_speaks_of_the_mailbox_is_a_bounce(code, said, is_so):
    assert is_of_address(code, said) is is_so


@pytest.mark.parametrize("rate", ["0", "-1", "many", "nan", "inf"])
def test_a_rate_that_is_none_stops_the_start(rate):
    with pytest.raises(BadRate, match="above 0"):
        read({"SMTP_URL": "smtp://mail", "MAIL_FROM": "a@example.com", "MAIL_RATE": rate})


def test_words_in_any_script_arrive_as_they_were_written(desk, mailbox):
    subject = "Störung bei der Bezahlung, wir suchen den Grund 決済 " + "ä" * 60
    plain = (
        "Zahlungen schlagen fehl: 決済.\n\n"
        + "Ein sehr langer Satz, der nicht endet. " * 8
        + "\nSchluss = gut\n"
    )
    desk.queue("ada@example.com", subject=subject, plain=plain, html="<p>決済 &amp; Ä = 1</p>")
    desk.send()
    [(_, mail)] = mailbox.mails
    assert mail["Subject"] == subject
    assert mail.get_body(("plain",)).get_content() == plain
    assert mail.get_body(("html",)).get_content() == "<p>決済 &amp; Ä = 1</p>\n"
    assert not mail.defects


def test_a_mail_that_cannot_be_written_holds_up_nobody(desk, mailbox):
    desk.queue("ada@example.com")
    with desk.courier.transaction() as session:
        session.execute(sa.update(Mailing).values(subject="x" * 2000))  # from before subjects were cut
    desk.queue("ben@example.com")
    desk.send()
    assert desk.standing() == ["failed", "sent"]
