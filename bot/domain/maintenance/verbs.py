"""Planning a maintenance, beginning, moving and ending it. Verbs write rows and facts; they never commit."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.domain import components, incidents, people
from bot.domain.company import company_of
from bot.domain.components import ComponentState
from bot.domain.maintenance import facts, rules
from bot.domain.maintenance.model import Maintenance, Stage, Word
from bot.domain.people import Person
from bot.lib import db
from bot.lib.facts import line_up, record

LINE = -2  # no incident has this number: whoever changes a maintenance waits here for the others


def schedule(
    session: Session,
    title: str,
    starts: datetime,
    ends: datetime,
    *,
    by: Person,
    now: datetime,
    affects: Iterable[str] = (),
    message: str = "",
) -> Maintenance:
    """Plan it and tell customers. What starts within this minute begins at once."""
    rules.check_person(by)
    rules.check_times(starts, ends, now)
    named = incidents.rules.text(title, "title")
    what = Maintenance(
        title=incidents.rules.title(named),
        components=_meant(session, affects),
        starts_at=starts,
        ends_at=ends,
        scheduled_by=by.id,
        scheduled_at=now,
    )
    session.add(what)
    session.flush()
    said = _say(session, what, message, by, now)
    times = {"starts_at": starts, "ends_at": ends, "components": tuple(what.components)}
    record(session, facts.MaintenanceScheduled(**_about(what, by, said), **times), at=now)
    if starts <= now:
        _begin(session, what, "", by, now, starts)
    return what


def _meant(session: Session, affects: Iterable[str]) -> list[str]:
    """The keys of the components, which may also be named as customers know them."""
    company = company_of(session)
    return list(dict.fromkeys(components.find(company, each).key for each in affects if each.strip()))


def begin(session: Session, what: Maintenance, message: str = "", *, by: Person, now: datetime) -> None:
    """Begin it before its time; it still ends when it was planned to."""
    _hold(session, what, by, Stage.SCHEDULED)
    if what.ends_at <= now:
        raise rules.BadTimes(f"{what.ref} would be over. Move it first. Nothing was changed.")
    _begin(session, what, message, by, now, now)


def _begin(
    session: Session, what: Maintenance, message: str, by: Person, now: datetime, at: datetime
) -> None:
    what.stage, what.began_at = Stage.IN_PROGRESS, at
    said = _say(session, what, message, by, now)
    _put(session, what, ComponentState.UNDER_MAINTENANCE, at)
    record(session, facts.MaintenanceBegan(**_about(what, by, said)), at=now)


def extend(
    session: Session, what: Maintenance, ends: datetime, message: str = "", *, by: Person, now: datetime
) -> bool:
    """It ends later, or earlier. False when it ended then already."""
    return move(session, what, what.starts_at, ends, message, by=by, now=now)


def move(
    session: Session,
    what: Maintenance,
    starts: datetime,
    ends: datetime,
    message: str = "",
    *,
    by: Person,
    now: datetime,
) -> bool:
    """Other times, before it has begun; once it has, another end. False when nothing is new."""
    _hold(session, what, by, Stage.SCHEDULED, Stage.IN_PROGRESS)
    if (starts, ends) == (what.starts_at, what.ends_at):
        return False
    if starts != what.starts_at:
        rules.check_stage(what, Stage.SCHEDULED)
        rules.check_times(starts, ends, now)
    rules.check_end(starts, ends, now)
    old = {"old_starts_at": what.starts_at, "old_ends_at": what.ends_at}
    what.starts_at, what.ends_at = starts, ends
    default = f"It is now planned from {starts:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC."
    if what.is_under_way:
        default = f"It goes on until {ends:%Y-%m-%d %H:%M} UTC."
    said = _say(session, what, message or default, by, now)
    fact = facts.MaintenanceMoved(**_about(what, by, said), starts_at=starts, ends_at=ends, **old)
    record(session, fact, at=now)
    return True


def tell(session: Session, what: Maintenance, message: str, *, by: Person, now: datetime) -> None:
    """Tell customers how it goes."""
    _hold(session, what, by, Stage.SCHEDULED, Stage.IN_PROGRESS)
    said = _say(session, what, incidents.rules.text(message, "message"), by, now)
    record(session, facts.MaintenanceTold(**_about(what, by, said)), at=now)


def complete(session: Session, what: Maintenance, message: str = "", *, by: Person, now: datetime) -> None:
    """It is done, perhaps before its time."""
    _hold(session, what, by, Stage.IN_PROGRESS)
    _complete(session, what, message, by, now, now)


def _complete(
    session: Session, what: Maintenance, message: str, by: Person, now: datetime, at: datetime
) -> None:
    what.stage, what.ended_at = Stage.COMPLETED, at
    said = _say(session, what, message, by, now)
    _put(session, what, ComponentState.OPERATIONAL, at)
    record(session, facts.MaintenanceCompleted(**_about(what, by, said)), at=now)


def cancel(session: Session, what: Maintenance, message: str = "", *, by: Person, now: datetime) -> None:
    """It does not take place. What has begun is completed instead."""
    _hold(session, what, by, Stage.SCHEDULED)
    what.stage, what.ended_at = Stage.CANCELLED, now
    said = _say(session, what, message, by, now)
    record(session, facts.MaintenanceCancelled(**_about(what, by, said)), at=now)


def advance(session: Session, id: int, *, now: datetime) -> int:
    """Begin or end what is due, each once, however many clocks strike; answers how much was done.

    What fell into a time without us is dated when it was planned: customers lived by that plan.
    """
    what = db.row(session, Maintenance, id)
    if what is None:
        return 0
    _line_up(session, what)
    closeout, done = people.closeout(session), 0
    if what.stage == Stage.SCHEDULED and what.starts_at <= now:
        _begin(session, what, "", closeout, now, what.starts_at)
        done += 1
    if what.stage == Stage.IN_PROGRESS and what.ends_at <= now:
        _complete(session, what, "", closeout, now, what.ends_at)
        done += 1
    return done


def _hold(session: Session, what: Maintenance, by: Person, *may: Stage) -> None:
    rules.check_person(by)
    _line_up(session, what)
    rules.check_stage(what, *may)


def _line_up(session: Session, what: Maintenance) -> None:
    """One at a time, on what is true now."""
    line_up(session, LINE)
    session.refresh(what)


def _say(session: Session, what: Maintenance, message: str, by: Person, now: datetime) -> str:
    """What customers read; the prepared words where nobody said anything."""
    said = message.strip() or rules.WORDS[Stage(what.stage)]
    session.add(what)
    if said:
        said = incidents.rules.text(said, "message")
        session.add(Word(maintenance_id=what.id, stage=what.stage, message=said, by=by.id, at=now))
    session.flush()
    return said


def _put(session: Session, what: Maintenance, state: ComponentState, at: datetime) -> None:
    if what.components:
        states = dict.fromkeys(what.components, state.value)
        components.set_states(session, states, maintenance_id=what.id, at=at)


def _about(what: Maintenance, by: Person, said: str) -> dict[str, int | str]:
    return {"maintenance": what.id, "title": what.title, "message": said, "by": by.id}
