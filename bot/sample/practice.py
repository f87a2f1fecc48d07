"""Whose database it is: one that was used for practice is never used for real, nor the other way round."""

from typing import ClassVar

from sqlmodel import Session, col, func, select

from bot.app import House
from bot.domain import people
from bot.domain.incidents import Incident
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.facts import Event, Fact, record


class PracticeBegan(Fact):
    """The first start of the practice workspace on an empty database."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    needs: ClassVar[str] = "admin"
    incident_id: int = 0

    def __str__(self) -> str:
        return "began to practise"


class RealDatabase(Refused):
    """This database holds real incidents, and practice would mix with them.
    Give practice a place of its own: CLOSEOUT_DATA_DIR=./practice closeout sandbox. Nothing was started."""


class PracticeDatabase(Refused):
    """This database was used for practice, and what was practised would be shown as real.
    Name another one in DATABASE_URL or CLOSEOUT_DATA_DIR, or remove its file. Nothing was started."""


def begin_practice(house: House) -> None:
    """Take an empty database for practice, or go on with one that is. Raises RealDatabase."""
    with house.courier.transaction() as session:
        if is_for_practice(session):
            return
        if session.exec(select(func.count()).where(col(Incident.sample).is_(False))).one():
            raise RealDatabase
        record(session, PracticeBegan(by=people.closeout(session).id), at=house.now())


def check_real(house: House) -> None:
    """Raises PracticeDatabase. One without tables is nobody's yet."""
    if db.is_current(house.engine):
        with house.courier.reading() as session:
            if is_for_practice(session):
                raise PracticeDatabase


def is_for_practice(session: Session) -> bool:
    """Has the practice workspace been started on it?"""
    mark = Event.incident_id == 0, Event.kind == PracticeBegan.__name__
    return session.exec(select(Event.id).where(*mark).limit(1)).first() is not None
