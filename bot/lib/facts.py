"""Facts, the rows that hold them, who listens to them, and how far each listener has heard."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, ClassVar, NamedTuple, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from bot.lib.cleaning import clean_all
from bot.lib.db import is_postgres

LINE = 0x0EA5  # the first half of the advisory lock's key; the second is the incident
F = TypeVar("F", bound=Callable[..., Any])


class Fact(BaseModel):
    """Named in the past tense; it knows its own sentence for the timeline."""

    model_config = ConfigDict(frozen=True)
    kinds: ClassVar[dict[str, type["Fact"]]] = {}
    shown: ClassVar[bool] = True  # stands in timelines
    drawn: ClassVar[bool] = True  # changes what is shown of an incident
    loud: ClassVar[bool] = False  # deserves a message of its own; all else only redraws the card
    needs: ClassVar[str] = "responder"  # the least role of whoever lets it become true
    reported: ClassVar[bool] = False  # has happened elsewhere already: it is written down, and not asked

    incident_id: int
    by: int  # a person's id
    happened_at: datetime | None = None  # when that was not the moment in which it was recorded

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Fact.kinds[cls.__name__] = cls

    def __str__(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} has no sentence")


class Event(SQLModel, table=True):
    """The row of one fact: timeline entry, audit record and message in one."""

    id: int = Field(default=None, primary_key=True)
    at: datetime
    kind: str
    incident_id: int = Field(index=True)
    by: int
    data: dict[str, Any] = Field(sa_type=sa.JSON)

    @property
    def fact(self) -> Fact:
        return Fact.kinds[self.kind].model_validate(self.data)

    @property
    def key(self) -> str:
        return f"INC-{self.incident_id}/{self.id}"

    @property
    def when(self) -> datetime:
        return self.fact.happened_at or self.at


class Ear(SQLModel, table=True):
    """How far one listener has heard one incident. Its writers meet on this row's lock."""

    __table_args__ = (
        sa.Index(
            "ix_ear_behind",
            "listener",
            sqlite_where=sa.text("heard < told"),
            postgresql_where=sa.text("heard < told"),
        ),
    )

    listener: str = Field(primary_key=True)
    incident_id: int = Field(primary_key=True)
    told: int  # the last fact meant for it
    heard: int  # the last fact it has dealt with

    @property
    def span(self) -> tuple[str, int, int, int]:
        return self.listener, self.incident_id, self.heard, self.told

    @property
    def run(self) -> str:
        """The id of the one run that may carry what comes next."""
        return f"{self.listener}/{self.incident_id}/{self.heard}"


class Marked(NamedTuple):
    """What `on` writes on a function."""

    kinds: frozenset[str]
    name: str
    folds: bool


@dataclass(frozen=True)
class Listener:
    """Called with (session, fact) if sync; if async with an event, or a list of them if it folds."""

    name: str
    kinds: frozenset[str]
    folds: bool
    call: Callable[..., Any]

    @property
    def is_reaction(self) -> bool:
        return not inspect.iscoroutinefunction(self.call)


def on(*facts: type[Fact], name: str | None = None, folds: bool = False) -> Callable[[F], F]:
    """Mark a function or a method as a listener to these facts; nothing is registered by it."""

    def mark(function: F) -> F:
        own = function.__qualname__.rpartition("<locals>.")[2].lower()
        kinds = frozenset(fact.__name__ for fact in facts)
        function.listens = Marked(kinds, name or own, folds)  # type: ignore[attr-defined]
        return function

    return mark


class Listeners(dict[str, Listener]):
    """Name -> listener, in the order of urgency: the first is told first."""

    def add(self, function: Callable[..., Any]) -> None:
        marked: Marked = function.listens  # type: ignore[attr-defined]
        listener = Listener(marked.name, marked.kinds, marked.folds, function)
        if self.setdefault(marked.name, listener) != listener:
            raise ValueError(f"Two listeners are called {marked.name!r}. Give one of them a name of its own.")

    def add_all(self, place: ModuleType | object) -> None:
        """Add whatever a module or an object has that is marked with `on`, in the order of its definition."""
        things = vars(place) if isinstance(place, ModuleType) else _things_of_class(type(place))
        for name, thing in list(things.items()):
            if isinstance(getattr(thing, "listens", None), Marked):
                self.add(getattr(place, name))


def _things_of_class(cls: type) -> dict[str, Any]:
    """As they were written, so that no property is asked."""
    return {name: thing for base in reversed(cls.__mro__) for name, thing in vars(base).items()}


def record(session: Session, fact: Fact, *, at: datetime) -> Event:
    """Write the fact down in the caller's transaction, and owe it to those who listen."""
    session.info.get("gate", _open)(session, fact)
    line_up(session, fact.incident_id)
    data = clean_all(fact.model_dump(mode="json"))
    event = Event(at=at, kind=type(fact).__name__, incident_id=fact.incident_id, by=fact.by, data=data)
    session.add(event)
    session.flush()
    owed_now = session.info.setdefault("owed", {})
    for name, listener in listeners_of(session).items():
        if event.kind in listener.kinds:
            owed_now[name, event.incident_id] = _owe(session, name, event)
    return event


def _open(_session: Session, _fact: Fact) -> None:
    """Where nobody guards, everybody may."""


def listeners_of(session: Session) -> Listeners:
    listeners: Listeners = session.info["listeners"]
    return listeners


def _owe(session: Session, name: str, event: Event) -> Ear:
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    # A new ear begins here: who is connected today does not hear last week's facts.
    owe = insert(Ear).values(listener=name, incident_id=event.incident_id, told=event.id, heard=event.id - 1)
    owe = owe.on_conflict_do_update(index_elements=["listener", "incident_id"], set_={"told": event.id})
    already = session.execute(owe.returning(col(Ear.heard))).scalar_one()
    return Ear(listener=name, incident_id=event.incident_id, told=event.id, heard=already)


def heard(session: Session, ear: Ear) -> Ear | None:
    """Move the ear to the end of its span, and say what it is owed next. Who comes second moves nothing."""
    line_up(session, ear.incident_id)
    mine = col(Ear.listener) == ear.listener, col(Ear.incident_id) == ear.incident_id
    move = sa.update(Ear).where(*mine, col(Ear.heard) == ear.heard).values(heard=ear.told)
    told = session.execute(move.returning(col(Ear.told))).scalar()
    if told is None:
        return None
    return Ear(listener=ear.listener, incident_id=ear.incident_id, heard=ear.told, told=told)


def owed(session: Session, ear: Ear) -> list[Event]:
    """What happened in the ear's span and is of a kind it listens to, in order."""
    kinds = listeners_of(session)[ear.listener].kinds
    span = col(Event.id) > ear.heard, col(Event.id) <= ear.told
    query = select(Event).where(Event.incident_id == ear.incident_id, *span, col(Event.kind).in_(kinds))
    return list(session.exec(query.order_by(col(Event.id))))


def behind(session: Session) -> list[Ear]:
    """Ears of present listeners that are owed something."""
    present = listeners_of(session)
    late = select(Ear).where(col(Ear.heard) < col(Ear.told)).order_by(col(Ear.told))
    return [ear for ear in session.exec(late) if ear.listener in present]


class Writing(Session):
    """A session that remembers that one of its savepoints was given up, and perhaps facts with it."""


@sa.event.listens_for(Writing, "after_soft_rollback")
def _doubt(session: Session, _transaction: object) -> None:
    session.info["doubts"] = True


def debts(session: Session) -> list[Ear]:
    """What the transaction owes, most urgent first; read again if a savepoint took facts back."""
    session.flush()
    told: dict[tuple[str, int], Ear] = session.info.get("owed", {})
    if not session.info.get("doubts"):
        return list(told.values())
    late = {(ear.listener, ear.incident_id): ear for ear in behind(session)}
    return [late[key] for key in told if key in late]


def line_up(session: Session, incident_id: int) -> None:
    """One writer at a time for one incident, until the commit. SQLite has one writer anyway."""
    if is_postgres(session):
        session.execute(select(sa.func.pg_advisory_xact_lock(LINE, incident_id)))


def moment(session: Session) -> datetime:
    """When the fact that is being reacted to was recorded: the `now` of a sync reaction."""
    at: datetime = session.info["moment"]
    return at
