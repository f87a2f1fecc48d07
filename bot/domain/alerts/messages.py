"""What a source of alerts says, in words of our own: no vendor's payload comes further than its folder."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened to an alert at its source."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    REASSIGNED = "reassigned"
    PRIORITY = "priority"
    CHANGED = "changed"  # something that only its row remembers
    NOTED = "noted"
    UPDATED = "updated"
    ASKED = "asked"
    ANSWERED = "answered"
    BRIDGE = "bridge"


@dataclass(frozen=True)
class Agent:
    """Someone, as the source knows them; their e-mail address is asked for later."""

    key: str
    name: str


@dataclass(frozen=True)
class Snapshot:
    """The whole alert, as the source saw it at that moment."""

    title: str
    status: str  # triggered | acknowledged | resolved
    source_service: str = ""  # the id of the service at the source
    service_name: str = ""
    incident_key: str = ""
    urgency: str = ""
    priority: str = ""
    url: str = ""
    escalation_policy: str = ""
    assignees: tuple[Agent, ...] = ()


@dataclass(frozen=True)
class Message:
    """One thing that a source tells about one alert."""

    id: str  # of the message, at the source: a second one of the same id changes nothing
    kind: Kind
    key: str  # of the alert, at the source
    at: datetime  # when it happened there
    agent: Agent | None = None  # who did it
    snapshot: Snapshot | None = None
    text: str = ""
    who: Agent | None = None  # whom it is about, where that is someone else
