"""Write the next revision, by comparing the models with a fresh SQLite file that has the history so far."""

import importlib
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.operations.ops import (
    AddColumnOp,
    CreateForeignKeyOp,
    DropConstraintOp,
    MigrateOperation,
    MigrationScript,
)
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from bot.lib import db

HOUSE = Path(__file__).parent.parent
HOLDS_A_TABLE = re.compile(r"^class .*\btable=True", re.MULTILINE)


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise SystemExit('Say what changes: make migration M="Add a table"')
    import_models()
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{Path(folder, 'now.db')}")
        db.upgrade(engine)
        with engine.connect() as connection:
            write(connection, sys.argv[1].strip().rstrip("."))
        engine.dispose()


def write(connection: sa.Connection, why: str) -> None:
    config = db.alembic(connection)
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    command.revision(config, why, autogenerate=True, rev_id=f"{number:04}", process_revision_directives=amend)


def import_models() -> None:
    """Tables are known once the modules that hold them are imported."""
    for path in sorted(HOUSE.rglob("*.py")):
        if HOLDS_A_TABLE.search(path.read_text()):
            importlib.import_module(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts))


def amend(_context: MigrationContext, _revision: Any, scripts: list[MigrationScript]) -> None:
    """What Alembic cannot know: what old rows hold in a new column, and what a foreign key is called."""
    for script in scripts:
        for op in _flat(script.upgrade_ops.ops if script.upgrade_ops else ()):
            if isinstance(op, AddColumnOp) and not op.column.nullable:
                op.column.server_default = sa.DefaultClause(_default(op.table_name, op.column.name))
            if isinstance(op, CreateForeignKeyOp):
                op.constraint_name = _name(op)
        for op in _flat(script.downgrade_ops.ops if script.downgrade_ops else ()):
            if isinstance(op, DropConstraintOp) and isinstance(op._reverse, CreateForeignKeyOp):
                op.constraint_name = _name(op._reverse)


def _name(op: CreateForeignKeyOp) -> str:
    """SQLite makes the table anew to add a key to it, and asks for a name."""
    return f"{op.source_table}_{'_'.join(op.local_cols)}_fkey"


def _flat(ops: Iterable[MigrateOperation]) -> Iterable[MigrateOperation]:
    for op in ops:
        yield from _flat(getattr(op, "ops", ())) if hasattr(op, "ops") else (op,)


def _default(table: str, column: str) -> Any:
    [model] = [each.class_ for each in SQLModel._sa_registry.mappers if each.class_.__tablename__ == table]
    value = model.model_fields[column].default
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | int | float):
        return sa.text(str(value).lower())
    raise SystemExit(
        f"{table}.{column} needs a plain default, or None: what do the rows hold that are there?"
    )


if __name__ == "__main__":
    main()
