"""Jira's issues in our words. What is no issue of ours raises nothing here: it is None."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.trackers import FarState, Seen

DELETED = "jira:issue_deleted"
FIELDS = ("summary", "status", "resolution", "assignee", "duedate", "updated")
STATES = {"new": FarState.OPEN, "undefined": FarState.OPEN, "indeterminate": FarState.DOING}
# A project names its resolutions as it likes; these are Jira's own for what nobody will do.
DROPPED = ("won't do", "won't fix", "duplicate", "declined", "cannot reproduce", "cancelled", "canceled")
TITLE_MAX = 1000


def _people(*users: object) -> tuple[tuple[str, str], ...]:
    known = [_map(user) for user in users]
    return tuple((_text(one.get("accountId")), _text(one.get("emailAddress"))) for one in known)


def delivery(body: str, url: str) -> Seen | None:
    """What a webhook says about one issue."""
    told = _map(json.loads(body))
    event, user = _text(told.get("webhookEvent")), _map(told.get("user"))
    if not event.startswith("jira:issue_"):
        return None
    agent, name = _text(user.get("accountId")), _text(user.get("displayName"))
    seen = issue(told.get("issue"), url, agent=agent, agent_name=name, gone=event == DELETED)
    return replace(seen, emails=(*seen.emails, *_people(user))) if seen else None


def issue(
    value: object, url: str, *, agent: str = "", agent_name: str = "", gone: bool = False
) -> Seen | None:
    """None for what lacks the least that an issue has."""
    it = _map(value)
    fields, id, key = _map(it.get("fields")), _text(it.get("id")), _text(it.get("key"))
    at, category = moment(fields.get("updated")), _category(fields)
    if (
        not id.isdigit()
        or not key
        or at is None
        or not category
        or not isinstance(fields.get("summary"), str)
    ):
        return None
    account = _text(_map(fields.get("assignee")).get("accountId"))
    return Seen(
        far_id=id,
        key=key,
        url=f"{url}/browse/{key}",
        at=at,
        title=" ".join(_text(fields["summary"]).split())[:TITLE_MAX],
        state=_state(category, fields),
        owners=(account,) if account else (),
        due=_day(fields),
        agent=agent,
        agent_name=agent_name,
        emails=_people(fields.get("assignee")),
        gone=gone,
    )


def _category(fields: dict[str, Any]) -> str:
    return _text(_map(_map(fields.get("status")).get("statusCategory")).get("key"))


def _state(category: str, fields: dict[str, Any]) -> str:
    if category != "done":
        return STATES.get(category, FarState.DOING)
    why = _text(_map(fields.get("resolution")).get("name")).lower().replace("\u2019", "'")
    return FarState.DROPPED if why in DROPPED else FarState.DONE


def _day(fields: dict[str, Any]) -> str | None:
    """None where the field is not shown to us, or is no day."""
    if "duedate" not in fields:
        return None
    if not fields["duedate"]:
        return ""
    try:
        return date.fromisoformat(_text(fields["duedate"])).isoformat()
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Jira writes 2026-03-02T12:00:00.000+0000."""
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """What a database can hold, and nothing that reads as one of our people."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace").decode().replace("\x00", "").replace("@{p:", "@ {p:")
