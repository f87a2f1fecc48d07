"""By when an item has an owner and by when it is done, as closeout.toml promises. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.domain.actions.model import ActionItem, Priority
from bot.domain.company import Company


class Dates(NamedTuple):
    """The days that a policy sets; None where it sets none."""

    assign_by: date | None
    due: date | None


def dates(company: Company, *, severity: str | None, team: str | None, priority: str, now: datetime) -> Dates:
    """The first policy that fits holds; what it leaves open the severity's `actions_due` says."""
    meant = company.severity_or_assumed(severity)
    policy = company.policy(severity=meant.key, team=team, priority=priority)
    assigned = policy.assigned_within if policy else None
    done = (policy.done_within if policy else None) or meant.actions_due
    return Dates(_day(company, assigned, now), _day(company, done, now))


def _day(company: Company, span: str | None, now: datetime) -> date | None:
    length = company.span(span)
    return company.day(company.workspace.timezone, company.after(length, now)) if length else None


def ask_again_on(company: Company, item: ActionItem, today: date) -> date | None:
    """What is urgent is not declined for ever: it is asked again when circumstances may have changed."""
    if item.priority != Priority.HIGH:
        return None
    length = company.span(company.reminders.ask_again_after)
    return today + (length.rough if length else timedelta(days=90))
