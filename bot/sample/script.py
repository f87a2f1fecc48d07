"""What is done in one story, by whom and when: a list of steps, each of which is one verb. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.company import Company
from bot.sample.cast import ACTORS, pick
from bot.sample.reading import Story

SATURDAY = 5
NEWEST_DEPLOY, DEPLOYS_A_DAY = 4711, 4
MANAGERS = {"payments": "ada", "storefront": "hana", "platform": "dana"}
WATCHING = "All is well so far. We go on watching, and tell you when we are sure."
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, order=True)
class Step:
    """One verb of one incident. Steps of all incidents are played in the order of time."""

    at: datetime
    number: int
    key: str = field(compare=False)
    verb: str = field(compare=False)
    who: str = field(compare=False)  # a handle; "" is Closeout, "pagerduty" PagerDuty
    given: dict[str, Any] = field(compare=False, default_factory=dict)


@dataclass(frozen=True)
class Times:
    """When each milestone was reached."""

    began: datetime
    detected: datetime
    acknowledged: datetime
    identified: datetime
    mitigated: datetime
    resolved: datetime

    @classmethod
    def of(cls, story: Story, random: Random, now: datetime) -> "Times":
        began = _began(story, random, now)
        moments, before = [began], 0
        for minutes in story.minutes:
            span = max(1, minutes - before) * random.uniform(0.9, 1.15)
            moments.append(moments[-1] + timedelta(minutes=span, seconds=random.randrange(20)))
            before = minutes
        return cls(*moments)


def _began(story: Story, random: Random, now: datetime) -> datetime:
    day = (now.astimezone(UTC) - story.days_ago * DAY).date()
    if story.weekday and day.weekday() >= SATURDAY:
        day -= (day.weekday() - SATURDAY + 1) * DAY
    hour = datetime.combine(day, time.fromisoformat(story.hour), UTC)
    return hour + timedelta(minutes=random.randint(-9, 9), seconds=random.randrange(60))


class Script:
    """One story while its steps are written."""

    def __init__(self, story: Story, company: Company, seed: int, now: datetime) -> None:
        self.story, self.company = story, company
        self.random = Random(f"{seed}/{story.key}")
        self.times = Times.of(story, self.random, now)
        self.steps: list[Step] = []
        self.roles = self._seats()
        self.words = self._words()

    @property
    def declared(self) -> datetime:
        return self.times.detected + timedelta(seconds=25 if self.story.alerts else 140)

    def _seats(self) -> dict[str, str]:
        """Who commands, who mends it, who talks and who writes: different people."""
        story, at, seats = self.story, self.times.detected, dict[str, str]()
        seats["cmd"] = story.commander or pick(self.random, story.team, at)
        seats["ops"] = pick(self.random, story.team, at, [*seats.values()])
        relief = story.takes_over.partition(":")[0]
        for role in ("comms", "scribe"):
            team = self.random.choice(sorted(MANAGERS))
            seats[role] = pick(self.random, team, at, [*seats.values(), relief])
        return seats

    def _words(self) -> dict[str, Any]:
        deploy = NEWEST_DEPLOY - self.story.days_ago * DEPLOYS_A_DAY
        names = {role: ACTORS[handle].name.split()[0] for role, handle in self.roles.items()}
        numbers = {key: self.random.randint(*span) for key, span in sorted(self.story.numbers.items())}
        began, seen = f"{self.times.began:%H:%M}", f"{self.times.detected:%H:%M}"
        return {"deploy": deploy, "before": deploy - 1, "began": began, "seen": seen, **names, **numbers}

    def who(self, role: str) -> str:
        return self.roles.get(role, role)

    def fill(self, text: str) -> str:
        return text.format_map(self.words)

    def add(self, at: datetime, verb: str, who: str, **given: Any) -> None:
        self.steps.append(Step(at, len(self.steps), self.story.key, verb, self.who(who), given))

    # ---- talk

    def talk(self, lines: Iterable[str], start: datetime, end: datetime) -> None:
        """Lines of a chat, spread over a stretch of time, at least some seconds apart."""
        said = list(lines)
        share = (end - start) / (len(said) + 1)
        for n, line in enumerate(said, 1):
            at = start + share * n + share * self.random.uniform(-0.3, 0.3)
            self.say(at, line)

    def say(self, at: datetime, line: str) -> None:
        """`ops: words` is a message that somebody pinned, `note ops: words` a note, `tick 2` a step done."""
        who, _, words = line.partition(": ")
        if who.startswith("tick "):
            return self.add(at, "tick", "ops", step=int(who.removeprefix("tick ")))
        is_note = who.startswith("note ")
        verb = "note" if is_note else "message"
        return self.add(at, verb, who.removeprefix("note "), text=self.fill(words))

    def office(self, at: datetime, who: str) -> datetime:
        """That moment or soon after it, when this person is at work."""
        there = at.astimezone(ZoneInfo(ACTORS[self.who(who)].timezone))
        if not 9 <= there.hour < 17:
            days = 1 if there.hour >= 17 else 0
            minutes = self.random.randint(5, 400)
            there = there.replace(hour=9, minute=0) + days * DAY + minutes * MINUTE
        while there.weekday() >= SATURDAY:
            there += DAY
        return there.astimezone(UTC)


def write(story: Story, company: Company, seed: int, now: datetime) -> list[Step]:
    """All that is done in the story up to now."""
    script = Script(story, company, seed, now)
    _open(script)
    if story.merged_into:
        script.talk(story.says, script.times.acknowledged, script.times.identified)
        script.add(script.times.identified, "merge", "cmd", into=story.merged_into)
    elif story.cancelled:
        script.talk(story.says, script.times.acknowledged, script.times.identified)
        script.add(script.times.identified, "cancel", "cmd", reason=script.fill(story.cancelled))
    else:
        _work(script)
        _tell(script)
        _learn(script)
        _promise(script)
    return [step for step in script.steps if step.at < now]


def _open(script: Script) -> None:
    story, times, random = script.story, script.times, script.random
    given = {"detected_at": times.detected, "impact_started_at": times.began}
    script.add(script.declared, "declare", "pagerduty" if story.alerts else "cmd", **given)
    for n, alert in enumerate(story.alerts):
        at = script.declared + n * timedelta(seconds=random.randint(40, 220))
        script.add(at, "alert", "pagerduty", title=script.fill(alert), number=n)
    if story.alerts:
        script.add(times.acknowledged - timedelta(seconds=25), "seat", "cmd", role="commander")
    script.add(times.acknowledged, "acknowledge", "cmd")
    if story.severity != "sev4":
        script.add(times.acknowledged + timedelta(seconds=35), "seat", "ops", role="operations")
    if story.severity in ("sev1", "sev2"):
        script.add(times.acknowledged + timedelta(seconds=15), "seat", "comms", role="comms")
    if story.severity == "sev1":
        script.add(times.acknowledged + 3 * MINUTE, "seat", "scribe", role="scribe")


def _work(script: Script) -> None:
    story, times = script.story, script.times
    if story.runbook:
        script.add(times.acknowledged + 2 * MINUTE, "runbook", "ops", name=story.runbook)
    start = times.acknowledged + 3 * MINUTE if story.runbook else times.acknowledged
    script.talk(story.says, start, times.identified)
    if story.raised:
        at = times.acknowledged + (times.identified - times.acknowledged) * 0.6
        script.add(at, "severity", "cmd", new=story.severity, why=script.fill(story.raised_why))
    if story.cause:
        script.add(times.identified, "status", "cmd", new="identified", note=script.fill(story.cause))
    if story.late_service:
        known = tuple(sorted(story.services))
        script.add(times.identified + MINUTE, "services", "cmd", services=known)
    script.talk(story.works, times.identified, times.mitigated)
    if story.mended:
        script.add(times.mitigated, "status", "cmd", new="monitoring", note=script.fill(story.mended))
    if story.takes_over:
        who, _, brief = story.takes_over.partition(": ")
        at = times.mitigated + (times.resolved - times.mitigated) * 0.4
        script.add(at, "hand_off", "cmd", to=who, brief=script.fill(brief))
        script.roles["cmd"] = who
    script.talk(story.watches, times.mitigated, times.resolved)
    _end(script)


def _end(script: Script) -> None:
    story, times = script.story, script.times
    if story.alerts:
        at = times.mitigated + (times.resolved - times.mitigated) * 0.7
        script.add(at, "alerts_over", "pagerduty", titles=[script.fill(alert) for alert in story.alerts])
    if story.again:
        at = times.mitigated + (times.resolved - times.mitigated) * 0.5
        script.add(at - 8 * MINUTE, "status", "cmd", new="resolved", note="The numbers are back to normal.")
        script.add(at, "reopen", "cmd", reason=script.fill(story.again))
    script.add(times.resolved, "status", "cmd", new="resolved", note=script.fill(story.end))


# ---- customers


def _tell(script: Script) -> None:
    """Each phase has its words; while nothing is new, the promise is kept by saying that."""
    told = [update.partition(": ")[::2] for update in script.story.updates]
    starts = {
        "investigating": script.times.acknowledged + 2 * MINUTE,
        "identified": script.times.identified + 3 * MINUTE,
        "monitoring": script.times.mitigated + 2 * MINUTE,
        "resolved": script.times.resolved + 3 * MINUTE,
    }
    last: tuple[datetime, str] | None = None
    for phase, words in told:
        at = starts[phase] + script.random.randint(5, 130) * timedelta(seconds=1)
        if last:
            at = max(at, last[0] + 2 * MINUTE)
            _keep(script, *last, at)
        else:
            at = _first(script, at)
        _update(script, at, phase, words)
        last = at, phase


def _first(script: Script, at: datetime) -> datetime:
    """Four of five first words come in time."""
    span = script.company.span(script.company.severity(script.story.severity).first_update)
    if span is None:
        return at
    share = (
        script.random.uniform(0.55, 0.95) if script.random.random() < 0.8 else script.random.uniform(1.1, 2)
    )
    promised = script.declared + span.rough * share
    return max(script.times.acknowledged + MINUTE, min(promised, script.times.identified))


def _keep(script: Script, last: datetime, phase: str, until: datetime) -> None:
    """Say that there is no news, as often as was promised; one in six is late."""
    policy = script.company.severity(script.story.severity).update_every
    every = script.company.span("1h" if phase == "monitoring" else policy)
    if every is None or not script.story.still:
        return
    while (until - last) > every.rough * 1.1:
        late = script.random.random() < 1 / 6
        last += every.rough * (script.random.uniform(1.1, 1.4) if late else script.random.uniform(0.7, 0.98))
        if last >= until - 2 * MINUTE:
            return
        _update(script, last, phase, WATCHING if phase == "monitoring" else script.story.still)


def _update(script: Script, at: datetime, phase: str, words: str) -> None:
    """While it is only watched, customers need not hear so often."""
    next_in = "1h" if phase == "monitoring" else None
    script.add(at, "update", "comms", message=script.fill(words), phase=phase, next_in=next_in)


# ---- what is learnt, and promised


def _learn(script: Script) -> None:
    story, end = script.story, script.times.resolved
    owed = story.private or story.severity in ("sev1", "sev2")
    if owed:
        script.add(end, "open_postmortem", "")
    if not story.postmortem:
        return
    days = story.published if story.published is not None else 2
    at = script.office(end + days * DAY * 0.6, "cmd")
    sections = {key: script.fill(text.strip()) for key, text in story.postmortem.items()}
    script.add(at, "write", "cmd", sections=sections)
    if story.published is not None:
        at = max(script.office(end + days * DAY, "cmd"), at + 40 * MINUTE)
        script.add(at, "publish", "cmd")


def _promise(script: Script) -> None:
    story, last = script.story, max(step.at for step in script.steps)
    for n in range(len(story.actions)):
        last = max(last, _follow(script, n))
    if story.closed and (story.actions or story.published is not None or story.severity in ("sev3", "sev4")):
        script.add(script.office(last + 50 * MINUTE, "cmd"), "close", "cmd")


def _follow(script: Script, n: int) -> datetime:
    """One action item, from its promise as far as it came; answers when it was touched last."""
    promise, random = script.story.actions[n], script.random
    start = script.office(script.times.resolved + timedelta(hours=3 + 4 * n), "cmd")
    owner = promise.owner or pick(random, script.story.team, start)
    given = {"title": script.fill(promise.title), "kind": promise.kind, "priority": promise.priority}
    due = (start + promise.due * DAY).date() if promise.due else None
    script.add(start, "promise", "cmd", number=n, owner=owner, due=due, **given)
    last = _moved(script, n, start, due)
    end = script.office(max(start + promise.days * DAY, last + DAY), owner)
    if promise.end == "declined":
        approver = next(handle for handle in MANAGERS.values() if handle != owner)
        why = script.fill(promise.proof)
        script.add(end, "decline", owner, number=n, reason=why, approver=approver)
        return end
    if promise.end != "open":
        begun = min(script.office(start + (end - start) * 0.5, owner), end - 90 * MINUTE)
        script.add(max(begun, start + MINUTE), "begin", owner, number=n)
    if promise.end in ("done", "verified"):
        end = _done(script, n, owner, end)
    return end


def _moved(script: Script, n: int, start: datetime, due: Any) -> datetime:
    promise, last = script.story.actions[n], start
    for days in promise.moves:
        assert due is not None, f"{script.story.key}: what is moved needs a day"
        at = datetime.combine(due - DAY, time(13, script.random.randrange(60)), UTC)
        due += days * DAY
        owner = promise.owner or script.roles["cmd"]
        script.add(at, "move", owner, number=n, due=due, why=script.fill(promise.why))
        last = at
    return last


def _done(script: Script, n: int, owner: str, end: datetime) -> datetime:
    promise = script.story.actions[n]
    other = pick(script.random, script.story.team, end, [owner])
    if promise.failed:
        script.add(end - 6 * DAY, "done", owner, number=n, evidence="It is merged and deployed.")
        why = script.fill(promise.failed)
        script.add(script.office(end - 5 * DAY, other), "undone", other, number=n, reason=why)
    script.add(end, "done", owner, number=n, evidence=script.fill(promise.proof))
    if promise.end == "done":
        return end
    at = script.office(end + script.random.uniform(0.5, 3) * DAY, other)
    script.add(at, "verify", other, number=n)
    return at
