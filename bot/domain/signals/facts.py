"""What can become true of quiet cases. Most belong to no incident."""

from typing import ClassVar

from bot.domain.incidents.facts import tail
from bot.domain.people.facts import NO_INCIDENT
from bot.lib.facts import Fact
from bot.lib.words import plural


class CaseFact(Fact):
    """It knows its own sentence, for evidence is read when the numbers have moved on."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    case: int
    name: str  # of the customer
    what: str  # the signal, in words

    def __str__(self) -> str:
        return f"looked at {self.what} of {self.name}"


class CaseOpened(CaseFact):
    said: str  # value, usual value, since when
    owner: int | None = None
    word: int | None = None  # the drafted word to the customer

    def __str__(self) -> str:
        return f"saw something unusual at {self.name}: {self.said}"


class CaseEnded(CaseFact):
    """It is like usual again."""

    def __str__(self) -> str:
        return f"saw {self.what} of {self.name} come back to usual"


class CaseDismissed(CaseFact):
    why: str

    def __str__(self) -> str:
        return f"said what the case of {self.name} was{tail(self.why)}"


class CaseAccepted(CaseFact):
    def __str__(self) -> str:
        return f"took {self.what} of {self.name} as usual from now on"


class SignalShown(Fact):
    """The evidence, on the incident's timeline."""

    case: int
    name: str
    said: str
    chart: str

    def __str__(self) -> str:
        return f"saw it in a signal of {self.name}: {self.said} {self.chart}"


class SignalCalmed(Fact):
    """What showed the incident is like usual again."""

    case: int
    name: str
    what: str

    def __str__(self) -> str:
        return f"saw {self.what} of {self.name} come back to usual"


class SenderSilent(Fact):
    """Nearly all signals stopped at once: that is no customer's trouble, but the sender's."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    count: int

    def __str__(self) -> str:
        return (
            f"has heard nothing of {plural(self.count, 'signal')} at once: look at what sends them, "
            "before anybody asks a customer"
        )
