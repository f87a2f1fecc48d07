"""People: who they are, on whichever platform we meet them, and who may do what."""

from bot.domain.people.model import CLOSEOUT, PAGERDUTY, Access, Person
from bot.domain.people.rights import NotAllowed, may_see, require_admin, sees_only_own
from bot.domain.people.verbs import (
    Introduction,
    NoSuchPerson,
    closeout,
    everybody,
    find,
    get,
    introduce,
    let_administrate,
    meant,
    named,
    of_email,
    of_slack,
    of_terminal,
    pagerduty,
    rows_of,
)
from bot.domain.people.words import spell

__all__ = [
    "CLOSEOUT",
    "PAGERDUTY",
    "Access",
    "Introduction",
    "NoSuchPerson",
    "NotAllowed",
    "Person",
    "closeout",
    "everybody",
    "find",
    "get",
    "introduce",
    "let_administrate",
    "may_see",
    "meant",
    "named",
    "of_email",
    "of_slack",
    "of_terminal",
    "pagerduty",
    "require_admin",
    "rows_of",
    "sees_only_own",
    "spell",
]
