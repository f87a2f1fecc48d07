"""Keep where an action item is tracked."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracker",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("swept_at", UTCDateTime(), nullable=True),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("told_in", sa.Integer(), nullable=True),
        sa.Column("reason", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "tracker_person",
        sa.Column("tracker", AutoString(), nullable=False),
        sa.Column("far_id", AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("tracker", "far_id"),
    )
    with op.batch_alter_table("tracker_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tracker_person_person_id"), ["person_id"], unique=False)

    op.create_table(
        "tracker_link",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("tracker", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("far_id", AutoString(), nullable=False),
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("url", AutoString(), nullable=False),
        sa.Column("ours", sa.JSON(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("far_at", UTCDateTime(), nullable=True),
        sa.Column("sent_last", sa.Boolean(), nullable=False),
        sa.Column("gone_at", UTCDateTime(), nullable=True),
        sa.Column("owed_at", UTCDateTime(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("note", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["action_item.id"],
        ),
        sa.PrimaryKeyConstraint("item_id", "tracker"),
    )
    with op.batch_alter_table("tracker_link", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tracker_link_far",
            ["tracker", "far_id"],
            unique=True,
            sqlite_where=sa.text("far_id <> ''"),
            postgresql_where=sa.text("far_id <> ''"),
        )
        batch_op.create_index(
            "ix_tracker_link_owed",
            ["tracker", "owed_at"],
            unique=False,
            sqlite_where=sa.text("owed_at IS NOT NULL"),
            postgresql_where=sa.text("owed_at IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("tracker_link", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tracker_link_owed",
            sqlite_where=sa.text("owed_at IS NOT NULL"),
            postgresql_where=sa.text("owed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_tracker_link_far",
            sqlite_where=sa.text("far_id <> ''"),
            postgresql_where=sa.text("far_id <> ''"),
        )

    op.drop_table("tracker_link")
    with op.batch_alter_table("tracker_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tracker_person_person_id"))

    op.drop_table("tracker_person")
    op.drop_table("tracker")
