"""What those who wrote are sent, from templates/mails/feedback: their own words above ours."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session, col

from bot.domain import mailings
from bot.domain.feedback.model import Feedback
from bot.domain.mailings import HERE, TOKEN, Mailing, Recipient
from bot.lib.letters import Letter
from bot.lib.templates import environment, folder
from bot.lib.words import cut

USEFUL = timedelta(days=7)  # later an answer helps nobody
QUOTED = 500
MENDED = (
    "What you wrote to us about is mended. We have changed what caused it, and somebody other than"
    " those who made the change has checked that it works."
)


@dataclass(frozen=True)
class Mail:
    """Subject and text; with the survey a link to two questions stands below."""

    subject: str
    text: str
    has_survey: bool = False


def send(session: Session, key: str, mail: Mail, to: Sequence[Feedback], *, now: datetime) -> int:
    """Queue it for each of them, above what they wrote; answers how many are new. Of sample incidents
    nothing leaves."""
    queued = 0
    for one in to:
        words = {
            "text": mail.text,
            "quote": cut(one.words, QUOTED),
            "written_at": one.at,
            "name": one.name,
            "survey": f"{HERE}/status/answer/{TOKEN}" if mail.has_survey else "",
        }
        where = folder(session, "mails")
        queued += mailings.queue(
            session,
            key=f"{_keys(one)}{key}",
            subject=mail.subject,
            plain=_environment(where, False).get_template("feedback.txt.j2").render(words),
            html=_environment(where, True).get_template("feedback.html.j2").render(words),
            to=[Recipient(one.address, one.token, one.name)],
            kind="feedback",
            incident_id=one.incident_id,
            not_after=now + USEFUL,
            now=now,
        )
    return queued


def forget(session: Session, feedback: Feedback) -> None:
    """What was sent for it holds its words: they go, and so does what still waits."""
    if feedback.address:
        mailings.erase(session, [mailings.recipient(mailings.MAIL, feedback.address)])
    theirs = sa.update(Mailing).where(col(Mailing.key).startswith(_keys(feedback), autoescape=True))
    session.execute(theirs.values(plain="", html=""))
    if feedback.delivery:  # a mail of theirs also lies in the inbox for a while, as it came
        came = sa.update(Letter).where(col(Letter.delivery) == feedback.delivery)
        session.execute(came.where(col(Letter.done_at).is_not(None)).values(body="{}"))


def _keys(feedback: Feedback) -> str:
    return f"feedback/{feedback.id}/"


@functools.cache
def _environment(where: Path, html: bool) -> ImmutableSandboxedEnvironment:
    return environment(where, html=html)
