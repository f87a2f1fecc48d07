"""Questions about maintenance: what is ahead, what is under way, what was."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select

from bot.domain.maintenance.model import Maintenance, Stage, Word
from bot.lib import db
from bot.lib.errors import Refused

REF = re.compile(r"(?:m-?)?(\d{1,9})", re.IGNORECASE)


class NoSuchMaintenance(Refused):
    """There is no such maintenance. Its number stands in the list, like M-3."""


def find(session: Session, ref: str) -> Maintenance:
    """By M-3, m3 or 3. Raises NoSuchMaintenance."""
    word = ref.strip()
    meant = REF.fullmatch(word)
    found = db.row(session, Maintenance, int(meant[1])) if meant else None
    if found is None:
        raise NoSuchMaintenance(
            f"There is no maintenance {word!r}. Write its number, like M-3. Nothing was changed."
        )
    return found


def ahead(session: Session) -> list[Maintenance]:
    """What is planned, the next one first."""
    asked = select(Maintenance).where(Maintenance.stage == Stage.SCHEDULED)
    return list(session.exec(asked.order_by(col(Maintenance.starts_at), col(Maintenance.id))))


def under_way(session: Session) -> list[Maintenance]:
    asked = select(Maintenance).where(Maintenance.stage == Stage.IN_PROGRESS)
    return list(session.exec(asked.order_by(col(Maintenance.starts_at), col(Maintenance.id))))


def over_since(session: Session, since: datetime) -> list[Maintenance]:
    """What ended or was cancelled since then, the newest first."""
    asked = select(Maintenance).where(col(Maintenance.ended_at) >= since)
    return list(session.exec(asked.order_by(col(Maintenance.ended_at).desc(), col(Maintenance.id).desc())))


def between(session: Session, since: datetime, until: datetime) -> list[Maintenance]:
    """What is over and began, or should have begun, in that time; the newest first."""
    over = col(Maintenance.stage).in_([Stage.COMPLETED, Stage.CANCELLED])
    asked = select(Maintenance).where(over, Maintenance.starts_at >= since, Maintenance.starts_at < until)
    return list(session.exec(asked.order_by(col(Maintenance.starts_at).desc(), col(Maintenance.id).desc())))


def page(session: Session, limit: int = 100) -> list[Maintenance]:
    """All of them, the newest first."""
    asked = select(Maintenance).order_by(col(Maintenance.starts_at).desc(), col(Maintenance.id).desc())
    return list(session.exec(asked.limit(limit)))


def words_of(session: Session, found: Iterable[Maintenance]) -> dict[int, list[Word]]:
    """Maintenance -> what was told of it, the newest first."""
    ids = [each.id for each in found]
    told: dict[int, list[Word]] = {id: [] for id in ids}
    if ids:
        asked = select(Word).where(col(Word.maintenance_id).in_(ids))
        for word in session.exec(asked.order_by(col(Word.at).desc(), col(Word.id).desc())):
            told[word.maintenance_id].append(word)
    return told


def waiting(session: Session, now: datetime) -> list[int]:
    """Those whose time to begin or to end has come."""
    begins = (col(Maintenance.stage) == Stage.SCHEDULED) & (col(Maintenance.starts_at) <= now)
    ends = (col(Maintenance.stage) == Stage.IN_PROGRESS) & (col(Maintenance.ends_at) <= now)
    return list(session.exec(select(Maintenance.id).where(or_(begins, ends)).order_by(col(Maintenance.id))))
