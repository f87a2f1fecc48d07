"""Maintenance: work that customers are told of before it begins, and that begins and ends by the clock."""

from bot.domain.maintenance import asking
from bot.domain.maintenance.asking import Plan, plan
from bot.domain.maintenance.facts import (
    MaintenanceBegan,
    MaintenanceCancelled,
    MaintenanceCompleted,
    MaintenanceMoved,
    MaintenanceScheduled,
    MaintenanceTold,
)
from bot.domain.maintenance.model import Maintenance, Stage, Word
from bot.domain.maintenance.queries import (
    NoSuchMaintenance,
    ahead,
    between,
    find,
    over_since,
    page,
    under_way,
    waiting,
    words_of,
)
from bot.domain.maintenance.rules import moment_ahead, span_or_moment
from bot.domain.maintenance.verbs import advance, begin, cancel, complete, extend, move, schedule, tell

FACTS = (
    MaintenanceScheduled,
    MaintenanceBegan,
    MaintenanceMoved,
    MaintenanceTold,
    MaintenanceCompleted,
    MaintenanceCancelled,
)

__all__ = [
    "FACTS",
    "Maintenance",
    "MaintenanceBegan",
    "MaintenanceCancelled",
    "MaintenanceCompleted",
    "MaintenanceMoved",
    "MaintenanceScheduled",
    "MaintenanceTold",
    "NoSuchMaintenance",
    "Plan",
    "Stage",
    "Word",
    "advance",
    "ahead",
    "asking",
    "begin",
    "between",
    "cancel",
    "complete",
    "extend",
    "find",
    "moment_ahead",
    "move",
    "over_since",
    "page",
    "plan",
    "schedule",
    "span_or_moment",
    "tell",
    "under_way",
    "waiting",
    "words_of",
]
