"""What subscribers are sent: the same words in plain text and in HTML, from templates/mails."""

import base64
import secrets
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import mailings
from bot.domain.mailings import HERE, TOKEN, WEBHOOK, Recipient
from bot.domain.subscribers import rules
from bot.domain.subscribers.model import Subscriber
from bot.lib.templates import environment, folder
from bot.lib.words import cut

SUBJECT_MAX = 120
LEAVE = f"/status/unsubscribe/{TOKEN}"
MANAGE = f"{HERE}/status/subscription/{TOKEN}"


def text(session: Session, name: str, subject: str, words: dict[str, Any]) -> dict[str, Any]:
    """Both parts of a mail, as `mailings.write` takes them."""
    where = folder(session, "mails")
    said = {"here": HERE, "manage": MANAGE, "leave": f"{HERE}{LEAVE}", **words}
    return {
        "subject": cut(" ".join(subject.split()), SUBJECT_MAX),
        "plain": environment(where).get_template(f"{name}.txt.j2").render(said),
        "html": environment(where, html=True).get_template(f"{name}.html.j2").render(said),
    }


def send_confirmation(session: Session, to: Subscriber, secret: str, *, now: datetime) -> None:
    """Rather twice than never, for somebody waits for it."""
    words = {"confirm": f"{HERE}/status/subscribe/confirm/{TOKEN}", "days": rules.CONFIRM_WITHIN.days}
    written = text(session, "confirm", "Confirm that you want status updates", words)
    recipient = Recipient(to.address, secret)
    key = f"confirm/{to.confirm_hash}"
    mailings.queue(
        session,
        key=key,
        kind="confirm",
        to=[recipient],
        now=now,
        repeats=True,
        not_after=to.confirm_until,
        **written,
    )


def send_known(session: Session, to: Subscriber, *, now: datetime) -> None:
    """Somebody asked for an address that gets updates already."""
    written = text(session, "known", "You get our status updates already", {})
    key = f"known/{to.recipient}/{now:%Y%m%dT%H%M%S}"
    mailings.queue(
        session, key=key, kind="known", to=[Recipient(to.address, to.token)], now=now, repeats=True, **written
    )


def new_signing_secret() -> str:
    """As Standard Webhooks writes them: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def send_challenge(session: Session, to: Subscriber, *, now: datetime) -> None:
    """What an endpoint must give back before it is called for good."""
    data = {
        "type": "subscription.challenge",
        "timestamp": now.isoformat(),
        "data": {"challenge": rules.secret()},
    }
    key = f"challenge/{to.recipient}/{to.asks}"
    said: dict[str, Any] = {"subject": "Challenge", "plain": "", "html": "", "data": data}
    mailing = mailings.write(session, key=key, kind="challenge", now=now, repeats=True, **said)
    if mailing:
        mailings.queue_one(session, mailing, WEBHOOK, to.recipient, Recipient(to.address), now=now)


__all__ = [
    "LEAVE",
    "MANAGE",
    "new_signing_secret",
    "send_challenge",
    "send_confirmation",
    "send_known",
    "text",
]
