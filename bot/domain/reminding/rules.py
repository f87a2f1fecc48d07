"""On which days something owed is said, to whom, and when a digest goes out. Pure: no session, no clock."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.company import Company
from bot.domain.nudges import WIDENING, Owed
from bot.lib.errors import Refused
from bot.lib.spans import SATURDAY, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CAUGHT_UP_FOR = timedelta(days=3)  # a digest that could not go out is still worth reading so long
DAY = timedelta(days=1)
TEAM, MANAGER, OWNER = "team", "manager", "owner"


class BadWeekly(Refused):
    """Write the day and the hour as `mon 09:00`. Nothing was changed."""


# ---- days of reminders


def is_workday(company: Company, day: date) -> bool:
    return day.weekday() < SATURDAY and day not in company.workspace.holidays


def shifted(company: Company, day: date, span: Span, sign: int = 1) -> date:
    """The day that lies so much later, or with -1 earlier; business days are the company's."""
    moved, left = day + sign * span.length, span.business_days
    while left:
        moved += sign * DAY
        left -= is_workday(company, moved)
    return moved


def stage(company: Company, owed: Owed, today: date) -> str | None:
    """The step that has been reached by now; None where there is nothing to say yet.

    A step that fell on a day on which nobody works is said on the next one.
    """
    if owed.quiet_until is not None and today < owed.quiet_until:
        return None
    late = (today - owed.due).days
    if late < min(owed.late):
        return _ahead(company, owed, today)
    return f"late/{_reached(company, owed, late)}"


def _reached(company: Company, owed: Owed, late: int) -> int:
    """Days late on which it was last said: in widening steps, then at one interval."""
    own = [span.rough.days for to, span in escalations(company) if to == OWNER]
    steps, every = (*owed.late, *own), interval(company)
    if owed.goes_on and every and late > max(steps):
        return late - (late - max(steps)) % every
    return max(step for step in steps if step <= late)


def _ahead(company: Company, owed: Owed, today: date) -> str | None:
    """What could not be known on its day ahead, because it was promised later, is not said for that day."""
    if owed.late != WIDENING:
        return None
    spans = [span for text in company.reminders.before_due if (span := company.span(text))]
    days = {shifted(company, owed.due, span, -1) for span in spans}
    passed = [day for day in days if day <= today and (owed.since is None or day > owed.since)]
    return f"before/{(owed.due - max(passed)).days}" if passed else None


def interval(company: Company) -> int:
    """Days between two reminders of what is long late; 0: never again."""
    span = company.span(company.reminders.overdue_every)
    return max(1, span.rough.days) if span else 0


def escalations(company: Company) -> list[tuple[str, Span]]:
    """Who hears of what is late besides its owner, and from when on."""
    found = []
    for text in company.reminders.escalate_after:
        after, _, to = text.rpartition(":")
        if span := company.span(after):
            found.append((to, span))
    return found


def escalated(company: Company, owed: Owed, to: str, today: date) -> str | None:
    """The step at which the team or its manager hears of it; None where it is not so late yet."""
    if not owed.goes_on or (owed.quiet_until is not None and today < owed.quiet_until):
        return None
    days = [shifted(company, owed.due, span) for who, span in escalations(company) if who == to]
    if not (passed := [day for day in days if day <= today]):
        return None
    every = interval(company)
    again = (today - min(passed)).days // every if every else 0
    return f"{to}/{again}"


# ---- the hours of digests


def weekly(text: str) -> str:
    """A day and an hour as somebody wrote them, in one form. Raises BadWeekly."""
    day, _, hour = " ".join(text.lower().split()).partition(" ")
    try:
        if day[:3] not in DAYS or not hour:
            raise BadWeekly
        at = time.fromisoformat(hour if ":" in hour else f"{int(hour):02d}:00")
    except ValueError:
        raise BadWeekly from None
    return f"{day[:3]} {at:%H:%M}"


def week_slot(company: Company, when: str, zone: str, now: datetime) -> tuple[str, datetime] | None:
    """The week whose digest is due now, like 2026-W10, and its moment; None where none is.

    A slot on a holiday waits for the next working day; one that was missed is caught up for some days.
    """
    day, _, hour = when.partition(" ")
    today = now.astimezone(ZoneInfo(zone)).date()
    for back in (0, 1):
        monday = today - timedelta(days=today.weekday() + 7 * back)
        at = _moment(_free(company, monday + timedelta(days=DAYS.index(day))), hour, zone)
        if timedelta() <= now - at < CAUGHT_UP_FOR:
            return f"{monday:%G-W%V}", at
    return None


def month_slot(company: Company, when: str, zone: str, now: datetime) -> tuple[str, datetime] | None:
    """The month whose digest is due now, like 2026-03 for the one that begins then, and its moment."""
    day, _, hour = when.partition(" ")
    first = now.astimezone(ZoneInfo(zone)).date().replace(day=1)
    for month in (first, (first - DAY).replace(day=1)):
        at = _moment(_working(company, month.replace(day=int(day))), hour, zone)
        if timedelta() <= now - at < CAUGHT_UP_FOR:
            return f"{month:%Y-%m}", at
    return None


def _free(company: Company, day: date) -> date:
    """Who chose a Saturday gets it on a Saturday; on a holiday nobody is written to."""
    return day if day not in company.workspace.holidays else _working(company, day)


def _working(company: Company, day: date) -> date:
    while not is_workday(company, day):
        day += DAY
    return day


def _moment(day: date, hour: str, zone: str) -> datetime:
    """An hour that a change of clocks leaves out is the one after it."""
    return datetime.combine(day, time.fromisoformat(hour), ZoneInfo(zone)).astimezone(UTC)


# ---- days in words


def day_named(day: date, today: date) -> str:
    """`Thu 19 March`; with its year where that is another one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%a} {day.day} {day:%B}{year}"


def named(period: str, since: date, today: date) -> str:
    """The stretch of a digest: `The week to Monday 16 March`, `October 2026`."""
    return f"The week to {today:%A} {today.day} {today:%B}" if period == "week" else f"{since:%B %Y}"


# ---- a small chart

BAR, EMPTY, WIDTH = "█", "░", 12
AGES = ((7, "0-7"), (30, "8-30"), (90, "31-90"))


def by_age(days: Iterable[int]) -> list[tuple[str, int]]:
    """How many open items are how old, in days: four groups, the youngest first."""
    counts = {label: 0 for _, label in AGES} | {">90": 0}
    for age in days:
        counts[next((label for most, label in AGES if age <= most), ">90")] += 1
    return list(counts.items())


def bars(groups: Sequence[tuple[str, int]]) -> str:
    """Bars of text: `0-7 days   ████░░░░░░░░  3`; the longest fills the width, none stays empty."""
    most = max((count for _, count in groups), default=0)
    wide = max((len(label) for label, _ in groups), default=0)
    lines = []
    for label, count in groups:
        full = max(1, round(WIDTH * count / most)) if count else 0
        lines.append(f"{label:<{wide}}  {BAR * full}{EMPTY * (WIDTH - full)}  {count}")
    return "\n".join(lines)
