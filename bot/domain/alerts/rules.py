"""What is allowed and what follows. Pure: no session, no clock, no I/O."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.alerts.messages import Snapshot
from bot.domain.company import Company

ECHO_FRESH = timedelta(minutes=10)  # an echo comes within seconds; a storm of retries may hold it up
PAGE_KEY = re.compile(r"^closeout/INC-(\d{1,9})/(\d{1,12})$")
OURS = re.compile(r"^\[INC-\d{1,9}/\d{1,12}\] ")


def declares(company: Company, alert: Snapshot) -> bool:
    """Is this one bad enough by itself? Priority or urgency is enough."""
    when = company.pagerduty.declare_when
    return alert.priority in when.priority or alert.urgency in when.urgency


def severity_of(company: Company, priority: str) -> str | None:
    """The severity for a priority; None where the company names none."""
    key = company.pagerduty.severity_by_priority.get(priority)
    return key if key in {severity.key for severity in company.severities} else None


def priority_of(company: Company, severity: str) -> str | None:
    """The other way round: the first priority that stands for this severity."""
    pairs = company.pagerduty.severity_by_priority.items()
    return next((priority for priority, key in pairs if key == severity), None)


def worst(company: Company, priorities: Iterable[str]) -> str | None:
    """The worst severity that any of these priorities stands for."""
    known = [key for key in (severity_of(company, priority) for priority in priorities) if key]
    return min(known, key=company.rank, default=None)


def in_window(company: Company, last_at: datetime, at: datetime) -> bool:
    """Does an alert of this moment still belong to what last moved then? Whoever joins moves the window."""
    return at - last_at <= company.group_window


def page_key(event_key: str) -> str:
    """What a ring is recognised by at the far end, however often it is tried."""
    return f"closeout/{event_key}"


def incident_of_page(incident_key: str) -> int | None:
    """The incident whose page this alert is."""
    found = PAGE_KEY.match(incident_key)
    return int(found[1]) if found else None


def ours(event_key: str, text: str) -> str:
    """A note that we leave at a source carries the fact's key: by it we know it again."""
    return f"[{event_key}] {text}"


def is_ours(note: str) -> bool:
    return OURS.match(note) is not None
