"""What Slack shows of an incident, and who waits for it to appear. The incident knows nothing of this."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, Session, SQLModel, col, select

from bot.domain.people import CLOSEOUT
from bot.lib.facts import Fact, record


class Room(SQLModel, table=True):
    """An incident's place in Slack: its channel, the card in it, the line in the announcements."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    channel_id: str | None = Field(default=None, unique=True)  # None: no channel could be opened
    channel_name: str = ""
    card_ts: str | None = None
    card: str = ""  # fingerprint of the card as it was last drawn
    topic: str = ""  # as it was last set
    announced_in: str | None = None
    announcement_ts: str | None = None
    announcement: str = ""  # fingerprint, as for the card
    lost: str = ""  # why the channel cannot be used any more

    @property
    def usable(self) -> str | None:
        """The channel to write to; None where there is none, or none any more."""
        return None if self.lost else self.channel_id


class Waiting(SQLModel, table=True):
    """Someone declared an incident and looks at an answer or a form, until the channel is there."""

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    response_url: str = ""
    view_id: str = ""
    external_id: str = ""
    since: datetime
    answered_at: datetime | None = None


class Checklist(SQLModel, table=True):
    """The message in which a runbook's run is ticked off."""

    run_id: int = Field(primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    ts: str
    shown: str = ""  # fingerprint, as for the card


class RoomOpened(Fact):
    """The incident has a channel."""

    channel_id: str
    channel_name: str

    def __str__(self) -> str:
        return f"opened #{self.channel_name}"


class RoomFailed(Fact):
    """Slack will not give the incident a channel; the work goes on without."""

    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return f"could not open a channel: {self.reason}"


class RoomLost(Fact):
    """The channel was archived or deleted, or we were removed; the work goes on without."""

    loud: ClassVar[bool] = True
    reason: str

    def __str__(self) -> str:
        return f"cannot use the channel any more: {self.reason}"


def wait(
    session: Session,
    incident_id: int,
    person_id: int,
    *,
    now: datetime,
    response_url: str = "",
    view_id: str = "",
    external_id: str = "",
) -> Waiting:
    """Remember whom to tell when the channel is there; in the transaction that declares."""
    waiting = Waiting(
        incident_id=incident_id,
        person_id=person_id,
        since=now,
        response_url=response_url,
        view_id=view_id,
        external_id=external_id,
    )
    session.add(waiting)
    session.flush()
    return waiting


def waiting_for(session: Session, incident_id: int) -> list[Waiting]:
    """All who ever waited, the answered too: a repeated run must find them in the same order."""
    asked = select(Waiting).where(Waiting.incident_id == incident_id).order_by(col(Waiting.id))
    return list(session.exec(asked))


def answered(session: Session, waiting_id: int, *, now: datetime) -> None:
    waiting = session.get(Waiting, waiting_id)
    if waiting is not None and waiting.answered_at is None:
        waiting.answered_at = now
        session.add(waiting)


def room_of(session: Session, incident_id: int) -> Room | None:
    return session.get(Room, incident_id)


def incident_in(session: Session, channel_id: str) -> int | None:
    """The id of the incident whose channel this is."""
    return session.exec(select(Room.incident_id).where(Room.channel_id == channel_id)).first()


def opened(session: Session, incident_id: int, channel_id: str, channel_name: str, *, now: datetime) -> Room:
    """The channel is there. Said once, however often it is told."""
    room = session.get(Room, incident_id) or Room(incident_id=incident_id)
    if room.channel_id is None:
        room.channel_id, room.channel_name, room.lost = channel_id, channel_name, ""
        session.add(room)
        fact = RoomOpened(
            incident_id=incident_id, by=CLOSEOUT, channel_id=channel_id, channel_name=channel_name
        )
        record(session, fact, at=now)
    return room


def failed(session: Session, incident_id: int, reason: str, *, now: datetime) -> None:
    """There will be no channel."""
    if session.get(Room, incident_id) is None:
        session.add(Room(incident_id=incident_id, lost=reason))
        record(session, RoomFailed(incident_id=incident_id, by=CLOSEOUT, reason=reason), at=now)


def lost(session: Session, incident_id: int, reason: str, *, now: datetime) -> None:
    """The channel cannot be used any more. Said once."""
    room = session.get(Room, incident_id)
    if room is not None and room.channel_id and not room.lost:
        room.lost = reason
        session.add(room)
        record(session, RoomLost(incident_id=incident_id, by=CLOSEOUT, reason=reason), at=now)


def found_again(session: Session, incident_id: int) -> bool:
    """The channel was unarchived, or we were invited back. False when it was never lost."""
    room = session.get(Room, incident_id)
    if room is None or not room.channel_id or not room.lost:
        return False
    room.lost, room.card, room.topic = "", "", ""
    session.add(room)
    return True


def checklists_of(session: Session, incident_id: int) -> dict[int, Checklist]:
    """By run."""
    rows = session.exec(select(Checklist).where(Checklist.incident_id == incident_id))
    return {row.run_id: row for row in rows}


def keep_checklist(session: Session, incident_id: int, run_id: int, ts: str, shown: str) -> None:
    session.merge(Checklist(run_id=run_id, incident_id=incident_id, ts=ts, shown=shown))


def remember(session: Session, incident_id: int, /, **shown: Any) -> None:
    """Note what Slack shows now, by the names of the room's columns."""
    room = session.get(Room, incident_id)
    if room is not None:
        for name, value in shown.items():
            setattr(room, name, value)
        session.add(room)
