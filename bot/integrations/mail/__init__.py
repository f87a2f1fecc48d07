"""Mail: reminders and digests for people whom Slack does not know, and for those who asked for it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.domain import incidents, people, reminding
from bot.domain.nudges import Nudged
from bot.domain.people import Person
from bot.domain.reminding import Addressed, Digested, Reminded
from bot.integrations.mail import checking
from bot.integrations.mail.letter import Letter, digest, letter, reminder
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

    @on(Reminded, name="mail-reminders")
    async def remind_daily(self, event: Event) -> None:
        """For those without Slack, and for those who asked for it."""
        await self._send(event, lambda: self.courier.ask(self._reminder, event))

    @on(Digested, name="mail-digests", folds=True)
    async def digest(self, events: list[Event]) -> None:
        """Rows are read once for all of them."""
        letters = await self.courier.ask(self._digests, events)
        for event in events:
            await self._send(event, partial(_given, letters.get(event.id)))

    async def _send(self, event: Event, write: Callable[[], Awaitable[Letter | None]]) -> None:
        """Always one effect, also with nothing to say: a run that is repeated takes the same steps."""
        fact = event.fact
        assert isinstance(fact, Addressed)
        id = f"<{fact.key.replace('/', '.').replace(':', '-')}@{self.host}>"

        async def act() -> str:
            written = await write()
            if written is None:
                return "nothing to say"
            return await self.post.send(self.post.message(written, id=id, at=event.at))

        await effect(self.door, f"{fact.key}/mail", act)

    def _reminder(self, session: Session, event: Event) -> Letter | None:
        fact = event.fact
        if not isinstance(fact, Reminded) or (person := self._reader(session, fact)) is None:
            return None
        return reminder(session, person, fact, self.public_url)

    def _digests(self, session: Session, events: list[Event]) -> dict[int, Letter]:
        """Event -> what is written to its reader."""
        facts = [(event.id, event.fact) for event in events]
        wanted = [
            (id, fact, person)
            for id, fact in facts
            if isinstance(fact, Digested) and (person := self._reader(session, fact))
        ]
        said = reminding.compose(session, [fact for _, fact, _ in wanted])
        return {
            id: digest(session, person, fact, said[fact.key], self.public_url)
            for id, fact, person in wanted
            if fact.key in said
        }

    def _reader(self, session: Session, fact: Addressed) -> Person | None:
        """Nobody where it goes into a channel, or where Slack is enough."""
        person = people.get(session, fact.to) if fact.to is not None else None
        return person if person and reminding.gets_mail(session, person) else None

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


async def _given(letter: Letter | None) -> Letter | None:
    return letter


def connect(env: Mapping[str, str], deps: Any) -> Mail | None:
    """None without SMTP_URL. Raises BadMail for one that cannot work."""
    post = read(env)
    return Mail(post, deps) if post else None
