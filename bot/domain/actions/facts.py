"""What can become true of an action item."""

from datetime import date
from typing import ClassVar

from bot.domain.incidents.facts import person, tail
from bot.lib.facts import Fact


class ActionFact(Fact):
    """All facts about one item carry it, so that its history can be read."""

    item: int
    title: str

    def named(self) -> str:
        return f"A-{self.item} ({self.title})"

    def __str__(self) -> str:
        return f"touched {self.named()}"


class ActionCreated(ActionFact):
    loud: ClassVar[bool] = True
    owner: int | None = None
    due: date | None = None
    kind: str
    priority: str
    team: str | None = None
    assign_by: date | None = None
    outcome: str = ""

    def __str__(self) -> str:
        owned = f" for {person(self.owner)}" if self.owner else " without an owner"
        due = f", due {self.due:%Y-%m-%d}" if self.due else ""
        return f"created action item {self.named()}{owned}{due}"


class ActionAssigned(ActionFact):
    was: int | None
    owner: int | None

    def __str__(self) -> str:
        return f"gave {self.named()} to {person(self.owner)}" + (
            f", after {person(self.was)}" if self.was else ""
        )


class ActionMoved(ActionFact):
    old: date | None
    new: date
    why: str = ""

    def __str__(self) -> str:
        return f"moved {self.named()} from {self.old or 'no date'} to {self.new}{tail(self.why)}"


class ActionChanged(ActionFact):
    """Title, outcome, team, kind or priority: what it said before, and what it says now."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        old = f" from {self.old!r}" if self.old else ""
        return f"changed {self.field} of {self.named()}{old} to {self.new or 'nothing'!r}"


class ActionBlocked(ActionFact):
    reason: str

    def __str__(self) -> str:
        return f"cannot go on with {self.named()}{tail(self.reason)}"


class ActionSnoozed(ActionFact):
    """Its reminders rest; the promise stands."""

    shown: ClassVar[bool] = False
    until: date
    reason: str

    def __str__(self) -> str:
        return f"put off the reminders of {self.named()} until {self.until}{tail(self.reason)}"


class ActionStarted(ActionFact):
    def __str__(self) -> str:
        return f"began with {self.named()}"


class ActionDone(ActionFact):
    loud: ClassVar[bool] = True
    evidence: str

    def __str__(self) -> str:
        return f"finished {self.named()}. Evidence: {self.evidence}"


class ActionVerified(ActionFact):
    loud: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"verified {self.named()}: it holds"


class ActionReopened(ActionFact):
    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return f"reopened {self.named()}{tail(self.reason)}"


class ActionDeclined(ActionFact):
    loud: ClassVar[bool] = True
    reason: str
    approver: int
    ask_again_on: date | None = None

    def __str__(self) -> str:
        return f"declined {self.named()}, agreed by {person(self.approver)}{tail(self.reason)}"


class ActionDuplicated(ActionFact):
    of: int

    def __str__(self) -> str:
        return f"left {self.named()} to A-{self.of}, which is the same"


class ActionEffectSeen(ActionFact):
    """Some time after it was verified: is the effect there?"""

    loud: ClassVar[bool] = True
    effect: str
    note: str = ""

    def __str__(self) -> str:
        seen = {"holds": "has its effect", "failed": "did not help", "unclear": "cannot be judged yet"}
        return f"looked again: {self.named()} {seen[self.effect]}{tail(self.note)}"
