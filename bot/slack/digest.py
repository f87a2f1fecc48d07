"""The weekly digest, where incidents are announced: what is open, what is late, what was kept."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, people
from bot.domain.actions import ActionItem
from bot.domain.insights import Week, week
from bot.lib.words import plural
from bot.slack import blocks, words
from bot.slack.announce import Announcements
from bot.slack.desk import Desk

SHOWN = 10
LOOK_BACK = timedelta(days=1)  # a digest of this week cannot have been posted before


class WeeklyDigest:
    """One job; its slot is its key, so several clocks and a restart make one message."""

    def __init__(self, desk: Desk, announcements: Announcements) -> None:
        self.desk, self.announcements = desk, announcements

    async def post(self, at: datetime) -> None:
        message = await self.desk.courier.ask(self._message, at)
        place = await self.announcements.find_place() if message else None
        if message is None or place is None:
            return
        key = f"digest/{at:%G-W%V}"
        post = partial(self.desk.post, place, key, **message)
        await self.desk.do(key, post, partial(self.desk.find, place, key, at - LOOK_BACK))

    def _message(self, session: Session, at: datetime) -> dict[str, Any] | None:
        """Nothing to say is not said."""
        found = week(session, at)
        if found.is_quiet:
            return None
        return blocks.message(answer(found), [blocks.section(text) for text in told(session, found)])


def answer(found: Week) -> str:
    """The first line says it."""
    late = f"{plural(len(found.late), 'action item')} late" if found.late else "no action item late"
    live = f"{plural(len(found.live), 'incident')} live" if found.live else "no incident live"
    return (
        f"The week to {found.until:%Y-%m-%d}: {plural(found.declared, 'incident')} declared, {live}, "
        f"{late}, {found.verified} verified."
    )


def told(session: Session, found: Week) -> list[str]:
    """The answer, then each list that has something in it."""
    late = [(_named(session, one), one) for one in found.late]
    lists = [
        ("Late", [f"{text} · {_owner(session, one.owner_id)} · due {one.due}" for text, one in late]),
        (
            "Due in the next seven days",
            [
                f"{_named(session, one)} · {_owner(session, one.owner_id)} · {one.due}"
                for one in found.due_next
            ],
        ),
        (
            "Postmortems owed",
            [
                f"*{one.ref}* {words.title(one.title)}{words.sample(one)} · {_owner(session, draft.owner_id)}"
                for one, draft in found.postmortems_owed
            ],
        ),
    ]
    return [answer(found), *(_listed(head, lines) for head, lines in lists if lines)]


def _named(session: Session, item: ActionItem) -> str:
    mark = words.sample(incidents.get(session, item.incident_id))
    return f"*{item.ref}* {words.title(item.title)}{mark}"


def _listed(head: str, lines: list[str]) -> str:
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([f"*{head}*", *(f"• {line}" for line in [*lines[:SHOWN], *more])])


def _owner(session: Session, id: int | None) -> str:
    """Named, not pinged: a digest is read by everyone."""
    return words.escape(people.get(session, id).name) if id else "nobody"
