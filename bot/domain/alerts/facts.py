"""What can become true of an incident's alerts. A sentence stands behind its author's name."""

from typing import ClassVar

from bot.lib.facts import Fact
from bot.lib.words import cut, plural

SHOWN = 3  # titles in a sentence; the rest is a number


class AlertsFact(Fact):
    """About one or many alerts at once: a storm is one fact."""

    shown: ClassVar[bool] = False
    source: str
    count: int = 1
    titles: tuple[str, ...] = ()
    agent: str = ""  # who did it at the source, where we do not know the person yet
    agent_key: str = ""
    url: str = ""  # of the only one

    @property
    def alerts(self) -> str:
        """`the alert High latency`, or `1,200 alerts: High latency, Disk full and 1,198 more`."""
        names = [cut(title, 120) for title in self.titles[:SHOWN]]
        if self.count == 1:
            return f"the alert {names[0]}" if names else "an alert"
        more = f" and {self.count - len(names):,} more" if self.count > len(names) else ""
        return f"{plural(self.count, 'alert')}: {', '.join(names)}{more}"

    @property
    def who(self) -> str:
        return f" ({self.agent})" if self.agent else ""

    def __str__(self) -> str:
        return f"told about {self.alerts}"


class AlertsJoined(AlertsFact):
    shown: ClassVar[bool] = True
    services: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" on {', '.join(self.services)}" if self.services else ""
        return f"raised {self.alerts}{where}"


class AlertsAcknowledged(AlertsFact):
    shown: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"acknowledged {self.alerts}{self.who}"


class AlertsUnacknowledged(AlertsFact):
    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"took back the acknowledgement of {self.alerts}{self.who}"


class AlertsResolved(AlertsFact):
    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True
    left: int = 0  # still open after that

    def __str__(self) -> str:
        left = f"{plural(self.left, 'alert')} still open" if self.left else "no alert is open any more"
        return f"resolved {self.alerts}{self.who}; {left}"


class AlertsReopened(AlertsFact):
    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"reopened {self.alerts}{self.who}"


class AlertsEscalated(AlertsFact):
    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True
    to: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"escalated {self.alerts}{_to(self.to)}{self.who}"


class AlertsReassigned(AlertsFact):
    shown: ClassVar[bool] = True
    to: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"reassigned {self.alerts}{_to(self.to)}{self.who}"


class AlertPriorityChanged(AlertsFact):
    shown: ClassVar[bool] = True
    priority: str = ""

    def __str__(self) -> str:
        return f"set the priority of {self.alerts} to {self.priority or 'none'}{self.who}"


class AlertUpdateHeard(AlertsFact):
    """Someone wrote a status update at the source."""

    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True
    text: str

    def __str__(self) -> str:
        return f"published a status update{self.who}: {self.text}"


class ResponderAsked(AlertsFact):
    shown: ClassVar[bool] = True
    name: str
    text: str = ""

    def __str__(self) -> str:
        return f"asked {self.name} for help{self.who}" + (f": {self.text}" if self.text else "")


class ResponderAnswered(AlertsFact):
    shown: ClassVar[bool] = True
    name: str
    state: str = ""

    def __str__(self) -> str:
        return f"heard from {self.name}, who was asked for help: {self.state or 'answered'}"


class BridgeChanged(AlertsFact):
    shown: ClassVar[bool] = True
    loud: ClassVar[bool] = True
    text: str

    def __str__(self) -> str:
        return f"set the conference bridge to {self.text or 'none'}{self.who}"


class Paged(Fact):
    """Someone is to be rung; the fact's key is what a repeated ring is recognised by."""

    loud: ClassVar[bool] = True
    target: str  # "Checkout on-call", or a person as @{p:12}
    text: str = ""
    service: str | None = None
    person: int | None = None
    drill: bool = False  # practice: it is written down, and nobody is rung

    def __str__(self) -> str:
        rang = " (a drill: nobody was rung)" if self.drill else ""
        return f"paged {self.target}{rang}" + (f". {self.text}" if self.text else "")


class PageSent(Fact):
    source: str
    target: str

    def __str__(self) -> str:
        return f"took the page for {self.target}"


class SourceRefused(Fact):
    """What we asked of a source was not done, and will not be tried again."""

    loud: ClassVar[bool] = True
    source: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"refused to {self.what}: {self.why}"


class NobodyOnCall(Fact):
    loud: ClassVar[bool] = True
    source: str
    service: str

    def __str__(self) -> str:
        return f"knows nobody on call for {self.service}. Take a seat: /incident join commander"


def _to(names: tuple[str, ...]) -> str:
    return f" to {', '.join(names)}" if names else ""
