"""Hearing signals, and noticing when they stop."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.domain import customers, people
from bot.domain.customers import Customer, CustomerReport
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.signals import cases, store
from bot.domain.signals.course import Course, History, Turn
from bot.domain.signals.facts import SenderSilent
from bot.domain.signals.model import Case, Series, Watch
from bot.domain.signals.parsing import Sample
from bot.domain.signals.rules import SHORTEST_GAP, hour_of, like
from bot.lib.facts import line_up, record

LISTENING = -3  # no incident has this number: the line of those who hear signals
JUDGED_FOR = timedelta(hours=2)  # older samples teach, and open no case
ASLEEP = timedelta(minutes=5)  # without a look for so long, nobody listened
GIVEN_UP = timedelta(days=3)  # then an open case is how it is
FEW, MOST_OF = 5, 0.6  # so many series, and so large a part of all, do not fall silent by chance


def heard(session: Session, samples: Iterable[Sample], *, now: datetime) -> int:
    """Take samples in; answers how many cases were opened. What comes out of its order is left alone."""
    line_up(session, LISTENING)
    by_series: dict[tuple[str, str], list[Sample]] = {}
    for one in samples:
        by_series.setdefault((one.customer, one.signal), []).append(one)
    rows = store.series_for(session, [group[0] for group in by_series.values()])
    known = [
        (rows[key], sorted(group, key=lambda one: one.at)) for key, group in by_series.items() if key in rows
    ]
    histories = _histories(session, known, now)
    opened = sum(_take(session, series, group, histories[series.id], now) for series, group in known)
    _wake(session)
    session.flush()
    return opened


def _histories(
    session: Session, known: Sequence[tuple[Series, Sequence[Sample]]], now: datetime
) -> dict[int, History]:
    """Asked together for those in which a new hour begins; most samples ask for nothing."""
    turning = [series for series, group in known if _turns_hour(series, group[-1], now)]
    hours = {
        hour
        for series in turning
        for this in (hour_of(now), series.state.get("normal_of", -1))
        for hour in like(this, series.since)
        if this > 0
    }
    found = store.histories_of(session, turning, hours)
    rest = {series.id: store.history_of(session, series) for series, _ in known if series.id not in found}
    return found | rest


def _turns_hour(series: Series, last: Sample, now: datetime) -> bool:
    return now - last.at <= JUDGED_FOR and bool(series.state.get("normal_of", -1) != hour_of(last.at))


def _take(
    session: Session, series: Series, samples: Sequence[Sample], history: History, now: datetime
) -> int:
    course, opened = store.course_of(series), 0
    for one in samples:
        if course.last_at is not None and one.at < course.last_at:
            continue
        is_judged = now - one.at <= JUDGED_FOR
        for turn in course.take(one.at, one.value, history, judged=is_judged):
            opened += _follow(session, series, course, turn, now)
    store.keep(session, series, course)
    return opened


def _follow(session: Session, series: Series, course: Course, turn: Turn, now: datetime) -> bool:
    if turn.is_over:
        cases.end_case(session, series, now=now)
        return False
    if cases.open_case(session, series, course, turn, now=now) is None:
        course.open = ""  # nobody could be asked; it is seen again once the customer is in the register
        return False
    return True


# ---- what is not heard


def is_watched(session: Session) -> bool:
    """Is there anything to watch?"""
    return session.exec(select(Series.id).limit(1)).first() is not None


def look(session: Session, *, now: datetime) -> int:
    """Once a minute: who fell silent, and what has been odd for so long that it is usual."""
    line_up(session, LISTENING)
    watch = _watch(session, now)
    silent = _silent(session, watch, now)
    opened = 0
    if len(silent) >= FEW and len(silent) > MOST_OF * _active(session, now):
        _blame_sender(session, watch, len(silent), now)
    else:
        for series, course, turn in silent:
            opened += _follow(session, series, course, turn, now)
            store.keep(session, series, course)
    _give_up(session, now)
    return opened


def _watch(session: Session, now: datetime) -> Watch:
    """The one row. Whoever slept begins to listen now."""
    watch = session.get(Watch, 1) or Watch(id=1, looked_at=now, awake_since=now)
    if now - watch.looked_at > ASLEEP:
        watch.awake_since = now
    if hour_of(watch.looked_at) != hour_of(now):
        store.forget(session, now)
    watch.looked_at = now
    session.add(watch)
    session.flush()
    return watch


def _silent(session: Session, watch: Watch, now: datetime) -> list[tuple[Series, Course, Turn]]:
    asked = select(Series).where(
        Series.open_kind == "",
        col(Series.last_at) < now - SHORTEST_GAP,
        col(Series.last_at) > now - GIVEN_UP,
    )
    found: list[tuple[Series, Course, Turn]] = []
    if watch.silent_since is not None:
        return found  # that was said, and it is nobody's trouble but the sender's
    for series in session.exec(asked).all():
        course, history = store.course_of(series), store.history_of(session, series)
        if course.normal_of != hour_of(now):
            course.learn(hour_of(now), history)
            store.keep(session, series, course)  # once an hour, however long it is silent
        found += [(series, course, turn) for turn in course.look(now, watch.awake_since, history)]
    return found


def _active(session: Session, now: datetime) -> int:
    """Series that were heard within a day."""
    asked = select(func.count()).select_from(Series).where(col(Series.last_at) > now - timedelta(days=1))
    return session.exec(asked).one()


def _blame_sender(session: Session, watch: Watch, count: int, now: datetime) -> None:
    """Said once, until something is heard again."""
    if watch.silent_since is None:
        watch.silent_since = now
        session.add(watch)
        record(session, SenderSilent(by=people.CLOSEOUT, count=count), at=now)


def _wake(session: Session) -> None:
    """Something is heard again."""
    watch = session.get(Watch, 1)
    if watch is not None and watch.silent_since is not None:
        watch.silent_since, watch.awake_since = None, watch.looked_at
        session.add(watch)


def _give_up(session: Session, now: datetime) -> None:
    """What has been odd for days is how it is; it is learnt anew."""
    asked = select(Case).where(col(Case.ended_at).is_(None), col(Case.opened_at) < now - GIVEN_UP)
    for case in session.exec(asked).all():
        series = session.get_one(Series, case.series_id)
        course = store.course_of(series)
        course.accept(hour_of(case.began_at))
        cases.end_case(session, series, now=now, why="It has been like this for three days")
        store.keep(session, series, course)


# ---- they told us


def note_report(
    session: Session,
    customer: Customer,
    *,
    at: datetime,
    by: Person,
    now: datetime,
    words: str = "",
    incident: Incident | None = None,
) -> CustomerReport:
    """A customer told us: of this incident, else of the live one that hurts them, else of their open case."""
    incident = incident or customers.live_for(session, customer)  # that one, everybody of the company sees
    if incident is None:
        customers.check_sees(by)
    case = open_for(session, customer) if incident is None else None
    return customers.reported(
        session,
        incident,
        customer,
        at=at,
        by=by,
        now=now,
        words=words,
        case_id=case.id if case else None,
    )


def open_for(session: Session, customer: Customer) -> Case | None:
    """The newest case of this customer that is open."""
    asked = select(Case).where(
        Case.customer_id == customer.id, col(Case.ended_at).is_(None), col(Case.incident_id).is_(None)
    )
    return session.exec(asked.order_by(col(Case.id).desc())).first()
