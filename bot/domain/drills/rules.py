"""What a team is expected to do, and how time runs in a drill. Pure: no session, no clock, no I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.drills.course import SAID, ZERO, Act, Course, Deed
from bot.domain.drills.model import Expect, Inject, Kind, Rule, Scenario, length
from bot.lib.errors import Refused
from bot.lib.words import duration

SLOWEST, QUICKEST = 1, 60
BACK = "/back"


class BadPace(Refused):
    """The pace is a whole number from 1, as on the clock, to 60, an hour in a minute. Nothing was started."""


# ---- time


def check_pace(text: str | int) -> int:
    """How many minutes of the drill pass in one of the clock. `10` and `10x` are both understood."""
    word = str(text).strip().lower().removesuffix("x")
    if not word.isdecimal() or len(word) > 3 or not SLOWEST <= int(word) <= QUICKEST:
        raise BadPace
    return int(word)


def drill_time(started: datetime, moment: datetime, pace: int) -> timedelta:
    """How far the drill is at a moment of the clock."""
    return max(moment - started, ZERO) * pace


def moment_of(started: datetime, offset: timedelta, pace: int) -> datetime:
    """When on the clock the drill is that far."""
    return started + offset / pace


@dataclass(frozen=True)
class Cue:
    """When something is to be played: an injection, or the end of Slack's being away."""

    key: str
    at: timedelta
    inject: Inject
    is_back: bool = False


def cues(scenario: Scenario) -> list[Cue]:
    """The whole script, in order."""
    found = [Cue(each.key, length(each.at), each) for each in scenario.inject]
    for each in scenario.inject:
        if each.kind is Kind.AWAY:
            end = length(each.at) + length(each.lasts)
            found.append(Cue(each.key + BACK, end, each, is_back=True))
    return sorted(found, key=lambda cue: cue.at)


def due(scenario: Scenario, elapsed: timedelta, played: set[str]) -> list[Cue]:
    """What should have been played by now and was not, in order."""
    return [cue for cue in cues(scenario) if cue.at <= elapsed and cue.key not in played]


# ---- expectations


class State(StrEnum):
    MET = "met"
    MISSED = "missed"
    OPEN = "open"  # the drill was over before it could be seen


@dataclass(frozen=True)
class Verdict:
    """Whether an expectation was met, at which moment of drill time, and else what happened instead."""

    state: State
    at: timedelta | None = None
    note: str = ""


Finder = Callable[[Expect, Course, timedelta], timedelta | None]
Judge = Callable[[Expect, Course, timedelta], Verdict]


def judge(expect: Expect, course: Course) -> Verdict:
    """One expectation, against all that happened."""
    start = course.injected.get(expect.after) if expect.after else ZERO
    if start is None:
        return _too_early(expect, course)
    if special := JUDGES.get(expect.rule):
        return special(expect, course, start)
    return by_deadline(FINDERS[expect.rule](expect, course, start), _deadline(expect, start), course.ended)


def by_deadline(at: timedelta | None, deadline: timedelta | None, ended: timedelta) -> Verdict:
    """In time, late, not at all, or over before the time was up."""
    if at is not None and (deadline is None or at <= deadline):
        return Verdict(State.MET, at)
    if at is not None and deadline is not None:
        return Verdict(State.MISSED, at, f"{duration(at - deadline)} late")
    if deadline is not None and ended < deadline:
        return Verdict(State.OPEN, None, "the drill was over before its time was up")
    return Verdict(State.MISSED, None, "it did not happen")


def _deadline(expect: Expect, start: timedelta) -> timedelta | None:
    return start + length(expect.within) if expect.within else None


def _too_early(expect: Expect, course: Course) -> Verdict:
    """What it waits for was never played. Who resolved before there was a reason to has missed it."""
    if expect.rule is Rule.RESOLVED and (at := resolved(expect, course, ZERO)) is not None:
        return Verdict(State.MISSED, at, "before there was a sign that it was over")
    return Verdict(State.OPEN, None, "the drill did not get that far")


def _first(acts: Iterable[Act]) -> timedelta | None:
    return next((act.at for act in acts), None)


def says(act: Act, words: tuple[str, ...]) -> bool:
    """Does it mention one of the words? Without words, anything said will do."""
    text = act.text.casefold()
    return bool(act.text) and (not words or any(word.casefold() in text for word in words))


def acknowledged(_expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(course.of(Deed.ACKNOWLEDGED, since=start))


def seat_taken(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    seated = course.of(Deed.SEATED, Deed.HANDED_OFF, since=start)
    return _first(act for act in seated if act.what == expect.role)


def handed_off(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(act for act in course.of(Deed.HANDED_OFF, since=start) if expect.role in (None, act.what))


def severity_raised(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    """At least so bad, said after the reason for it; who knew before knows it in time."""
    wanted = course.rank(expect.to or "")
    held = [key for at, key in course.severities if at <= start]
    if course.rank(held[-1]) <= wanted:
        return start
    raised = course.of(Deed.SEVERITY, since=start)
    return _first(act for act in raised if course.rank(act.what) <= wanted)


def status_reached(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(act for act in course.of(Deed.STATUS, since=start) if act.what == expect.status)


def resolved(_expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(act for act in course.of(Deed.STATUS, since=start) if act.what == "resolved")


def mentioned(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    """In a note, an update, the reason for a status or a severity, or a message put on the timeline."""
    return _first(act for act in course.of(*SAID, since=start) if says(act, expect.words))


def runbook_opened(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(act for act in course.of(Deed.RUNBOOK, since=start) if expect.runbook in (None, act.what))


def action_added(expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(act for act in course.of(Deed.ACTION, since=start) if says(act, expect.words))


def paged(_expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    return _first(course.of(Deed.PAGED, since=start))


def went_on(_expect: Expect, course: Course, start: timedelta) -> timedelta | None:
    """Anything at all that a person did: work does not stop with the chat."""
    return _first(course.of(*Deed, since=start))


def first_update(expect: Expect, course: Course, start: timedelta) -> Verdict:
    """Customers heard within the time that was named, else within what their severity promises."""
    deadline = _deadline(expect, start) or first_promise(course)
    if deadline is None:
        return Verdict(State.OPEN, None, "its severity promises customers nothing")
    return by_deadline(_first(course.of(Deed.TOLD, since=start)), deadline, course.ended)


def first_promise(course: Course) -> timedelta | None:
    """Until when customers should hear first; a worse severity may move it forward, never back."""
    spans = [(at, course.levels[key].first_update) for at, key in course.severities if key in course.levels]
    return min((at + span for at, span in spans if span is not None), default=None)


def promises_kept(_expect: Expect, course: Course, start: timedelta) -> Verdict:
    """Each word to customers came by the time that the word before it had named."""
    told = list(course.of(Deed.TOLD, since=start))
    if not told:
        promised = first_promise(course)
        never = promised is not None and promised <= course.ended
        return Verdict(State.MISSED if never else State.OPEN, None, "customers heard nothing")
    following = [*(act.at for act in told[1:]), None]
    for act, then in zip(told, following, strict=True):
        if act.promise is None or (then or course.ended) <= act.at + act.promise:
            continue
        late = duration((then or course.ended) - act.at - act.promise)
        by = duration(act.at + act.promise)
        note = f"the word promised by {by} came {late} late" if then else f"nothing came after {by}"
        return Verdict(State.MISSED, then, note)
    return Verdict(State.MET, told[-1].at)


def not_followed(expect: Expect, course: Course, start: timedelta) -> Verdict:
    """Nobody turned the incident around because of it; to note that it was ruled out is right."""
    end = min(_deadline(expect, start) or course.ended, course.ended)
    deeds = (Deed.STATUS, Deed.SEVERITY, Deed.TOLD) if expect.words else (Deed.STATUS, Deed.SEVERITY)
    turned = (act for act in course.of(*deeds, since=start) if act.at <= end)
    act = next((act for act in turned if not expect.words or says(act, expect.words)), None)
    if act:
        return Verdict(State.MISSED, act.at, f"somebody {act.deed} because of it")
    return Verdict(State.MET, None)


def not_said(expect: Expect, course: Course, start: timedelta) -> Verdict:
    """Customers are not told this."""
    at = _first(act for act in course.of(Deed.TOLD, since=start) if says(act, expect.words))
    return Verdict(State.MET) if at is None else Verdict(State.MISSED, at, "customers were told")


FINDERS: dict[Rule, Finder] = {
    Rule.ACKNOWLEDGED: acknowledged,
    Rule.ACTION_ADDED: action_added,
    Rule.ANSWERED: mentioned,
    Rule.HANDED_OFF: handed_off,
    Rule.MENTIONED: mentioned,
    Rule.PAGED: paged,
    Rule.RESOLVED: resolved,
    Rule.RUNBOOK_OPENED: runbook_opened,
    Rule.SEAT_TAKEN: seat_taken,
    Rule.SEVERITY_RAISED: severity_raised,
    Rule.STATUS_REACHED: status_reached,
    Rule.WENT_ON: went_on,
}
JUDGES: dict[Rule, Judge] = {
    Rule.FIRST_UPDATE: first_update,
    Rule.NOT_FOLLOWED: not_followed,
    Rule.NOT_SAID: not_said,
    Rule.PROMISES_KEPT: promises_kept,
}
# What a rule takes beside `after` and `within`; and what it cannot do without.
TAKES: dict[Rule, set[str]] = {
    Rule.ACTION_ADDED: {"words"},
    Rule.ANSWERED: {"words"},
    Rule.HANDED_OFF: {"role"},
    Rule.MENTIONED: {"words"},
    Rule.NOT_FOLLOWED: {"words"},
    Rule.NOT_SAID: {"words"},
    Rule.RUNBOOK_OPENED: {"runbook"},
    Rule.SEAT_TAKEN: {"role"},
    Rule.SEVERITY_RAISED: {"to"},
    Rule.STATUS_REACHED: {"status"},
}
NEEDS: dict[Rule, set[str]] = {
    Rule.ANSWERED: {"after"},
    Rule.MENTIONED: {"words"},
    Rule.NOT_FOLLOWED: {"after"},
    Rule.NOT_SAID: {"words"},
    Rule.SEAT_TAKEN: {"role"},
    Rule.SEVERITY_RAISED: {"to"},
    Rule.STATUS_REACHED: {"status"},
    Rule.WENT_ON: {"after", "within"},
}
