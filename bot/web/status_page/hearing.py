"""Has anything been published since? One cheap question, which a storm of other facts does not disturb."""

from typing import NamedTuple

from sqlmodel import Session, col, func, select

from bot.domain import maintenance
from bot.domain.incidents.facts import Cancelled, Closed, Merged, Reopened, ServicesChanged
from bot.domain.postmortems.summaries import SummaryPublished, SummaryWithdrawn
from bot.domain.updates import UpdatePublished
from bot.lib.facts import Event

OVERLAP = 200  # a lower number may be committed after a higher one
SHOWN = (
    UpdatePublished,
    Cancelled,
    Closed,
    Merged,
    Reopened,
    ServicesChanged,
    SummaryPublished,
    SummaryWithdrawn,
    *maintenance.FACTS,
)
KINDS = tuple(fact.__name__ for fact in SHOWN)


class Heard(NamedTuple):
    """The newest fact of all, and which of the last ones are told to the public."""

    newest: int
    ids: frozenset[int]


def publications(session: Session, after: int) -> Heard:
    """What was published after that fact, and shortly before it."""
    newest = session.exec(select(func.max(Event.id))).one() or 0
    since = min(after or newest, newest) - OVERLAP
    asked = select(Event.id).where(Event.id > since, col(Event.kind).in_(KINDS))
    return Heard(newest, frozenset(session.exec(asked)))
