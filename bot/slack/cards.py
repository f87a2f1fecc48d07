"""How an incident looks in Slack: the card, the topic, the announcement. Pure: data in, blocks out."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.domain.incidents import Loop, Status
from bot.lib.words import duration, plural
from bot.slack import buttons
from bot.slack.blocks import Block, actions, context, divider, section
from bot.slack.faces import Face
from bot.slack.words import channel, clock_time, escape, link, moment

STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000)
MOST_LOOPS = 10
MINUTE = timedelta(minutes=1)
NOBODY, DONE, OPEN = "\u2013", "\u2611", "\u2610"


def card(face: Face) -> list[Block]:
    """The pinned message, edited in place: short enough to be taken in at a glance."""
    blocks = [section(_headline(face)), context(_origin(face))]
    if about := "\n".join(filter(None, (_people(face), customers(face), _hurt(face), _alerts(face)))):
        blocks.append(section(about))
    blocks += actions(_joins(face), id="join")
    blocks += actions([buttons.post_runbook(face.ref, *one) for one in face.runbooks], id="runbooks")
    blocks.append(divider())
    blocks += actions(_buttons(face), id="do")
    blocks.append(context(_checklist(face)))
    return blocks


def text(face: Face) -> str:
    """The card in one line, for notifications."""
    return f"{_headline(face, plain=True)} · {face.status}"


def topic(face: Face) -> str:
    """Slack does not format a topic; its one link is the address itself."""
    commander = f"commander {face.commander}" if face.commander else "no commander"
    parts = [_apart(face) + face.severity, str(face.status), commander, f"{face.ref} {face.url}"]
    return " · ".join(parts)


def announcement(face: Face) -> str:
    """One line for everybody, the same message from the first to the last."""
    start = f"{_apart(face)}{_short(face)} · *{face.ref}* {face.title}"
    line = " · ".join([start, *filter(None, _end(face) if face.resolved_at else _course(face))])
    if face.guest and face.channel:
        line += f"\n{face.guest} is a guest, whom only a member can invite: please bring them in."
    return line


def fingerprint(shown: Any) -> str:
    """Equal for what looks equal: what was shown already need not be shown again."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def key_of(incident_id: int) -> str:
    """By which the card is found again; one incident has one card."""
    return f"INC-{incident_id}/card"


def since(at: datetime, form: str = "{time}") -> str:
    """A time said twice: on the clock, and how long ago."""
    return moment(at, f"{form} ({{ago}})")


# ---- the card


def _headline(face: Face, *, plain: bool = False) -> str:
    start = f"{_apart(face)}{face.severity} · "
    if plain:
        return f"{start}{face.ref} {face.title}"
    return f"{start}*{face.ref}*  *{face.title}*   `{face.status}`"


def _apart(face: Face) -> str:
    """What is no real incident says so first."""
    return "DRILL · " if face.drill else "SAMPLE · " if face.sample else ""


def _origin(face: Face) -> str:
    parts = [", ".join(face.services), "private" if face.private else ""]
    parts.append(f"declared {since(face.declared_at)} by {face.declared_by}")
    if face.detected_at and face.detected_at != face.declared_at:
        parts.append(f"detected {clock_time(face.detected_at)}")
    if face.acknowledged_at:
        parts.append(f"acknowledged {clock_time(face.acknowledged_at)}")
    if face.resolved_at:
        parts.append(f"resolved after {duration(face.resolved_at - face.declared_at)}")
    if face.merged_into:
        parts.append(f"work goes on in INC-{face.merged_into}")
    return " · ".join(filter(None, parts))


def _people(face: Face) -> str:
    return "   ".join(f"*{chair.name}*  {chair.holder or NOBODY}" for chair in face.chairs)


def _joins(face: Face) -> list[Block]:
    empty = [] if face.is_over else [chair for chair in face.chairs if chair.holder is None]
    return [buttons.join_as(face.ref, chair.key) for chair in empty]


def customers(face: Face) -> str:
    parts = [f"last told {clock_time(face.told_at)}"] if face.told_at else []
    if face.promised_by and not face.is_over:
        parts.append(_promise(face.promised_by, face.now))
    parts += [] if face.is_over else filter(None, (face.owed, _waits(face)))
    parts += [face.score] if face.score else []
    told = [", ".join(parts)] if parts else []
    wrote = [f"{plural(face.written, 'has', 'have')} written"] if face.written else []
    return f"*Customers*  {' · '.join([*told, *wrote])}" if told or wrote else ""


def _waits(face: Face) -> str:
    return f"{plural(face.drafts, 'text waits', 'texts wait')} for a yes" if face.drafts else ""


def _promise(by: datetime, now: datetime) -> str:
    """A promise that ran out says by how much."""
    if now >= by:
        late = f"{duration(now - by)} late" if now - by >= MINUTE else "due now"
        return f"promised by {clock_time(by)}, *{late}*"
    return f"promised next by {since(by)}"


def _hurt(face: Face) -> str:
    return f"*Affected*  {face.hurt}" if face.hurt else ""


def _alerts(face: Face) -> str:
    return f"*Alerts*  {_about(face.alerts)}" if face.alerts else ""


def _about(count: int) -> str:
    """In steps, so that a storm of ten thousand changes the card a dozen times."""
    step = max(step for step in STEPS if step <= count)
    return plural(count, "alert") if step == count else f"more than {plural(step, 'alert')}"


def _buttons(face: Face) -> list[Block]:
    """What is next: run it, then close its loops."""
    if not face.is_live:
        ends = [buttons.open_postmortem(face.ref), buttons.list_actions(face.ref)]
        return ends if face.is_over else [*ends, buttons.close(face.ref)]
    first = [] if face.acknowledged_at else [buttons.acknowledge(face.ref)]
    return [
        *first,
        *([buttons.tell_first(face.ref, face.first_words)] if face.first_words else []),
        buttons.update_customers(face.ref),
        buttons.add_action(face.ref),
        buttons.resolve(face.ref),
    ]


def _checklist(face: Face) -> str:
    if face.status == Status.CLOSED:
        return "Closed: every loop is closed."
    if face.is_over:
        return f"It is {face.status}. Nothing more is owed here."
    return "Until it is closed:  " + "   ".join(map(_loop, face.loops[:MOST_LOOPS]))


def _loop(loop: Loop) -> str:
    return f"{DONE if loop.done else OPEN} {escape(loop.name)}"


# ---- the announcement


def _short(face: Face) -> str:
    """`● SEV1`, without the name."""
    return " ".join(face.severity.split()[:2])


def _course(face: Face) -> Iterator[str]:
    yield str(face.status)
    yield channel(face.channel) if face.channel else ""
    if face.merged_into:
        yield f"work goes on in INC-{face.merged_into}"
    if face.is_live:
        yield f"commander {face.commander}" if face.commander else "no commander yet"
        yield moment(face.declared_at, "{ago}")


def _end(face: Face) -> Iterator[str]:
    assert face.resolved_at is not None
    yield f"\u2713 resolved after {duration(face.resolved_at - face.declared_at)}"
    yield "closed" if face.status == Status.CLOSED else ""
    yield channel(face.channel) if face.channel else ""
    yield _postmortem(face)
    yield plural(face.actions, "action") if face.actions else ""


def _postmortem(face: Face) -> str:
    if face.postmortem_url and face.status == Status.CLOSED:
        return link(face.postmortem_url, "postmortem")
    if face.postmortem_due:
        return f"postmortem due {moment(face.postmortem_due, '{date_short_pretty}')}"
    return ""
