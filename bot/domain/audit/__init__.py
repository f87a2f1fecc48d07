"""The audit: what was promised after incidents, what came of it, and how long it took."""

from bot.domain.audit.exporting import COLUMNS, TYPES, export, rows
from bot.domain.audit.figures import Counts, Spread
from bot.domain.audit.listing import Change, Listed, items
from bot.domain.audit.owners import PerOwner
from bot.domain.audit.report import Line, Report, report
from bot.domain.audit.scope import ANY, BREAKDOWNS, NONE, PERIODS, STATES, BadPeriod, Scope, read
from bot.domain.audit.series import Series, Step

__all__ = [
    "ANY",
    "BREAKDOWNS",
    "COLUMNS",
    "NONE",
    "PERIODS",
    "STATES",
    "TYPES",
    "BadPeriod",
    "Change",
    "Counts",
    "Line",
    "Listed",
    "PerOwner",
    "Report",
    "Scope",
    "Series",
    "Spread",
    "Step",
    "export",
    "items",
    "read",
    "report",
    "rows",
]
