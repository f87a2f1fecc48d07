"""What was heard, what was caused and what will come back: so that nothing is taken for news twice."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.domain.alerts.messages import Message
from bot.domain.alerts.model import AlertCause, AlertEcho, AlertMark
from bot.domain.alerts.rules import ECHO_FRESH
from bot.domain.incidents import Incident
from bot.lib.db import is_postgres
from bot.lib.facts import Event


def claim(session: Session, source: str, keys: Iterable[str], *, now: datetime) -> set[str]:
    """Those of these keys that nobody has claimed before; from now on they are taken."""
    rows = [{"source": source, "key": key, "at": now} for key in keys]
    if not rows:
        return set()
    insert = (postgresql.insert if is_postgres(session) else sqlite.insert)(AlertMark.__table__)  # type: ignore[attr-defined]
    claimed = insert.on_conflict_do_nothing(index_elements=["source", "key"]).returning(col(AlertMark.key))
    return set(session.connection().execute(claimed, rows).scalars())


def unheard(session: Session, source: str, messages: list[Message], *, now: datetime) -> list[Message]:
    """The messages that are new, each once, in the order in which they came."""
    first = {f"message/{message.id}": message for message in reversed(messages)}
    new = claim(session, source, first, now=now)
    kept = [message for key, message in first.items() if key in new]
    return kept[::-1]


@contextmanager
def caused(session: Session, incident: Incident, source: str) -> Iterator[None]:
    """Whatever becomes true of the incident in here, the source knows already."""
    mine = select(Event.id).where(Event.incident_id == incident.id)
    last = session.exec(mine.order_by(col(Event.id).desc()).limit(1)).first() or 0
    yield
    for id in session.exec(mine.where(col(Event.id) > last)):
        session.add(AlertCause(event_id=id, source=source))


def was_caused(session: Session, event_id: int, source: str) -> bool:
    cause = session.get(AlertCause, event_id)
    return cause is not None and cause.source == source


def expect(session: Session, source: str, keys: Iterable[str], said: str, *, now: datetime) -> None:
    """We are about to tell the source this about these alerts; it will come back."""
    rows = [{"source": source, "key": key, "said": said, "at": now} for key in keys]
    if not rows:
        return
    insert = (postgresql.insert if is_postgres(session) else sqlite.insert)(AlertEcho.__table__)  # type: ignore[attr-defined]
    again = insert.on_conflict_do_update(index_elements=["source", "key", "said"], set_={"at": now})
    session.connection().execute(again, rows)


class Echoes:
    """What we have said about these alerts and not yet heard back. Each echo comes back once."""

    def __init__(self, session: Session, source: str, keys: Iterable[str]) -> None:
        asked = select(AlertEcho).where(AlertEcho.source == source, col(AlertEcho.key).in_(keys))
        self.session, self.rows = session, {(echo.key, echo.said): echo for echo in session.exec(asked)}

    def answer(self, message: Message, said: str) -> bool:
        """Is this what we have said ourselves?"""
        echo = self.rows.pop((message.key, said), None)
        if echo is None:
            return False
        self.session.delete(echo)
        return abs(message.at - echo.at) <= ECHO_FRESH
