"""The door by which other features object to closing: each names a loop, and says whether it is closed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from bot.domain.incidents.model import Incident, Status
from bot.lib.errors import Refused


class StillOpen(Refused):
    """Some loops are still open."""


@dataclass(frozen=True)
class Loop:
    """One line of the closing checklist: what it is, whether it is done, and else what to do."""

    name: str
    done: bool
    remedy: str = ""
    rank: int = 50  # its place in the list


Objection = Callable[[Session, Incident], Loop | None]
objections: list[Objection] = []


def before_closing(objection: Objection) -> Objection:
    """Let another feature object; None means that it has nothing to say about this incident."""
    if objection not in objections:
        objections.append(objection)
    return objection


def loops(session: Session, incident: Incident) -> list[Loop]:
    """The checklist "until it is closed", in the order in which loops tend to close."""
    said = [objection(session, incident) for objection in objections]
    resolved = Loop("resolved", incident.resolved_at is not None, "Resolve it first: /incident resolve")
    return [resolved, *sorted((loop for loop in said if loop), key=lambda loop: loop.rank)]


def check_closed(session: Session, incident: Incident) -> None:
    """Refuse while a loop is open, naming each with its remedy."""
    if left := [loop for loop in loops(session, incident) if not loop.done]:
        lines = "\n".join(f"• {loop.name}: {loop.remedy}" for loop in left)
        raise StillOpen(f"{incident.ref} stays {Status(incident.status)}; still open:\n{lines}")
