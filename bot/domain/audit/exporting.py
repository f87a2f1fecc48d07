"""All items of a scope as CSV, JSON or XLSX, read and written a few at a time."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus
from bot.domain.audit.dates import Dates
from bot.domain.audit.scope import Scope, condition
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.trackers import TrackerLink
from bot.lib.spreadsheets import Cell, csv_lines, workbook

AT_ONCE = 1_000
GIVEN_UP = (ItemStatus.DECLINED, ItemStatus.DUPLICATE)
# Heading -> how wide it stands in a spreadsheet.
COLUMNS = {
    "ref": 8, "title": 48, "outcome": 32, "state": 12, "kind": 10, "priority": 9, "owner": 20, "team": 14,
    "promised": 11, "due": 11, "first due": 11, "days late": 9, "moved": 7, "reopened": 9, "done": 11,
    "evidence": 32, "verified": 11, "verified by": 20, "declined": 11, "decline reason": 32, "approver": 20,
    "incident": 9, "severity": 9, "incident title": 40, "mark": 8,
    "tracked as": 32,
}  # fmt: skip
DAYS = frozenset({"promised", "due", "first due", "done", "verified", "declined"})
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rows(session: Session, scope: Scope, *, as_: Person, today: date) -> Iterator[list[Cell]]:
    """In the order of COLUMNS, by reference. The session must stay open meanwhile."""
    names = _names(session)
    asked = _asked(session, scope, as_, today).execution_options(yield_per=AT_ONCE)
    read = _reader(names, today)
    for row in session.execute(asked):
        yield read(row)


def _asked(session: Session, scope: Scope, as_: Person, today: date) -> sa.Select[Any]:
    dates = Dates(session)
    item, incident = _columns(ActionItem), _columns(Incident)

    def day(column: Any) -> Any:
        """As text, since a day is made of it for few of the forms."""
        return sa.type_coerce(column, sa.String) if not dates.is_postgres else sa.cast(column, sa.Text)

    asked = sa.select(
        item.id, item.title, item.outcome, item.status, item.kind, item.priority, item.owner_id, item.team,
        day(dates.of(item.created_at)), day(item.due), day(item.first_due), item.moved, item.reopened,
        day(dates.of(item.done_at)), item.evidence, day(dates.of(item.verified_at)), item.verified_by,
        day(dates.of(item.declined_at)), item.decline_reason, item.approver_id, item.incident_id,
        incident.severity, incident.title, incident.private, incident.sample,
        _tracked(session, item.id),
    )  # fmt: skip
    asked = asked.select_from(ActionItem).join(Incident, incident.id == item.incident_id)
    return asked.where(condition(session, scope, as_=as_, today=today)).order_by(item.id)


def _tracked(session: Session, item_id: Any) -> Any:
    """Where the item is in a tracker; of two, one. Without a tracker nothing is looked up."""
    link = _columns(TrackerLink)
    if session.execute(sa.select(link.item_id).limit(1)).first() is None:
        return sa.literal("")
    there = link.item_id == item_id, link.far_id != "", link.gone_at.is_(None)
    return sa.select(sa.func.min(link.url)).where(*there).scalar_subquery()


def _columns(table: type) -> Any:
    """As those of the table, which answer plain values."""
    return sa.inspect(table).local_table.c


def _names(session: Session) -> dict[int | None, str]:
    """Whoever was met twice is called as who they turned out to be."""
    person = _columns(Person)
    found = session.execute(sa.select(person.id, person.name, person.same_as)).all()
    own = {id: name for id, name, _ in found}
    return {None: "", **{id: own.get(same, name) if same else name for id, name, same in found}}


def _reader(names: dict[int | None, str], today: date) -> Callable[[Any], list[Cell]]:
    """What makes cells of a row; told once whose names there are."""
    now, day = today.isoformat(), date.fromisoformat

    def read(row: Any) -> list[Cell]:
        (
            id, title, outcome, status, kind, priority, owner, team, created, due, first_due, moved, reopened,
            done, evidence, verified, verifier, declined, reason, approver, incident, severity, about,
            private, sample, tracked,
        ) = row  # fmt: skip
        until = None if status in GIVEN_UP else now if status in STILL_DUE else done
        late = (day(until) - day(due)).days if due and until and until > due else 0
        return [
            f"A-{id}", title, outcome, status.replace("_", " "), kind, priority, names[owner], team,
            created, due, first_due, late, moved, reopened, done,
            evidence, verified, names[verifier], declined, reason, names[approver],
            f"INC-{incident}", severity, about, "sample" if sample else "private" if private else "",
            tracked or "",
        ]  # fmt: skip

    return read


def export(form: str, found: Iterator[list[Cell]]) -> Iterator[bytes]:
    """The file of a form of TYPES, piece by piece."""
    heads = list(COLUMNS)
    if form == "csv":
        return csv_lines(heads, found)
    if form == "xlsx":
        return workbook("Action items", heads, found, list(COLUMNS.values()), days=DAYS)
    return _json([head.replace(" ", "_") for head in heads], found)


def _json(heads: list[str], found: Iterator[list[Cell]]) -> Iterator[bytes]:
    """One list, an item on each line."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    lines, start = [], "[\n"
    for row in found:
        lines.append(encode(dict(zip(heads, row, strict=True))))
        if len(lines) == AT_ONCE:
            yield (start + ",\n".join(lines)).encode("utf-8", "replace")
            lines, start = [], ",\n"
    yield ((start if lines or start == "[\n" else "") + ",\n".join(lines) + "\n]\n").encode(
        "utf-8", "replace"
    )
