"""The rows of one batch: read at once, changed in memory, written at once. A storm brings thousands."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.domain.alerts import rules
from bot.domain.alerts.messages import Snapshot
from bot.domain.alerts.model import Alert, AlertStatus
from bot.domain.company import Company
from bot.lib.db import is_postgres

TABLE: sa.Table = Alert.__table__  # type: ignore[attr-defined]
KEY = ("source", "key")


@dataclass(slots=True)
class Draft:
    """An alert as it will be written."""

    source: str
    key: str
    began_at: datetime
    last_at: datetime
    incident_id: int | None = None
    incident_key: str = ""
    source_service: str = ""
    service_name: str = ""
    service: str | None = None
    title: str = ""
    status: str = AlertStatus.TRIGGERED.value
    urgency: str = ""
    priority: str = ""
    url: str = ""
    escalation_policy: str = ""
    is_page: bool = False

    @property
    def is_open(self) -> bool:
        return self.status != AlertStatus.RESOLVED

    def show(self, seen: Snapshot, at: datetime, company: Company) -> None:
        """It is now as the source saw it at that moment."""
        service = company.service_of_pagerduty(seen.source_service)
        self.title, self.status, self.url = seen.title or "Untitled alert", seen.status, seen.url
        self.urgency, self.priority = seen.urgency, seen.priority
        self.source_service, self.service_name = seen.source_service, seen.service_name
        self.service = service.key if service else None
        self.incident_key, self.escalation_policy = seen.incident_key, seen.escalation_policy
        self.is_page = rules.incident_of_page(seen.incident_key) is not None
        self.last_at = at


NAMES = [field.name for field in fields(Draft)]
COLUMNS = [TABLE.c[name] for name in NAMES]


def load(session: Session, source: str, keys: Iterable[str]) -> dict[str, Draft]:
    asked = sa.select(*COLUMNS).where(TABLE.c.source == source, TABLE.c.key.in_(keys))
    return {row.key: Draft(**row._mapping) for row in session.connection().execute(asked)}


def save(session: Session, drafts: Iterable[Draft]) -> None:
    rows = [{name: getattr(draft, name) for name in NAMES} for draft in drafts]
    if not rows:
        return
    insert = (postgresql.insert if is_postgres(session) else sqlite.insert)(TABLE)
    new = {
        column.name: insert.excluded[column.name]
        for column in COLUMNS
        if column.name not in (*KEY, "began_at")
    }
    session.connection().execute(insert.on_conflict_do_update(index_elements=KEY, set_=new), rows)
