"""The monthly review pack for product and support: what customers said, what came of it, what waits."""

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from sqlmodel import Session, col, select

from bot.domain import actions
from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.feedback import queries
from bot.domain.feedback.model import Cluster, Feedback, Helped
from bot.domain.incidents import Incident, seen_by
from bot.domain.people import Person
from bot.lib import escaping
from bot.lib.errors import Refused
from bot.lib.spans import parse_span
from bot.lib.templates import environment, folder
from bot.lib.words import cut, plural

SHOWN, QUOTE = 20, 280


class BadMonth(Refused):
    """Write a month like 2026-10."""


@dataclass(frozen=True)
class Voices:
    """One cluster in that month, with what is done about it."""

    cluster: Cluster
    count: int
    before: int  # in the month before
    quote: str
    incidents: tuple[Incident, ...]
    items: tuple[ActionItem, ...]
    waits: int


@dataclass(frozen=True)
class Pack:
    """What one person may see of a month; without a person, what everybody in the house may."""

    month: date
    count: int
    before: int
    answered: int
    high: tuple[Feedback, ...]
    groups: tuple[Voices, ...]
    waiting: tuple[Feedback, ...]
    aged_out: tuple[Feedback, ...]  # waits for longer than the company lets it: a decision is owed
    decided: tuple[Feedback, ...]
    helped: dict[str, int]
    fine: int
    surveyed: int

    @property
    def headline(self) -> str:
        """The answer first."""
        if not self.count:
            return "Nobody wrote this month."
        wrote = f"{plural(self.count, 'customer')} wrote; {self.before} the month before."
        left = self.count - self.answered
        return f"{wrote} {self.answered} of them heard from us, {left} {'waits' if left == 1 else 'wait'}."


def month_of(text: str, now: datetime, zone: str) -> date:
    """`2026-10`; empty: the last one that is over. Raises BadMonth."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if not text.strip():
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        found = datetime.strptime(text.strip(), "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadMonth from None
    if not 2000 <= found.year <= today.year + 1:
        raise BadMonth
    return found


def bounds(month: date, zone: str) -> tuple[datetime, datetime]:
    """From its first moment to the first of the next one, where the company is."""
    place = ZoneInfo(zone)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return datetime.combine(month, time(), place), datetime.combine(after, time(), place)


def pack(session: Session, month: date, *, as_: Person, now: datetime) -> Pack:
    """Read once for all that is shown."""
    company = company_of(session)
    since, until = bounds(month, company.workspace.timezone)
    earlier, _ = bounds((month - timedelta(days=1)).replace(day=1), company.workspace.timezone)
    written = _between(session, since, until, as_)
    old = parse_span(company.feedback.ages_out_after).rough
    waiting = [one for one in written if one.waits]
    surveyed = [one for one in written if one.surveyed_at]
    return Pack(
        month=month,
        count=len(written),
        before=len(_between(session, earlier, since, as_)),
        answered=len(written) - len(waiting),
        high=tuple(one for one in written if one.high)[:SHOWN],
        groups=_groups(session, written, _between(session, earlier, since, as_), as_),
        waiting=tuple(waiting[:SHOWN]),
        aged_out=tuple(_aged_out(session, now - old, as_)),
        decided=tuple(_decided(session, since, until, as_)),
        helped={answer: sum(one.helped == answer for one in surveyed) for answer in Helped},
        fine=sum(bool(one.is_fine) for one in surveyed),
        surveyed=len(surveyed),
    )


def markdown(session: Session, found: Pack) -> str:
    """For a document: templates/feedback/pack.md.j2. What customers wrote means nothing in it."""
    where = folder(session, "feedback")
    template = _environment(where).get_template("pack.md.j2")
    inert = {"quote": lambda one: escaping.inline(quote(one)), "inline": escaping.inline}
    return template.render(pack=found, url=session.info.get("public_url", ""), **inert)


def html(session: Session, found: Pack) -> str:
    """The same as HTML. Images would be fetched by whoever reads: they are not made."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return str(parser.render(markdown(session, found)))


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    return environment(where)


def quote(feedback: Feedback) -> str:
    """Its words on one line, in short."""
    return cut(" ".join(feedback.words.split()), QUOTE)


def _between(session: Session, since: datetime, until: datetime, person: Person) -> list[Feedback]:
    span = Feedback.at >= since, Feedback.at < until, col(Feedback.erased_at).is_(None)
    asked = select(Feedback).where(*span, *queries.seen(person)).order_by(col(Feedback.id))
    return list(session.exec(asked))


def _aged_out(session: Session, before: datetime, person: Person) -> list[Feedback]:
    asked = select(Feedback).where(Feedback.at < before, *queries.waits(), *queries.seen(person))
    return list(session.exec(asked.order_by(col(Feedback.id)).limit(SHOWN)))


def _decided(session: Session, since: datetime, until: datetime, person: Person) -> list[Feedback]:
    span = col(Feedback.decided_at) >= since, col(Feedback.decided_at) < until
    asked = select(Feedback).where(*span, *queries.seen(person)).order_by(col(Feedback.id))
    return list(session.exec(asked.limit(SHOWN)))


def _groups(
    session: Session, written: list[Feedback], before: list[Feedback], person: Person
) -> tuple[Voices, ...]:
    those: dict[int, list[Feedback]] = {}
    for one in written:
        if one.cluster_id is not None:
            those.setdefault(one.cluster_id, []).append(one)
    largest = sorted(those.items(), key=lambda each: (-len(each[1]), each[0]))[:SHOWN]
    return tuple(_group(session, id, voices, before, person) for id, voices in largest)


def _group(
    session: Session, id: int, voices: list[Feedback], before: list[Feedback], person: Person
) -> Voices:
    about = {one.incident_id for one in voices if one.incident_id}
    items = {one.item_id for one in voices if one.item_id}
    seen = select(Incident).where(col(Incident.id).in_(about), seen_by(person))
    return Voices(
        cluster=session.get_one(Cluster, id),
        count=len(voices),
        before=sum(one.cluster_id == id for one in before),
        quote=quote(voices[0]),
        incidents=tuple(session.exec(seen.order_by(col(Incident.id)))),
        items=tuple(actions.get(session, item) for item in sorted(items)),
        waits=sum(one.waits for one in voices),
    )
