"""Count action items quickly."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_action_item_audit",
            [
                "created_at",
                "incident_id",
                "status",
                "due",
                "done_at",
                "first_due",
                "team",
                "owner_id",
                "kind",
                "priority",
                "moved",
                "reopened",
            ],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_index("ix_action_item_audit")
