"""Mail from customers: a service that takes in mail posts it here, and it becomes feedback."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from sqlmodel import Session
from starlette.routing import BaseRoute

from bot.domain import feedback
from bot.domain.feedback import Source, Voice
from bot.integrations.mail_in import reading
from bot.integrations.mail_in.reading import Inbound
from bot.lib.errors import Refused
from bot.lib.findings import PATIENCE, Finding, ok
from bot.lib.letters import Letter
from bot.lib.posted import PostedDoor, secrets_of
from bot.lib.vendors import Deps

__all__ = ["MailIn", "connect"]
log = logging.getLogger(__name__)
SOURCE = "mail-in"
BODY_MAX = 1024 * 1024  # bytes: a long mail and its headers; attachments stay with the service
MOST, WITHIN = 20, timedelta(minutes=10)  # mails of one address: more is a loop of two programs


class MailIn:
    """The door, and what becomes of the mail that came through it."""

    name = "Mail of customers"

    def __init__(self, token: str, secret: str, own: str, deps: Deps) -> None:
        self.own, self.clock = own, deps.clock
        self.door = PostedDoor(
            SOURCE, "/webhooks/mail", BODY_MAX, token, secrets_of(secret), deps.inbox, deps.clock, _check
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return [self.door.route]

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {SOURCE: self.open_letters}

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        for letter in letters:
            mail = reading.read(json.loads(letter.body))
            if reading.is_automatic(mail, self.own):
                log.info("Letter %s was written by a program; it is not kept", letter.id)
            else:
                self._keep(session, mail, letter)

    def _keep(self, session: Session, mail: Inbound, letter: Letter) -> None:
        client, now = f"mail:{mail.known_as}", letter.received_at
        if mail.address and feedback.recent(session, client, now - WITHIN) >= MOST:
            log.warning("Letter %s is not kept: one address writes without end", letter.id)
            return
        said = Voice(
            words=mail.words,
            source=Source.MAIL,
            name=mail.name,
            address=mail.address,
            delivery=letter.delivery,
            client=client if mail.address else "",
        )
        try:
            feedback.take(session, said, now=now)
        except Refused as refusal:
            log.info("Letter %s says nothing that can be kept: %s", letter.id, type(refusal).__name__)

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`."""
        return [ok(self.name, f"POST /webhooks/mail takes it, by {self.door.ways}")]


def _check(told: Any, _: datetime) -> str:
    """Raises BadInbound; answers what a repetition has in common with the first."""
    return reading.read(told).delivery


def connect(env: Mapping[str, str], deps: Any) -> MailIn | None:
    """None without MAIL_IN_TOKEN and MAIL_IN_SECRET."""
    token, secret = env.get("MAIL_IN_TOKEN", "").strip(), env.get("MAIL_IN_SECRET", "").strip()
    own = parseaddr(env.get("MAIL_FROM", ""))[1].lower()
    return MailIn(token, secret, own, deps) if token or secret else None
