"""People: who they are, on whichever platform we meet them, and who may do what."""

from bot.domain.people.access import SaidElsewhere, appoint, give, groups_named, join_groups
from bot.domain.people.facts import AccessChanged
from bot.domain.people.model import CLOSEOUT, PAGERDUTY, Access, Person, Preference
from bot.domain.people.rights import NotAllowed, gate, may, may_see, require, require_admin, sees_only_own
from bot.domain.people.verbs import (
    Introduction,
    NoSuchPerson,
    closeout,
    everybody,
    find,
    get,
    introduce,
    meant,
    named,
    of_email,
    of_slack,
    of_terminal,
    pagerduty,
    rows_of,
)
from bot.domain.people.ways import has_channels, is_in_slack, reachable
from bot.domain.people.words import spell

__all__ = [
    "CLOSEOUT",
    "PAGERDUTY",
    "Access",
    "AccessChanged",
    "Introduction",
    "NoSuchPerson",
    "NotAllowed",
    "Person",
    "Preference",
    "SaidElsewhere",
    "appoint",
    "closeout",
    "everybody",
    "find",
    "gate",
    "get",
    "give",
    "groups_named",
    "has_channels",
    "introduce",
    "is_in_slack",
    "join_groups",
    "may",
    "may_see",
    "meant",
    "named",
    "of_email",
    "of_slack",
    "of_terminal",
    "pagerduty",
    "reachable",
    "require",
    "require_admin",
    "rows_of",
    "sees_only_own",
    "spell",
]
