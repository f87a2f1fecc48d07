"""Taking sample data away: every row of a sample incident, in every table, also in those yet to come."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from bot.app import House
from bot.domain import feedback
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.people.words import HOLE
from bot.lib.errors import Refused
from bot.lib.facts import Event
from bot.sample.facts import SampleLoaded

NAMES_A_PERSON = {"by", "person", "owner", "was", "approver", "author", "commander", "to"}  # in facts


class NothingToClear(Refused):
    """There is no sample data here. Load it: closeout sample load"""


def clear(house: House) -> int:
    """Remove all sample incidents and what hangs on them; answers how many there were."""
    with house.courier.transaction() as session:
        ids = list(session.exec(select(Incident.id).where(col(Incident.sample))))
        if not ids:
            raise NothingToClear
        made_known = _made_known(session)
        for table in reversed(SQLModel.metadata.sorted_tables):
            if (doomed := _doomed(table, ids)) is not None:
                _let_go(session, table, doomed)
                session.execute(sa.delete(table).where(doomed))
        feedback.recount(session)
        _forget(session, made_known)
    return len(ids)


def _doomed(table: sa.Table, ids: list[int]) -> sa.ColumnElement[bool] | None:
    """Which rows of this table belong to these incidents: by their number, or through another table."""
    if table.name == Incident.__tablename__:
        return table.c.id.in_(ids)
    mine = [table.c.incident_id.in_(ids)] if "incident_id" in table.c else []
    if "event_id" in table.c:
        events: Any = SQLModel.metadata.tables[str(Event.__tablename__)]
        mine.append(table.c.event_id.in_(sa.select(events.c.id).where(events.c.incident_id.in_(ids))))
    for key in table.foreign_keys:
        other = key.column.table
        if other is not table and (theirs := _doomed(other, ids)) is not None:
            mine.append(key.parent.in_(sa.select(key.column).where(theirs)))
    return sa.or_(*mine) if mine else None


def _let_go(session: Session, table: sa.Table, doomed: sa.ColumnElement[bool]) -> None:
    """What stays may point at a row of the same table that goes: an item that was the same as a sample's."""
    for key in table.foreign_keys:
        if key.column.table is table:
            gone = sa.select(key.column).where(doomed)
            pointing = sa.update(table).where(key.parent.in_(gone))
            session.execute(pointing.values({key.parent.name: None}))


def _made_known(session: Session) -> set[int]:
    """Whom the load made known."""
    rows = session.exec(select(Event).where(Event.kind == SampleLoaded.__name__))
    return {id for row in rows for id in getattr(row.fact, "people", ())}


def _forget(session: Session, persons: set[int]) -> None:
    """People whom nothing names any more; who has done something since, stays."""
    left = persons - _pointed_at(session, persons)
    if left:
        left -= {id for data in session.exec(select(Event.data)) for id in _named(data)}
    if left:
        session.execute(sa.delete(Person).where(col(Person.id).in_(left)))


def _pointed_at(session: Session, persons: set[int]) -> set[int]:
    found = set(session.exec(select(Event.by).where(col(Event.by).in_(persons))))
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Person.__tablename__:
                asked = sa.select(key.parent).where(key.parent.in_(persons)).distinct()
                found |= set(session.execute(asked).scalars())
    return found


def _named(data: Mapping[str, Any]) -> Iterator[int]:
    """The people whom a fact names, by number or inside its words."""
    for key, value in data.items():
        if isinstance(value, int) and key in NAMES_A_PERSON:
            yield value
        elif isinstance(value, str):
            yield from (int(number) for number in HOLE.findall(value))
