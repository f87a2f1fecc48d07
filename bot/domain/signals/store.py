"""Series as rows: read into courses, and written back with the hours that are over."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from bot.domain.company import company_of
from bot.domain.signals import rules
from bot.domain.signals.course import Course, History, kept, restored
from bot.domain.signals.model import HourKept, Series
from bot.domain.signals.parsing import Sample
from bot.domain.signals.rules import Bucket, Worse
from bot.lib.db import is_postgres

MOST_SERIES = 20_000  # more would be a mistake of the sender: an id where a name belongs
PART = 300  # keys in one question


def series_for(session: Session, samples: Iterable[Sample]) -> dict[tuple[str, str], Series]:
    """The rows of all that is named, made where they are new and there is room."""
    first = {(one.customer, one.signal): one for one in samples}
    found = _known(session, list(first))
    missing = [key for key in first if key not in found]
    if missing:
        room = MOST_SERIES - session.exec(select(func.count()).select_from(Series)).one()
        _make(session, [first[key] for key in missing[: max(room, 0)]])
        found |= _known(session, missing)
    return found


def _known(session: Session, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Series]:
    found: dict[tuple[str, str], Series] = {}
    for start in range(0, len(keys), PART):
        part = keys[start : start + PART]
        asked = select(Series).where(col(Series.customer).in_({customer for customer, _ in part}))
        rows = session.exec(asked.where(col(Series.signal).in_({signal for _, signal in part})))
        found |= {(row.customer, row.signal): row for row in rows}
    return found


def _make(session: Session, samples: Iterable[Sample]) -> None:
    """Of two replicas that hear of a new series, one makes it."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    named = {rule.key: rule for rule in company_of(session).signals}
    for one in samples:
        rule = named.get(one.signal)
        row = Series(
            customer=one.customer,
            signal=one.signal,
            unit=one.unit or (rule.unit if rule else ""),
            service=(rule.service if rule else None) or one.service,
            worse=one.worse or (rule.worse if rule else Worse.UP),
            since=rules.hour_of(one.at),
        )
        session.execute(insert(Series).values(**row.model_dump(exclude={"id"})).on_conflict_do_nothing())


def course_of(series: Series) -> Course:
    return restored(
        series.state,
        since=series.since,
        worse=series.worse,
        last_at=series.last_at,
        open=series.open_kind,
    )


def history_of(session: Session, series: Series) -> History:
    """Asked once for each hour of a series."""

    def hours(wanted: Collection[int]) -> Mapping[int, Bucket]:
        asked = select(HourKept).where(HourKept.series_id == series.id, col(HourKept.hour).in_(wanted))
        return {row.hour: _bucket(row) for row in session.exec(asked)}

    return hours


def histories_of(session: Session, rows: Collection[Series], hours: Collection[int]) -> dict[int, History]:
    """The same for many series at once: these hours are asked for together, any others one by one."""
    found: dict[int, dict[int, Bucket]] = {row.id: {} for row in rows}
    ids, known = list(found), frozenset(hours)
    for start in range(0, len(ids) if hours else 0, PART):
        part = col(HourKept.series_id).in_(ids[start : start + PART])
        for kept_ in session.exec(select(HourKept).where(part, col(HourKept.hour).in_(known))):
            found[kept_.series_id][kept_.hour] = _bucket(kept_)
    return {row.id: _history(session, row, found[row.id], known) for row in rows}


def _history(session: Session, series: Series, found: Mapping[int, Bucket], known: frozenset[int]) -> History:
    def hours(wanted: list[int]) -> Mapping[int, Bucket]:
        if known.issuperset(wanted):
            return {hour: found[hour] for hour in wanted if hour in found}
        return history_of(session, series)(wanted)

    return hours


def _bucket(row: HourKept) -> Bucket:
    return Bucket(**row.model_dump(exclude={"series_id"}))


def keep(session: Session, series: Series, course: Course) -> None:
    """Write back where the course stands, and the hours that are over."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    if course.closed:
        rows = [{"series_id": series.id, **vars(bucket)} for bucket in course.closed]
        session.execute(insert(HourKept).on_conflict_do_nothing(), rows)
        course.closed.clear()
    series.since, series.last_at, series.open_kind = course.since, course.last_at, course.open
    series.last_value = course.recent[-1][1] if course.recent else series.last_value
    series.state = kept(course)
    session.add(series)


def forget(session: Session, now: datetime) -> None:
    """Hours that nothing is compared with any more."""
    oldest = rules.hour_of(now) - rules.KEPT_DAYS * rules.DAY
    session.execute(sa.delete(HourKept).where(col(HourKept.hour) < oldest))
