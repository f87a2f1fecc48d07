"""Alerts: what monitors and pagers raise. They join an incident, declare one, or are just remembered."""

from bot.domain.alerts import rules
from bot.domain.alerts.facts import (
    AlertPriorityChanged,
    AlertsAcknowledged,
    AlertsEscalated,
    AlertsFact,
    AlertsJoined,
    AlertsReassigned,
    AlertsReopened,
    AlertsResolved,
    AlertsUnacknowledged,
    AlertUpdateHeard,
    BridgeChanged,
    NobodyOnCall,
    Paged,
    PageSent,
    ResponderAnswered,
    ResponderAsked,
    SourceRefused,
)
from bot.domain.alerts.marks import claim, expect, was_caused
from bot.domain.alerts.messages import Agent, Kind, Message, Snapshot
from bot.domain.alerts.model import PAGERDUTY, Alert, AlertStatus, Contact
from bot.domain.alerts.paging import nobody_on_call, page, page_sent, refused
from bot.domain.alerts.queries import count, keys_in, lead, of, person_of
from bot.domain.alerts.verbs import joined_by, met, opened, seat_on_call, wants_commander

__all__ = [
    "PAGERDUTY",
    "Agent",
    "Alert",
    "AlertPriorityChanged",
    "AlertStatus",
    "AlertUpdateHeard",
    "AlertsAcknowledged",
    "AlertsEscalated",
    "AlertsFact",
    "AlertsJoined",
    "AlertsReassigned",
    "AlertsReopened",
    "AlertsResolved",
    "AlertsUnacknowledged",
    "BridgeChanged",
    "Contact",
    "Kind",
    "Message",
    "NobodyOnCall",
    "PageSent",
    "Paged",
    "ResponderAnswered",
    "ResponderAsked",
    "Snapshot",
    "SourceRefused",
    "claim",
    "count",
    "expect",
    "joined_by",
    "keys_in",
    "lead",
    "met",
    "nobody_on_call",
    "of",
    "opened",
    "page",
    "page_sent",
    "person_of",
    "refused",
    "rules",
    "seat_on_call",
    "wants_commander",
    "was_caused",
]
