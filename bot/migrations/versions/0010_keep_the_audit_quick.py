"""Keep the audit quick."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = ("created_at", "incident_id", "status", "due", "done_at", "first_due")
NOW = BEFORE[:-1]
BOTH = ("team", "owner_id", "kind", "priority", "moved", "reopened")
SQLITE = {
    "letter": "char",
    "least": "min",
    "most": "max",
    "of": "substr({}, 1, 10)",
    "days": "CAST(julianday({}) - 2440587.5 AS INTEGER)",
}
POSTGRES = {
    "letter": "chr",
    "least": "LEAST",
    "most": "GREATEST",
    "of": "({} AT TIME ZONE 'UTC')::date",
    "days": "({} - '1970-01-01'::date)",
}


def upgrade() -> None:
    """The database fills the column by itself, also in the rows that are there."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    said = sa.text(spelt(**(POSTGRES if is_postgres else SQLITE)).replace(":", r"\:"))
    op.drop_index("ix_action_item_audit", "action_item")
    # SQLite adds no column that it would have to write into each row; its index holds what was computed.
    op.add_column("action_item", sa.Column("tally", sa.Text(), sa.Computed(said, persisted=is_postgres)))
    op.create_index("ix_action_item_audit", "action_item", [*NOW, *BOTH, "tally"])


def downgrade() -> None:
    op.drop_index("ix_action_item_audit", "action_item")
    op.drop_column("action_item", "tally")
    op.create_index("ix_action_item_audit", "action_item", [*BEFORE, *BOTH])


def spelt(*, letter: str, least: str, most: str, of: str, days: str) -> str:
    day = f"{most}(1, {least}({days}, 50000))"  # 0 says that there is none
    numbers = _numbers(of.format("created_at"), of.format("done_at"), day)
    numbers = (*numbers, f"{most}(0, {least}(moved, 50000))")
    return " || ".join(f"{letter}(32 + {each})" for each in numbers)


def _numbers(made: str, done: str, days: str) -> tuple[str, ...]:
    finished, due = _any("done", "verified"), _any("open", "in_progress", "blocked")
    made_on, done_on, due_on = days.format(made), days.format(done), days.format("due")
    kept = f"{finished} AND {done} <= due"
    flags = {
        1: finished,
        2: _any("verified"),
        4: _any("declined"),
        8: _any("duplicate"),
        16: kept,
        32: f"{finished} AND (due IS NULL OR done_at IS NULL)",
        64: f"{finished} AND {done} <= COALESCE(first_due, due)",
        128: "reopened > 0",
    }
    return (
        " + ".join(_when(fits, str(flag)) for flag, fits in flags.items()),
        made_on,
        _when(_any("declined", "duplicate"), made_on),
        _when(due, made_on),
        _when(f"{due} AND due IS NOT NULL", due_on),
        _when(kept, done_on),
        _when(f"{finished} AND done_at IS NOT NULL AND (due IS NULL OR {done} > due)", done_on),
        _when(f"{finished} AND done_at >= created_at", f"{done_on} - {made_on} + 1"),
    )


def _any(*statuses: str) -> str:
    return "(" + " OR ".join(f"status = '{each}'" for each in statuses) + ")"


def _when(fits: str, value: str, other: str = "0") -> str:
    return f"CASE WHEN {fits} THEN {value} ELSE {other} END"
