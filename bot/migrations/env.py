"""How alembic runs here: on the connection it is given, in the transaction that is already open."""

from typing import Literal

from alembic import context
from sqlmodel import SQLModel

connection = context.config.attributes["connection"]


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """DBOS keeps its own tables in the same database."""
    return kind != "table" or name in SQLModel.metadata.tables


def spelt(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """SQLModel's own types by their short names, which the template imports."""
    name = type(thing).__name__
    return f"{name}()" if kind == "type" and name in ("AutoString", "UTCDateTime") else False


context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter a column
    include_name=is_ours,
    compare_type=True,
    render_item=spelt,
)
with context.begin_transaction():
    context.run_migrations()
