"""A scenario as its file says, a drill that is held with it, and what has been injected so far."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic import Field as Key
from sqlmodel import Field, SQLModel

from bot.lib.spans import parse_span

NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
MOST_POINTS, MOST_MINUTES = 10, 240


class Kind(StrEnum):
    """Who speaks in an injection, or what happens. A herring looks like a message: nobody is told."""

    ALERT = "alert"
    MESSAGE = "message"
    QUESTION = "question"
    HERRING = "herring"
    CUSTOMER = "customer"
    HINT = "hint"
    AWAY = "away"


class Rule(StrEnum):
    """What can be expected of a team; each is a function of rules.py."""

    ACKNOWLEDGED = "acknowledged"
    ACTION_ADDED = "action_added"
    ANSWERED = "answered"
    FIRST_UPDATE = "first_update"
    HANDED_OFF = "handed_off"
    MENTIONED = "mentioned"
    NOT_FOLLOWED = "not_followed"
    NOT_SAID = "not_said"
    PAGED = "paged"
    PROMISES_KEPT = "promises_kept"
    RESOLVED = "resolved"
    RUNBOOK_OPENED = "runbook_opened"
    SEAT_TAKEN = "seat_taken"
    SEVERITY_RAISED = "severity_raised"
    STATUS_REACHED = "status_reached"
    WENT_ON = "went_on"


def _span(text: str) -> str:
    if parse_span(text).business_days:
        raise ValueError(f"{text!r} counts days; a drill is counted in minutes and hours, like 4m or 1h")
    return text


SpanText = Annotated[str, AfterValidator(_span)]
Words = Annotated[str, Key(min_length=1)]


def length(text: str | None) -> timedelta:
    """What a span of a scenario stands for."""
    return parse_span(text).rough if text else timedelta()


class Part(BaseModel):
    """A table of a scenario; a key that we do not know is a mistake worth hearing about."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Inject(Part):
    """Something that happens to the team at a moment of drill time."""

    key: Annotated[str, Key(pattern=NAME)]
    at: SpanText
    kind: Kind
    voice: Annotated[str, Key(alias="as")] = ""
    text: Words
    lasts: SpanText | None = None  # how long Slack stays away


class Expect(Part):
    """One thing that a team should do, worth some points; `why` is what to learn where it was missed."""

    key: Annotated[str, Key(pattern=NAME)]
    what: Words
    rule: Rule
    points: Annotated[int, Key(ge=1, le=MOST_POINTS)] = 1
    why: str = ""
    within: SpanText | None = None
    after: str | None = None  # the key of an injection; without one, the start
    role: str | None = None
    to: str | None = None
    status: str | None = None
    runbook: str | None = None
    words: tuple[str, ...] = ()


class Scenario(Part):
    """`name` is the file's. The injections stand in the order of their moments."""

    name: Annotated[str, Key(pattern=NAME)]
    title: Annotated[str, Key(min_length=1, max_length=120)]
    summary: Words
    about: Annotated[tuple[str, ...], Key(min_length=1)]
    minutes: Annotated[int, Key(ge=1, le=MOST_MINUTES)]
    severity: str | None = None
    services: tuple[str, ...] = ()
    private: bool = False
    inject: Annotated[tuple[Inject, ...], Key(min_length=1)]
    expect: Annotated[tuple[Expect, ...], Key(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ordered = tuple(sorted(self.inject, key=lambda each: length(each.at)))
        object.__setattr__(self, "inject", ordered)
        return self

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Ending(StrEnum):
    """Why a drill is over."""

    RESOLVED = "resolved"
    STOPPED = "stopped"
    TIME = "time"


class Drill(SQLModel, table=True):
    """One drill. It keeps its script as it was at the start, whatever becomes of the file."""

    id: int = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", unique=True)
    scenario: str = Field(index=True)
    title: str
    script: dict[str, Any] = Field(sa_type=sa.JSON)
    pace: int = 1  # minutes of the drill in one minute of the clock
    started_by: int = Field(foreign_key="person.id")
    started_at: datetime
    ended_at: datetime | None = Field(default=None, index=True)
    ending: str = ""
    score: int | None = None  # percent of the points that could be won; None where none could be
    verdicts: list[dict[str, Any]] = Field(default=[], sa_type=sa.JSON)

    @property
    def plan(self) -> Scenario:
        return Scenario.model_validate(self.script)

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


class DrillInject(SQLModel, table=True):
    """An injection that was played. Its row is what makes it happen once."""

    __tablename__ = "drill_inject"

    drill_id: int = Field(primary_key=True, foreign_key="drill.id")
    key: str = Field(primary_key=True)
    at: datetime
