"""Days, in UTC as everywhere in the domain. In SQL, SQLite keeps them as text and PostgreSQL as dates."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from bot.lib.db import is_postgres

EPOCH = date(1970, 1, 1).toordinal()


class Dates:
    def __init__(self, session: Session) -> None:
        self.is_postgres = is_postgres(session)

    def of(self, moment: Any) -> sa.ColumnElement[Any]:
        """The day of a moment."""
        if self.is_postgres:
            return sa.cast(sa.func.timezone("UTC", moment), sa.Date)
        return sa.func.substr(sa.type_coerce(moment, sa.String), 1, 10)

    def plain(self, day: Any) -> sa.ColumnElement[Any]:
        """A column of days, so that it can be compared with the day of a moment."""
        return sa.type_coerce(day, sa.Date if self.is_postgres else sa.String)

    def said(self, day: date) -> sa.ColumnElement[Any]:
        if self.is_postgres:
            return sa.cast(sa.literal(day, sa.Date), sa.Date)
        return sa.literal(day.isoformat())


def number_of(day: date) -> int:
    """Days since 1970 began, as tallies count them."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    return date.fromordinal(EPOCH + number)


def monday(week: int) -> date:
    return date.fromordinal(EPOCH + week * 7 - 3)


def first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def week_of(day: date) -> int:
    return (number_of(day) + 3) // 7


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1
