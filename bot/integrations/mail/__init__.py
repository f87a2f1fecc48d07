"""Mail: reminders and digests for people whom Slack does not know, and for those who asked for it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.domain import incidents, people, reminding, subscribers
from bot.domain.nudges import Nudged
from bot.domain.people import Person
from bot.domain.reminding import Addressed, Composer, Digested, Reminded
from bot.integrations.mail import checking
from bot.integrations.mail.bounces import Bounces
from bot.integrations.mail.letter import Letter, digest, letter, reminder
from bot.integrations.mail.meetings import Meetings
from bot.integrations.mail.post import Post, read
from bot.integrations.mail.sender import Sender
from bot.lib.effects import Door, effect
from bot.lib.facts import Event, on
from bot.lib.findings import PATIENCE, Finding, within
from bot.lib.vendors import Deps

__all__ = ["Mail", "connect"]
SEND_SECONDS, DAILY_SECONDS = 1.0, 30.0


class Mail(Meetings):
    """One SMTP server, by which what is said to a person reaches those without Slack."""

    def __init__(self, post: Post, deps: Deps, bounce_token: str = "") -> None:
        self.post, self.courier, self.public_url = post, deps.courier, deps.public_url.rstrip("/")
        self.host = urlsplit(self.public_url).hostname or "localhost"
        self.door = Door("mail")
        self.sender = Sender(post, deps.courier, deps.clock, self.public_url, folder=deps.data_dir)
        self.clock = deps.clock
        self.ticks = [(SEND_SECONDS, self.sender.tick), (DAILY_SECONDS, self.write_daily)]
        self.routes = Bounces(bounce_token, deps.courier, deps.clock).routes

    async def check(self, patience: float = PATIENCE) -> list[Finding]:
        """What was found, for `closeout check`."""
        return await within(patience, checking.WHAT, checking.check(self.post, patience))

    async def close(self) -> None:
        """Let the mails under way end."""
        await self.sender.close()

    async def write_daily(self) -> None:
        """The daily mails of each zone whose day has ended."""
        now = self.clock()
        for zone, end in (await self.courier.ask(subscribers.daily.zones, now)).items():
            await self.courier.run(subscribers.daily.send, zone, end, now=now)

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
        """Rows are read once for all of them, if anybody reads mail at all."""
        facts = [fact for event in events if isinstance(fact := event.fact, Digested)]
        read = await self.courier.ask(self._read_by_mail, facts)
        composer = await self.courier.ask(Composer, read) if read else None
        for event in events:
            await self._send(event, partial(self.courier.ask, self._digest, event, composer))

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

    def _read_by_mail(self, session: Session, facts: list[Digested]) -> list[Digested]:
        return [fact for fact in facts if self._reader(session, fact)]

    def _digest(self, session: Session, event: Event, composer: Composer | None) -> Letter | None:
        fact = event.fact
        if composer is None or not isinstance(fact, Digested) or not (person := self._reader(session, fact)):
            return None
        written = composer.write(fact)
        return digest(session, person, composer.head(fact), written, self.public_url) if written else None

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
        if people.is_in_slack(session, person) or not person.email or not person.is_active:
            return None
        if not incidents.visible(session, incident, person):
            return None
        return letter(session, person, incident, fact.text, self.public_url)


def connect(env: Mapping[str, str], deps: Any) -> Mail | None:
    """None without SMTP_URL. Raises BadMail for one that cannot work."""
    post = read(env)
    return Mail(post, deps, env.get("MAIL_BOUNCE_TOKEN", "").strip()) if post else None
