"""Queueing: in the caller's transaction, and once for each key."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from bot.domain.mailings import rules
from bot.domain.mailings.model import BULK, MAIL, PERSONAL, Delivery, Mailing, Recipient, State
from bot.lib.db import is_postgres
from bot.lib.words import cut

PART = 500  # rows in one statement
SUBJECT_MAX = 180  # letters: of any script they fit into one header, which takes 998 bytes
COLUMNS = (
    "way",
    "recipient",
    "address",
    "name",
    "token",
)  # what a selection of recipients gives, in this order


def queue(
    session: Session,
    *,
    key: str,
    subject: str,
    plain: str,
    html: str,
    to: Iterable[Recipient],
    kind: str,
    now: datetime,
    incident_id: int | None = None,
    not_before: datetime | None = None,
    **more: Any,
) -> int:
    """Queue one text for each of these; answers how many. A key that is known queues nothing.

    `plain` and `html` may hold NAME, TOKEN and HERE (our public address). `more` is what `write` takes.
    Raises BadAddress, and then nothing is queued.
    """
    rows = {rules.address(each.address): each for each in to}
    text: Any = {"subject": subject, "plain": plain, "html": html}
    mailing = write(session, key=key, kind=kind, incident_id=incident_id, now=now, **text, **more)
    if mailing is None:
        return 0
    made = [_row(mailing, address, each, not_before or now) for address, each in rows.items()]
    for start in range(0, len(made), PART):
        session.execute(sa.insert(Delivery), made[start : start + PART])
    return len(made)


def queue_for(session: Session, mailing: Mailing, chosen: sa.Select[Any], *, now: datetime) -> int:
    """Queue it for everyone whom a query chooses: it gives COLUMNS. In one statement, for there are many."""
    whom = chosen.subquery()
    same = {**_same(mailing), "next_at": now}
    table: sa.Table = Delivery.__table__  # type: ignore[attr-defined]
    values = [sa.literal(value, table.c[name].type) for name, value in same.items()]
    source: Any = sa.select(*[*values, *(whom.c[name] for name in COLUMNS)])
    names = [*same, *COLUMNS]
    counted = {"preserve_rowcount": True}  # PostgreSQL's driver forgets it otherwise
    insert = sa.insert(Delivery).from_select(names, source)
    done: Any = session.execute(insert, execution_options=counted)
    return int(done.rowcount)


def write(
    session: Session,
    *,
    key: str,
    kind: str,
    subject: str,
    plain: str,
    html: str,
    now: datetime,
    incident_id: int | None = None,
    not_after: datetime | None = None,
    thread: str = "",
    leave: str = "",
    repeats: bool = False,
    data: dict[str, Any] | None = None,
) -> Mailing | None:
    """The text itself, for `queue_for`; None where the key is known. `leave` makes it a list."""
    insert = postgresql.insert if is_postgres(session) else sqlite.insert
    values = {
        "key": key,
        "kind": kind,
        "subject": cut(" ".join(subject.split()), SUBJECT_MAX),
        "plain": plain,
        "html": html,
        "data": data or {},
        "thread": thread,
        "leave": leave,
        "incident_id": incident_id,
        "repeats": repeats,
        "created_at": now,
        "not_after": not_after or now + rules.STALE,
    }
    made = insert(Mailing).values(values).on_conflict_do_nothing(index_elements=["key"])
    id = session.execute(made.returning(col(Mailing.id))).scalar()
    return None if id is None else session.get_one(Mailing, id)


def _row(mailing: Mailing, address: str, to: Recipient, when: datetime) -> dict[str, Any]:
    who = (MAIL, rules.recipient(MAIL, address), address, to.name, to.token or "")
    return {**_same(mailing), "next_at": when, **dict(zip(COLUMNS, who, strict=True))}


def _same(mailing: Mailing) -> dict[str, Any]:
    """What all deliveries of a mailing begin with."""
    begin = {"status": State.QUEUED.value, "tries": 0, "taken_by": "", "note": ""}
    return {"mailing_id": mailing.id, "thread": mailing.thread, "rank": _rank(mailing), **begin}


def _rank(mailing: Mailing) -> int:
    return BULK if mailing.leave else PERSONAL


def erase(session: Session, recipients: Sequence[str], *, token: str = "") -> None:
    """Forget these addresses; what still waits for them is not sent. With a token only what carries it is
    theirs to stop: a word that somebody of the house writes to the same address goes."""
    theirs = col(Delivery.recipient).in_(recipients)
    waits = sa.update(Delivery).where(theirs, col(Delivery.status) == State.QUEUED)
    if token:
        waits = waits.where(col(Delivery.token) == token)
    session.execute(waits.values(status=State.DROPPED, note="no longer wanted"))
    over = sa.update(Delivery).where(theirs, col(Delivery.status) != State.QUEUED)
    session.execute(over.values(address="", name="", token=""))


def forget(session: Session, before: datetime) -> None:
    """Delete the deliveries of what was over before that; the keys stay, or it could be sent anew."""
    over = select(Mailing.id).where(col(Mailing.not_after) < before)
    session.execute(sa.delete(Delivery).where(col(Delivery.mailing_id).in_(over)))
    spent = sa.update(Mailing).where(col(Mailing.not_after) < before, col(Mailing.plain) != "")
    session.execute(spent.values(plain="", html="", data={}))


def drop(session: Session, recipient: str, *, now: datetime) -> None:
    """Nothing that waits for this address is sent."""
    waits = (col(Delivery.recipient) == recipient, col(Delivery.status) == State.QUEUED)
    dropped = sa.update(Delivery).where(*waits)
    session.execute(dropped.values(status=State.DROPPED, note="mail there comes back", ended_at=now))


def queue_one(
    session: Session, mailing: Mailing, way: str, recipient: str, to: Recipient, *, now: datetime
) -> None:
    """Queue it for one endpoint or address that is known to be good."""
    who = (way, recipient, to.address, to.name, to.token or "")
    row = {**_same(mailing), "next_at": now, **dict(zip(COLUMNS, who, strict=True))}
    session.execute(sa.insert(Delivery), [row])
