"""What is allowed. Pure: no session, no clock, no I/O."""

from datetime import UTC, datetime, timedelta

from bot.domain.incidents.model import Incident, Milestone, Status
from bot.lib.cleaning import clean
from bot.lib.errors import Refused

NEXT: dict[Status, tuple[Status, ...]] = {
    Status.INVESTIGATING: (Status.IDENTIFIED, Status.MONITORING, Status.RESOLVED),
    Status.IDENTIFIED: (Status.INVESTIGATING, Status.MONITORING, Status.RESOLVED),
    Status.MONITORING: (Status.INVESTIGATING, Status.IDENTIFIED, Status.RESOLVED),
    Status.RESOLVED: (),
    Status.CLOSED: (),
    Status.CANCELLED: (),
    Status.MERGED: (),
}
REOPENS = (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)
COMMANDER = "commander"
COMMANDER_MISSED_AFTER = timedelta(minutes=10)
TITLE_MAX, TEXT_MAX = 200, 3000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class WrongOrder(Refused):
    """The incident cannot go there from here."""


class BadTime(WrongOrder):
    """Name another time. Nothing was changed."""


class Ended(Refused):
    """The incident is over. Reopen it first: /incident reopen <reason>"""


class TooLong(Refused):
    """That is too long."""


class Missing(Refused):
    """Something is missing."""


def check_move(old: Status, new: Status) -> None:
    if new in NEXT[old]:
        return
    if old in REOPENS:
        raise WrongOrder(
            f"It is {old}. To work on it again, say why: /incident reopen <reason>. Nothing was changed."
        )
    if old is Status.MERGED:
        raise WrongOrder("It was merged. Work goes on in the other incident. Nothing was changed.")
    raise WrongOrder(f"From {old} an incident can only become: {', '.join(NEXT[old])}. Nothing was changed.")


def check_live(incident: Incident) -> None:
    """Changes that only make sense while the work goes on, or while its loops are being closed."""
    if incident.merged_into is not None:
        raise Ended(
            f"{incident.ref} was merged into INC-{incident.merged_into}. Say it there. Nothing was changed."
        )
    if incident.is_over:
        raise Ended(f"{incident.ref} is {incident.status}. Reopen it first: /incident reopen <reason>")


def title(text: str) -> str:
    """One line of at most 200 characters; without one, the incident is still declared."""
    words = clean(" ".join(text.split())).strip()
    if len(words) > TITLE_MAX:
        raise TooLong(f"The title has {len(words)} characters; {TITLE_MAX} is the most. Nothing was changed.")
    return words or "Untitled incident"


def text(words: str, what: str = "text") -> str:
    """Something must be said, and it must fit into one Slack section."""
    if not (said := clean(words).strip()):
        raise Missing(f"The {what} is empty. Say it in a few words. Nothing was changed.")
    if len(said) > TEXT_MAX:
        raise TooLong(f"The {what} has {len(said)} characters; {TEXT_MAX} is the most. Nothing was changed.")
    return said


def check_moment(what: str, at: datetime | None, now: datetime) -> None:
    """What is said to have happened lies neither in the future nor before anyone ran what we watch."""
    if at is not None and at > now:
        raise BadTime(f"{what} cannot lie in the future. Nothing was changed.")
    if at is not None and at < EARLIEST:
        raise BadTime(f"{what} cannot lie before the year {EARLIEST.year}. Nothing was changed.")


def check_order(incident: Incident, milestone: Milestone, at: datetime, now: datetime) -> None:
    """Milestones are never in the wrong order, and none lies in the future."""
    check_moment(milestone.words.capitalize(), at, now)
    order = list(Milestone)
    place = order.index(milestone)
    for n, other in enumerate(order):
        moment = incident.moment(other)
        if moment is None or n == place:
            continue
        if n < place and moment > at:
            raise WrongOrder(_clash(milestone, "before", other, moment))
        if n > place and moment < at:
            raise WrongOrder(_clash(milestone, "after", other, moment))


def _clash(milestone: Milestone, way: str, other: Milestone, moment: datetime) -> str:
    return (
        f"{milestone.words.capitalize()} cannot lie {way} {other.words} "
        f"({moment:%Y-%m-%d %H:%M} UTC). Correct that one first, or name another time. Nothing was changed."
    )


def never_before(incident: Incident, milestone: Milestone, at: datetime) -> datetime:
    """The moment for a milestone that the work itself sets: not earlier than what comes before it.

    Nor later than what comes after it: who acknowledges what is mitigated did so in time.
    """
    order = list(Milestone)
    place = order.index(milestone)
    before = [incident.moment(other) for other in order[:place]]
    after = [incident.moment(other) for other in order[place + 1 :]]
    latest = max([at, *(moment for moment in before if moment)])
    return min([latest, *(moment for moment in after if moment)])
