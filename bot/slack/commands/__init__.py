"""What can be said after /incident. A command is a function from what was said to what is answered."""

import difflib
import functools
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.errors import Refused
from bot.lib.plugins import modules_in
from bot.slack.blocks import Block
from bot.slack.forms import View
from bot.slack.model import incident_in
from bot.slack.words import SOMEONE, typed

REFERENCE = re.compile(r"^(inc-?\d{1,9})\b[,:]?\s*", re.IGNORECASE)

# The order of help: as an incident runs. A word that is not here comes after these.
FIRST = (
    *(
        "new",
        "list",
        "status",
        "resolve",
        "reopen",
        "severity",
        "role",
        "join",
        "handoff",
        "note",
        "timeline",
    ),
    *("update", "action", "actions", "page", "runbook", "merge", "postmortem", "close", "cancel", "drill"),
)


class WhichIncident(Refused):
    """Which incident? Say it in its channel, or put its reference first."""


class Unclear(Refused):
    """Something is missing in what you said."""


@dataclass(frozen=True)
class Heard:
    """What reached us, before we know who that is. `user` and `channel` are Slack's ids."""

    user: str
    user_name: str
    text: str = ""
    channel: str = ""
    response_url: str = ""
    public_url: str = ""


@dataclass(frozen=True)
class Ask:
    """What a person said, or clicked: the text behind the word, who said it, where and when.

    People in the text are written @{p:ID}; there is no markup of Slack's left in it.
    """

    text: str
    person: Person
    now: datetime
    ref: str = ""
    channel: str = ""
    response_url: str = ""
    public_url: str = ""
    word: str = ""
    chosen: tuple[str, ...] = ()  # of boxes: the values that are ticked now
    offered: tuple[str, ...] = ()  # and all that there are

    def first_and_rest(self) -> tuple[str, str]:
        first, _, rest = self.text.strip().partition(" ")
        return first, rest.strip()

    def incident(self, session: Session) -> Incident:
        """The one whose reference stood first, else the one whose channel this is."""
        if self.ref:
            return incidents.find(session, self.ref, as_=self.person)
        if (incident := self.incident_here(session)) is None:
            raise WhichIncident(self._which(session))
        return incident

    def incident_here(self, session: Session) -> Incident | None:
        """Whoever speaks in its channel was let in there: what is not for everyone's eyes is for theirs."""
        here = incident_in(session, self.channel) if self.channel else None
        if here is None:
            return None
        incident = incidents.get(session, here)
        if people.sees_only_own(self.person, private=incident.private):
            incidents.let_in(session, incident, self.person, by=self.person, now=self.now, late=True)
        return incident

    def someone(self, session: Session, text: str) -> Person:
        """The person meant by a mention, @name, name or e-mail address."""
        if found := SOMEONE.fullmatch(text.strip()):
            person = people.get(session, int(found[1]))
            return people.meant(session, f"<@{person.slack_id}>") if person.slack_id else person
        return people.meant(session, text)

    def url(self, path: str) -> str:
        return f"{self.public_url}/{path.lstrip('/')}"

    def _which(self, session: Session) -> str:
        live = [one.ref for one in incidents.live(session, as_=self.person)[:5]]
        example = f"/incident {live[0] if live else 'INC-7'} {self.word}".strip()
        known = f" Live now: {', '.join(live)}." if live else ""
        return f"Which incident? Say it in its channel, or put its reference first: {example}.{known}"


@dataclass(frozen=True)
class Reply:
    """What is answered, to the person alone."""

    text: str = ""
    blocks: Sequence[Block] = ()
    view: View | None = None  # opens a form, or follows one
    replace: bool = False  # takes the place of the message whose button was pressed
    more: str = ""  # where the whole can be seen, if it does not fit
    instead: str = ""  # what to say when the form cannot be opened any more


@dataclass(frozen=True)
class Command:
    """One word of the grammar. Its help is the function's docstring."""

    word: str
    usage: str
    call: Callable[[Session, Ask], Reply] = field(compare=False)

    @property
    def help(self) -> str:
        return " ".join((self.call.__doc__ or "").split())


def command(usage: str) -> Callable[[Callable[[Session, Ask], Reply]], Callable[[Session, Ask], Reply]]:
    """Mark a function as a command. The usage begins with its word."""

    def mark(function: Callable[[Session, Ask], Reply]) -> Callable[[Session, Ask], Reply]:
        made = Command(usage.split()[0], usage, function)
        function.command = made  # type: ignore[attr-defined]
        return function

    return mark


@functools.cache
def all_commands() -> dict[str, Command]:
    """Every word, found by its file."""
    things = [thing for module in modules_in(sys.modules[__name__]) for thing in vars(module).values()]
    found = [made for thing in things if isinstance(made := getattr(thing, "command", None), Command)]
    return {one.word: one for one in sorted(found, key=lambda one: (_place(one.word), one.word))}


def _place(word: str) -> int:
    return FIRST.index(word) if word in FIRST else len(FIRST)


def hear(session: Session, heard: Heard, now: datetime) -> Reply:
    """Answer one line said after /incident."""
    ask = ask_of(session, heard, now)
    word, rest = ask.first_and_rest()
    if not word:
        word = "status" if ask.ref else "help"
    known = all_commands()  # the files beside this one hide what else is called list or help here
    if word.lower() not in known:
        raise Unclear(no_such_word(word, known))
    return known[word.lower()].call(session, replace(ask, text=rest, word=word.lower()))


def ask_of(session: Session, heard: Heard, now: datetime, **more: Any) -> Ask:
    text, ref = typed(session, heard.text).strip(), ""
    if found := REFERENCE.match(text):
        ref, text = found[1], text[found.end() :]
    return Ask(
        text=text,
        person=people.of_slack(session, heard.user, heard.user_name),
        now=now,
        ref=ref,
        channel=heard.channel,
        response_url=heard.response_url,
        public_url=heard.public_url,
        **more,
    )


def unquoted(text: str) -> str:
    """The words inside, where all of them stand in quotes."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and bare.count('"') == 2:
        return bare[1:-1].strip()
    return bare


def no_such_word(word: str, known: Iterable[str]) -> str:
    """What was meant; all that there is only when nothing comes near."""
    there, said = [*known], word.lower()
    begun = [one for one in there if len(said) > 1 and (one.startswith(said) or said.startswith(one))]
    near = [*dict.fromkeys([*begun, *difflib.get_close_matches(said, there, n=3, cutoff=0.6)])][:3]
    right = (
        f"Did you mean {' or '.join(near)}? `/incident help` shows all."
        if near
        else f"Choose one of: {', '.join(there)}."
    )
    return f"{word!r} is no command. {right} Nothing was changed."
