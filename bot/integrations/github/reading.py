"""GitHub's issues in our words. What is no issue of ours raises nothing here: it is None."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.domain.trackers import FarState, Seen
from bot.integrations.github.text import due_in

DROPPED = ("not_planned", "duplicate")
TITLE_MAX = 1000


def delivery(body: str, repo: str) -> Seen | None:
    """What a webhook says about one issue of this repository."""
    told = _map(json.loads(body))
    if _text(_map(told.get("repository")).get("full_name")).lower() != repo.lower():
        return None
    sender = _text(_map(told.get("sender")).get("login"))
    gone = told.get("action") in ("deleted", "transferred")
    return issue(told.get("issue"), agent=sender, gone=gone)


def issue(value: object, *, agent: str = "", gone: bool = False) -> Seen | None:
    """None for pull requests, which GitHub lists among the issues, and for what lacks the least."""
    it = _map(value)
    number, id, at = it.get("number"), it.get("id"), _moment(it.get("updated_at"))
    is_issue = _is_id(number) and _is_id(id) and at is not None and it.get("state") in ("open", "closed")
    if not is_issue or at is None or it.get("pull_request") or not isinstance(it.get("title"), str):
        return None
    return Seen(
        far_id=str(id),
        key=f"#{number}",
        url=_text(it.get("html_url")),
        at=at,
        title=" ".join(_text(it.get("title")).split())[:TITLE_MAX],
        state=_state(it),
        owners=_logins(it),
        due=due_in(_text(it.get("body")).replace("\r\n", "\n")),
        agent=agent,
        agent_name=agent,
        gone=gone,
    )


def _state(it: dict[str, Any]) -> str:
    if it["state"] == "open":
        return FarState.OPEN
    return FarState.DROPPED if it.get("state_reason") in DROPPED else FarState.DONE


def _logins(it: dict[str, Any]) -> tuple[str, ...]:
    given = it.get("assignees")
    people = given if isinstance(given, list) else []
    return tuple(login for one in people if (login := _text(_map(one).get("login"))))


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """What a database can hold, and nothing that reads as one of our people."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace").decode().replace("\x00", "").replace("@{p:", "@ {p:")
