"""Mail: reminders for people whom Slack does not know."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.nudges import Nudged
from bot.integrations.mail import checking
from bot.integrations.mail.letter import Letter, letter
from bot.integrations.mail.post import Post, read
from bot.lib.effects import Door, effect
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding, within
from bot.lib.vendors import Deps

__all__ = ["Mail", "connect"]


class Mail:
    """One SMTP server, by which what is said to a person reaches those without Slack."""

    def __init__(self, post: Post, deps: Deps) -> None:
        self.post, self.courier, self.public_url = post, deps.courier, deps.public_url.rstrip("/")
        self.host = urlsplit(self.public_url).hostname or "localhost"
        self.door = Door("mail")

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`."""
        return await within(patience, checking.WHAT, checking.check(self.post, patience))

    @on(Nudged, name="mail")
    async def remind(self, event: Event) -> None:
        """A repeated run sends the same Message-ID, by which a mailbox knows its double."""
        written = await self.courier.ask(self._write, event)
        if written is None:
            return
        key = f"{event.key}/mail"
        message = self.post.message(written, id=f"<{event.key.replace('/', '.')}@{self.host}>", at=event.at)
        await effect(self.door, key, partial(self.post.send, message))

    def _write(self, session: Session, event: Event) -> Letter | None:
        """Nothing for those who are told in Slack, who have left, or who may not know of it any more."""
        fact = event.fact
        if not isinstance(fact, Nudged) or fact.to is None:
            return None
        person = people.get(session, fact.to)
        incident = incidents.get(session, fact.incident_id)
        if person.slack_id or not person.email or not person.is_active:
            return None
        if not incidents.visible(session, incident, person):
            return None
        return letter(session, person, incident, fact.text, self.public_url)


def connect(env: Mapping[str, str], deps: Any) -> Mail | None:
    """None without SMTP_URL. Raises BadMail for one that cannot work."""
    post = read(env)
    return Mail(post, deps) if post else None
