"""What can become true of a postmortem."""

from datetime import datetime
from typing import ClassVar

from bot.domain.incidents.facts import person, tail
from bot.lib.facts import Fact


class PostmortemOpened(Fact):
    loud: ClassVar[bool] = True
    owner: int | None = None
    due_at: datetime | None = None
    template: str = ""

    def __str__(self) -> str:
        due = f", due {self.due_at:%Y-%m-%d %H:%M} UTC" if self.due_at else ""
        return f"opened the postmortem: {person(self.owner)} writes it{due}"


class PostmortemWritten(Fact):
    """The words are kept here too, so that no version of an answer is lost."""

    shown: ClassVar[bool] = False  # it is about the document, not about the incident
    section: str
    text: str = ""
    revision: int = 0

    def __str__(self) -> str:
        return f"{'wrote' if self.text else 'emptied'} {self.section.replace('_', ' ')!r} in the postmortem"


class PostmortemAssigned(Fact):
    owner: int
    was: int | None = None

    def __str__(self) -> str:
        after = f", after {person(self.was)}" if self.was else ""
        return f"gave the postmortem to {person(self.owner)}{after}"


class PostmortemTemplateChosen(Fact):
    shown: ClassVar[bool] = False
    template: str

    def __str__(self) -> str:
        return f"chose the template {self.template!r} for the postmortem"


class PostmortemSubmitted(Fact):
    loud: ClassVar[bool] = True
    reviewer: int | None = None
    due_at: datetime | None = None

    def __str__(self) -> str:
        to = f" to {person(self.reviewer)}" if self.reviewer else ""
        by = f", to be read by {self.due_at:%Y-%m-%d %H:%M} UTC" if self.due_at else ""
        return f"handed in the postmortem for review{to}{by}"


class PostmortemApproved(Fact):
    loud: ClassVar[bool] = True

    def __str__(self) -> str:
        return "approved the postmortem"


class PostmortemSentBack(Fact):
    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return f"sent the postmortem back{tail(self.reason)}"


class PostmortemCommented(Fact):
    shown: ClassVar[bool] = False
    comment: int
    section: str
    text: str

    def __str__(self) -> str:
        return f"commented on {self.section.replace('_', ' ')!r} of the postmortem: {self.text}"


class PostmortemCommentSettled(Fact):
    shown: ClassVar[bool] = False
    comment: int

    def __str__(self) -> str:
        return f"settled comment {self.comment} on the postmortem"


class PostmortemMeetingSet(Fact):
    shown: ClassVar[bool] = False
    meeting_at: datetime
    was: datetime | None = None

    def __str__(self) -> str:
        moved = f", moved from {self.was:%Y-%m-%d %H:%M} UTC" if self.was else ""
        return f"set the review meeting to {self.meeting_at:%Y-%m-%d %H:%M} UTC{moved}"


class PostmortemMeetingCalledOff(Fact):
    shown: ClassVar[bool] = False
    was: datetime

    def __str__(self) -> str:
        return f"called off the review meeting of {self.was:%Y-%m-%d %H:%M} UTC"


class PostmortemCommitted(Fact):
    shown: ClassVar[bool] = False
    path: str

    def __str__(self) -> str:
        return f"committed the postmortem to Git as {self.path}"


class PostmortemNotCommitted(Fact):
    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return (
            f"could not commit the postmortem to Git{tail(self.reason.rstrip('.'))}. It tries again by itself"
        )


class PostmortemPublished(Fact):
    loud: ClassVar[bool] = True
    unanswered: int = 0

    def __str__(self) -> str:
        left = f"; questions left open: {self.unanswered}" if self.unanswered else ""
        return f"published the postmortem{left}"
