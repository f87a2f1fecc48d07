"""How well customers were told: how soon at first, how many promises were kept, how long it was silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.updates import queries, rules
from bot.domain.updates.model import Audience, Phase, Update
from bot.lib.words import duration, plural

GRACE = timedelta(minutes=1)  # a promise is read in minutes: 12:30 lasts until 12:31


@dataclass(frozen=True)
class Score:
    """`first` and `silence` in time; `due` is what the policy allowed for the first word."""

    told: int
    first: timedelta | None = None  # from when customers waited to the first word
    due: timedelta | None = None
    promises: int = 0  # that have come due
    kept: int = 0
    silence: timedelta | None = None  # the longest, while the work went on

    @property
    def first_in_time(self) -> bool | None:
        """None where nothing was promised, or nothing told."""
        return None if self.first is None or self.due is None else self.first < self.due + GRACE

    @property
    def sentences(self) -> tuple[str, ...]:
        """For people: one short line each."""
        return tuple(_sentences(self))


def _sentences(score: Score) -> Iterator[str]:
    if score.first is not None:
        of = f" of {duration(score.due)} allowed" if score.due else ""
        yield f"First update after {duration(score.first)}{of}"
    elif score.due:
        yield f"No update, where one was due after {duration(score.due)}"
    if score.promises:
        yield f"{score.kept} of {plural(score.promises, 'promise')} kept"
    if score.silence is not None:
        yield f"Longest silence {duration(score.silence)}"


def of(session: Session, incident: Incident, now: datetime) -> Score:
    """The score so far. What is for colleagues alone does not count; what is private has no promises."""
    words = [one for one in queries.of(session, incident) if _counts(incident, one)]
    if incident.private:
        return Score(told=len(words))
    began = queries.waited_from(session, incident, words[0].at if words else now)
    severity = company_of(session).severity_or_assumed(incident.severity)
    due = rules.first_due(severity, began)
    stretches = _stretches(session, incident, began, now)
    promises = list(_promises(words, stretches, now))
    return Score(
        told=len(words),
        first=max(words[0].at - began, timedelta()) if words else None,
        due=due - began if due else None,
        promises=len(promises),
        kept=sum(promises),
        silence=longest_silence([one.at for one in words], ended(stretches, words)) if words or due else None,
    )


def _counts(incident: Incident, update: Update) -> bool:
    """A correction says nothing new, and colleagues are no customers."""
    return update.audience != Audience.INSIDE and update.correction_of is None


def _stretches(
    session: Session, incident: Incident, began: datetime, now: datetime
) -> list[tuple[datetime, datetime]]:
    """While the work went on: from the start, and from each reopening, to where it ended or is now."""
    starts = [began, *(at for at in queries.reopenings(session, incident) if at > began)]
    ends = [*queries.endings(session, incident), now]
    return [(start, min((end for end in ends if end >= start), default=now)) for start in starts]


def ended(
    stretches: Sequence[tuple[datetime, datetime]], words: Sequence[Update]
) -> list[tuple[datetime, datetime]]:
    """The same, but a stretch ends no sooner than customers knew that it was over."""
    found = []
    for n, (start, end) in enumerate(stretches):
        until = stretches[n + 1][0] if n + 1 < len(stretches) else None
        last = [
            w.at for w in words if w.phase == Phase.RESOLVED and w.at >= start and (not until or w.at < until)
        ]
        found.append((start, last[0] if last else end))
    return found


def longest_silence(
    words: Sequence[datetime], stretches: Sequence[tuple[datetime, datetime]]
) -> timedelta | None:
    """Between two words, or between a word and either end of the work."""
    gaps = [
        after - before
        for start, end in stretches
        for before, after in pairwise([start, *(at for at in words if start < at < end), max(start, end)])
    ]
    return max(gaps, default=None)


def _promises(
    words: Sequence[Update], stretches: Sequence[tuple[datetime, datetime]], now: datetime
) -> Iterator[bool]:
    """Each that has come due: was it kept? What ended before it came due was never broken."""
    for said, following in zip(words, [*words[1:], None], strict=False):
        by = said.next_update_by
        if by is None:
            continue
        if following is not None and following.at < by + GRACE:
            yield True
        elif now >= by + GRACE and not _over_by(stretches, said.at, by):
            yield False


def _over_by(stretches: Sequence[tuple[datetime, datetime]], said: datetime, by: datetime) -> bool:
    """Was the incident cancelled, merged or closed between the promise and its moment?"""
    return any(start <= said <= end < by for start, end in stretches)
