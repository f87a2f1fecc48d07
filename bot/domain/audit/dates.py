"""Days in SQL, in UTC as everywhere in the domain; SQLite keeps them as text, PostgreSQL as dates."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from bot.lib.db import is_postgres

EPOCH = 2440587.5  # the Julian day on which 1970 began


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

    def number(self, day: Any) -> sa.ColumnElement[Any]:
        """Days since 1970 began."""
        if self.is_postgres:
            since: sa.ColumnElement[Any] = day - sa.cast(sa.literal(date(1970, 1, 1), sa.Date), sa.Date)
            return since
        return sa.cast(sa.func.julianday(day) - EPOCH, sa.Integer)

    def between(self, earlier: Any, later: Any) -> sa.ColumnElement[Any]:
        """How many days lie between; 0 on the same day."""
        return self.number(later) - self.number(earlier)

    def week(self, day: Any) -> sa.ColumnElement[Any]:
        """Weeks begin on Monday; 1970 began on a Thursday."""
        return sa.cast(sa.func.floor((self.number(day) + 3) / 7.0), sa.Integer)

    def month(self, day: Any) -> sa.ColumnElement[Any]:
        """Months since the year 0."""
        if self.is_postgres:
            return sa.cast(sa.extract("year", day) * 12 + sa.extract("month", day) - 1, sa.Integer)
        year, month = (sa.cast(sa.func.substr(day, *place), sa.Integer) for place in ((1, 4), (6, 2)))
        return year * 12 + month - 1


def monday(week: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + week * 7 - 3)


def first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def week_of(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal() + 3) // 7


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1
