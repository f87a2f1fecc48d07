"""What can become true of an incident. A fact's sentence stands behind its author's name."""

from datetime import datetime
from typing import ClassVar

from bot.domain.incidents.model import Milestone, Status
from bot.lib.facts import Fact


def person(id: int | None) -> str:
    """A person inside a sentence; whoever renders it puts the name there."""
    return f"@{{p:{id}}}" if id else "nobody"


class Declared(Fact):
    title: str
    severity: str | None
    private: bool = False
    services: tuple[str, ...] = ()
    description: str = ""
    commander: int | None = None
    source: str = "person"

    def __str__(self) -> str:
        how_bad = f"a {self.severity}" if self.severity else "an incident"
        return f"declared {how_bad}: {self.title}"


class StatusChanged(Fact):
    loud: ClassVar[bool] = True
    old: Status
    new: Status
    note: str = ""

    def __str__(self) -> str:
        return f"moved it from {self.old} to {self.new}{tail(self.note)}"


class Reopened(Fact):
    loud: ClassVar[bool] = True
    old: Status
    reason: str

    def __str__(self) -> str:
        return f"reopened it, which was {self.old}{tail(self.reason)}"


class Cancelled(Fact):
    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return f"cancelled it{tail(self.reason)}"


class Closed(Fact):
    loud: ClassVar[bool] = True

    def __str__(self) -> str:
        return "closed it: every loop is closed"


class Merged(Fact):
    loud: ClassVar[bool] = True
    into: int
    hidden: bool = False  # more people see this incident than that one

    def __str__(self) -> str:
        where = "a private incident" if self.hidden else f"INC-{self.into}"
        return f"merged it into {where}. What follows belongs there"


class MergedHere(Fact):
    loud: ClassVar[bool] = True
    source: int
    title: str

    def __str__(self) -> str:
        return f"merged INC-{self.source} ({self.title}) into this one"


class SeverityChanged(Fact):
    loud: ClassVar[bool] = True
    old: str | None
    new: str
    why: str = ""

    def __str__(self) -> str:
        moved = (
            f"changed the severity from {self.old} to {self.new}"
            if self.old
            else f"set the severity to {self.new}"
        )
        return moved + tail(self.why)


class Acknowledged(Fact):
    def __str__(self) -> str:
        return "acknowledged it"


class RoleTaken(Fact):
    loud: ClassVar[bool] = True
    role: str
    role_name: str
    person: int
    was: int | None = None

    def __str__(self) -> str:
        if self.person == self.by:
            return f"is now {self.role_name}" + (f", after {person(self.was)}" if self.was else "")
        return f"made {person(self.person)} {self.role_name}" + (
            f", after {person(self.was)}" if self.was else ""
        )


class HandedOff(Fact):
    loud: ClassVar[bool] = True
    role: str
    role_name: str
    person: int
    brief: dict[str, str]

    def __str__(self) -> str:
        said = " ".join(f"{head}: {ended(text)}" for head, text in self.brief.items() if text)
        return f"handed {self.role_name} over to {person(self.person)}" + (f". {said}" if said else "")


class Joined(Fact):
    """Someone takes part from now on; late ones are briefed."""

    needs: ClassVar[str] = "viewer"
    person: int
    late: bool = False

    def __str__(self) -> str:
        return "joined" if self.person == self.by else f"brought in {person(self.person)}"


class Left(Fact):
    """Someone takes part no longer; of a private incident they see nothing from now on."""

    needs: ClassVar[str] = "viewer"
    person: int

    def __str__(self) -> str:
        return "left" if self.person == self.by else f"took {person(self.person)} out"


class NoteAdded(Fact):
    loud: ClassVar[bool] = True
    text: str

    def __str__(self) -> str:
        return f"noted: {self.text}"


class TitleChanged(Fact):
    old: str
    new: str

    def __str__(self) -> str:
        return f"renamed it from {self.old!r} to {self.new!r}"


class ServicesChanged(Fact):
    services: tuple[str, ...]

    def __str__(self) -> str:
        return f"set the services to {', '.join(self.services) or 'none'}"


class MilestoneSet(Fact):
    """A person says when it really was; the first value stays in the trace."""

    milestone: Milestone
    old: datetime | None
    new: datetime
    why: str = ""

    def __str__(self) -> str:
        was = f" (was {self.old:%Y-%m-%d %H:%M} UTC)" if self.old else ""
        return f"set {self.milestone.words} to {self.new:%Y-%m-%d %H:%M} UTC{was}{tail(self.why)}"


class EntryCorrected(Fact):
    """An entry of the timeline says something else from now on; what it said before stays in its trace."""

    shown: ClassVar[bool] = False
    entry: int
    text: str | None = None
    at: datetime | None = None
    why: str = ""

    def __str__(self) -> str:
        return f"corrected entry {self.entry}{tail(self.why)}"


class MessageMarked(Fact):
    """Someone wants a message on the timeline; its words are still to be fetched."""

    shown: ClassVar[bool] = False
    place: str

    def __str__(self) -> str:
        return "marked a message for the timeline"


class MessageAdded(Fact):
    """A chat message, at its own time, by its own author."""

    reported: ClassVar[bool] = True
    place: str
    author: int | None
    author_name: str
    text: str
    permalink: str = ""
    images: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text or "(no text)"


class MessageEdited(Fact):
    shown: ClassVar[bool] = False
    reported: ClassVar[bool] = True
    place: str
    text: str

    def __str__(self) -> str:
        return f"edited a message: {self.text}"


class MessageRemoved(Fact):
    """The mark is gone, or the message was deleted."""

    shown: ClassVar[bool] = False
    reported: ClassVar[bool] = True
    place: str
    deleted: bool = False

    def __str__(self) -> str:
        return "deleted a message" if self.deleted else "took a message off the timeline"


def ended(words: str) -> str:
    """A sentence that ends like one."""
    said = words.strip()
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def tail(words: str) -> str:
    """A reason behind a sentence, where one was given."""
    return f". {words.strip()}" if words.strip() else ""
