"""What the reminders of a day and the digests became: something to be said, to one person or one team."""

from datetime import date, datetime
from typing import ClassVar

from bot.domain.people.facts import NO_INCIDENT
from bot.lib.facts import Fact


class Addressed(Fact):
    """It goes to a person, into a team's channel, or where all incidents are announced.

    It belongs to no incident.
    """

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    key: str  # by which it is sent once
    to: int | None = None
    team: str | None = None

    def whom(self) -> str:
        if self.to is not None:
            return f"@{{p:{self.to}}}"
        return f"the team {self.team}" if self.team else "everybody"

    def __str__(self) -> str:
        return f"wrote to {self.whom()}"


class Reminded(Addressed):
    """What somebody owes, said at most once a day. The words are read from the rows when it is sent."""

    day: date
    items: tuple[str, ...]  # like action/31: what is asked of them
    escalated: tuple[str, ...] = ()  # what is late in their team
    claims: tuple[str, ...] = ()  # given back where it could not be said

    def __str__(self) -> str:
        count = len(self.items) + len(self.escalated)
        return f"reminded {self.whom()} of {count} thing{'' if count == 1 else 's'}"


class Digested(Addressed):
    """A digest of the time before `until` goes out."""

    period: str  # week or month
    until: datetime

    def __str__(self) -> str:
        return f"sent {self.whom()} the digest of the {self.period} to {self.until:%Y-%m-%d}"


class DigestChosen(Fact):
    """Somebody said when they want to be told, and how."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    needs: ClassVar[str] = "viewer"
    incident_id: int = NO_INCIDENT
    at: str
    is_off: bool
    by_mail: bool

    def __str__(self) -> str:
        when = "never" if self.is_off else self.at or "when the company's goes out"
        return f"wants the digest: {when}{', also by mail' if self.by_mail else ''}"
