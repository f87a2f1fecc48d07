"""Mail, read at a real SMTP server: who gets it, what it says, and what is done when the server is away."""

import email
import email.policy

import pytest
from aiosmtpd.controller import Controller

from bot import app
from bot.domain import incidents, nudges, people
from bot.domain.company import Company
from bot.domain.incidents import Report
from bot.domain.nudges import Nudge
from bot.integrations import mail
from bot.integrations.mail.post import BadMail, read
from bot.lib.courier import Courier
from bot.lib.facts import Listeners
from bot.lib.vendors import Deps
from tests.conftest import NOON, carry_all
from tests.world import free_port


class Mailbox:
    """Keeps what arrives; refuses what it was told to refuse, with the given word."""

    def __init__(self):
        self.mails, self.refusals = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.url = f"smtp://127.0.0.1:{server.port}"
    yield box
    server.stop()


@pytest.fixture
def courier(engine, mailbox):
    listeners = Listeners()
    info = {"company": Company(), "templates": app.data_folder("templates")}
    courier = Courier(engine, listeners, info)
    env = {"SMTP_URL": mailbox.url, "MAIL_FROM": "Closeout <closeout@example.com>"}
    deps = Deps(None, courier, None, lambda: NOON, Company(), "https://closeout.example.com", None)
    connected = mail.connect(env, deps)
    connected.door.first_wait = connected.door.longest_wait = 0
    listeners.add_all(connected)
    return courier


def nudge(
    courier, email="ada@example.com", *, slack_id=None, text="INC-1: Say <b>something</b>", private=False
):
    with courier.transaction() as session:
        ada = people.of_email(session, email)
        ada.slack_id = slack_id
        ben = people.of_email(session, "ben@example.com")
        incident = incidents.declare(session, Report("Down & out", private=private), by=ben, now=NOON)
        due = Nudge(key="k", incident_id=incident.id, text=text, to=ada.id)
        nudges.run(session, lambda *_: [due], NOON)
    carry_all(courier)


def test_a_reminder_reaches_someone_without_slack_in_both_parts(courier, mailbox):
    nudge(courier)
    [arrived] = mailbox.mails
    assert arrived["To"] == "ada@example.com"
    assert arrived["Subject"] == "INC-1: Say <b>something</b>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert "https://closeout.example.com/incidents/INC-1" in arrived.get_body(("plain",)).get_content()
    html = arrived.get_body(("html",)).get_content()
    assert "Say &lt;b&gt;something" in html
    assert "Down &amp; out" in html


def test_whoever_is_in_slack_gets_no_mail(courier, mailbox):
    nudge(courier, slack_id="U0ADA")
    assert mailbox.mails == []


def test_a_private_incident_is_not_mailed_to_strangers(courier, mailbox):
    nudge(courier, private=True)
    assert mailbox.mails == []


def test_a_subject_cannot_smuggle_a_header(courier, mailbox):
    nudge(courier, text="Please\r\nBcc: eve@example.com\r\n\r\nread")
    [arrived] = mailbox.mails
    assert arrived["Bcc"] is None
    assert arrived["Subject"] == "INC-1: Please Bcc: eve@example.com read"


def test_a_passing_refusal_is_tried_again_and_a_final_one_is_not(courier, mailbox):
    mailbox.refusals = ["450 greylisted", "451 later"]
    nudge(courier)
    assert len(mailbox.mails) == 1
    mailbox.refusals = ["550 no such mailbox"]
    nudge(courier, "gone@example.com")
    assert len(mailbox.mails) == 1


def test_the_same_reminder_always_has_the_same_message_id(courier, mailbox):
    nudge(courier)
    with courier.transaction() as session:
        session.execute(nudges.NudgeRow.__table__.delete())
    nudge(courier)
    first, second = mailbox.mails
    assert first["Message-ID"] == "<INC-1.2@closeout.example.com>"
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize(
    "env",
    [
        {"SMTP_URL": "mail.example.com", "MAIL_FROM": "a@example.com"},
        {"SMTP_URL": "smtp://mail:port", "MAIL_FROM": "a@example.com"},
        {"SMTP_URL": "smtp://mail"},
        {"SMTP_URL": "smtp://mail", "MAIL_FROM": "a@example.com\nBcc: b@example.com"},
    ],
)
def test_settings_that_cannot_work_stop_the_start(env):
    with pytest.raises(BadMail, match="SMTP_URL must look like"):
        read(env)


def test_user_and_password_may_hold_any_character():
    post = read({"SMTP_URL": "smtps://me%40x:p%2Fw@mail.example.com", "MAIL_FROM": "a@example.com"})
    assert (post.user, post.password, post.port, post.is_tls) == ("me@x", "p/w", 465, True)
    assert "p/w" not in repr(post)
