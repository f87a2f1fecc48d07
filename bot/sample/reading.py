"""Stories as they lie in stories/*.toml: one is one incident, in the words of those who were there."""

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

STORIES = Path(__file__).parent / "stories"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(Part):
    """An action item. `end` says how far it came; `days` after the incident that was."""

    title: str
    owner: str = ""  # a handle; else somebody of the team
    kind: str = "prevent"
    priority: str = "medium"
    end: str = "verified"  # open | in_progress | done | verified | declined
    days: int = 10
    due: int | None = None  # days after it was written down; else by the severity's policy
    moves: tuple[int, ...] = ()  # by how many days it was put off, each time that it was
    why: str = ""  # of the moves
    proof: str = ""  # evidence, or the reason why it was declined
    failed: str = ""  # why it was reopened once, after it was said to be done


class Story(Part):
    """One incident. Lines of talk are `role: words`, or `handle: words`; `{names}` are filled in."""

    key: str
    days_ago: int
    hour: str  # UTC, when the impact began
    title: str
    severity: str
    services: tuple[str, ...]
    team: str
    minutes: tuple[int, int, int, int, int]  # to detected, acknowledged, identified, mitigated, resolved
    weekday: bool = True  # people deploy and change things on weekdays
    raised: str = ""  # the severity that it had first
    raised_why: str = ""
    late_service: str = ""  # of `services`: known only when the cause is
    alerts: tuple[str, ...] = ()  # without one a person declared it
    told_by: str = ""  # what that person wrote
    commander: str = ""
    takes_over: str = ""  # who commands later, and why
    private: bool = False
    runbook: str = ""
    says: tuple[str, ...] = ()  # until the cause is known
    cause: str = ""
    works: tuple[str, ...] = ()  # until it is mitigated
    mended: str = ""
    watches: tuple[str, ...] = ()  # until it is resolved
    end: str = ""
    again: str = ""  # why it was reopened, once
    cancelled: str = ""  # why it was no incident
    merged_into: str = ""  # the key of the other story
    updates: tuple[str, ...] = ()  # `phase: words`
    still: str = ""  # what customers hear while there is no news
    numbers: dict[str, tuple[int, int]] = Field(default_factory=dict)
    postmortem: dict[str, str] = Field(default_factory=dict)
    published: int | None = None  # days after the end; None: it stays a draft, or nobody owed one
    actions: tuple[Promise, ...] = ()
    closed: bool = True


@functools.cache
def stories() -> tuple[Story, ...]:
    """All of them, the oldest first."""
    found = [
        Story.model_validate(each)
        for path in sorted(STORIES.glob("*.toml"))
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["story"]
    ]
    return tuple(sorted(found, key=lambda story: -story.days_ago))
