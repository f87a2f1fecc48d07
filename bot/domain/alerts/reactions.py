"""What alerts do when something happens to their incident."""

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.alerts.model import Alert
from bot.domain.incidents.facts import Merged
from bot.lib.facts import on


@on(Merged, name="alerts.move")
def move(session: Session, fact: Merged) -> None:
    """Alerts go where the work goes on."""
    theirs = sa.update(Alert).where(col(Alert.incident_id) == fact.incident_id)
    session.execute(theirs.values(incident_id=fact.into))
