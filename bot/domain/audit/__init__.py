"""The audit: what was promised after incidents, what came of it, and how long it took."""

from bot.domain.audit.exporting import COLUMNS, TYPES, export, rows
from bot.domain.audit.figures import Counts, Group, Lengths, Spread, by_age, groups, key_word, lengths, total
from bot.domain.audit.listing import Change, Listed, items
from bot.domain.audit.report import Report, report
from bot.domain.audit.scope import BREAKDOWNS, NONE, PERIODS, STATES, BadPeriod, Scope, read
from bot.domain.audit.series import Series, Step, series

__all__ = [
    "BREAKDOWNS",
    "COLUMNS",
    "NONE",
    "PERIODS",
    "STATES",
    "TYPES",
    "BadPeriod",
    "Change",
    "Counts",
    "Group",
    "Lengths",
    "Listed",
    "Report",
    "Scope",
    "Series",
    "Spread",
    "Step",
    "by_age",
    "export",
    "groups",
    "items",
    "key_word",
    "lengths",
    "read",
    "report",
    "rows",
    "series",
    "total",
]
