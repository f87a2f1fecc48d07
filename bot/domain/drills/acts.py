"""What the facts of an incident say about the people in it, in drill time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain.actions import ActionCreated
from bot.domain.alerts import Paged
from bot.domain.drills import rules
from bot.domain.drills.course import Act, Deed
from bot.domain.incidents.facts import (
    Acknowledged,
    HandedOff,
    MessageAdded,
    NoteAdded,
    RoleTaken,
    SeverityChanged,
    StatusChanged,
)
from bot.domain.people import CLOSEOUT, PAGERDUTY
from bot.domain.runbooks import RunbookPosted
from bot.domain.updates import UpdatePublished
from bot.lib.facts import Event, Fact

# Of each kind of fact: the deed, and what rules want to know of it.
DEEDS: dict[type[Fact], tuple[Deed, Callable[[Any], dict[str, str]]]] = {
    Acknowledged: (Deed.ACKNOWLEDGED, lambda fact: {}),
    RoleTaken: (Deed.SEATED, lambda fact: {"what": fact.role}),
    HandedOff: (Deed.HANDED_OFF, lambda fact: {"what": fact.role}),
    SeverityChanged: (Deed.SEVERITY, lambda fact: {"what": fact.new, "text": fact.why}),
    StatusChanged: (Deed.STATUS, lambda fact: {"what": fact.new.value, "text": fact.note}),
    NoteAdded: (Deed.NOTED, lambda fact: {"text": fact.text}),
    MessageAdded: (Deed.NOTED, lambda fact: {"text": fact.text}),
    UpdatePublished: (Deed.TOLD, lambda fact: {"text": fact.message}),
    Paged: (Deed.PAGED, lambda fact: {"what": fact.target, "text": fact.text}),
    RunbookPosted: (Deed.RUNBOOK, lambda fact: {"what": fact.name}),
    ActionCreated: (Deed.ACTION, lambda fact: {"text": fact.title}),
}


def act_of(event: Event, started: datetime, pace: int) -> Act | None:
    """What somebody did; what Closeout and PagerDuty do is no act of the team's."""
    fact = event.fact
    is_message = isinstance(fact, MessageAdded)
    if type(fact) not in DEEDS or (event.by in (CLOSEOUT, PAGERDUTY) and not is_message):
        return None
    deed, read = DEEDS[type(fact)]
    # A message counts from when it was said, all else from when it was recorded: nobody back-dates a deed.
    at = rules.drill_time(started, event.when if is_message else event.at, pace)
    # As it was said: 20 minutes are 20 minutes of the drill, however fast it runs.
    by = fact.next_update_by if isinstance(fact, UpdatePublished) else None
    return Act(at, deed, **read(fact), promise=by - event.at if by else None)
