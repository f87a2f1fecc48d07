"""Keep drafts of updates, and the states of components."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "component_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("maintenance_id", sa.Integer(), nullable=True),
        sa.Column("update_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("component_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_component_change_cause", ["component", "incident_id", "maintenance_id"], unique=False
        )
        for column in ("at", "incident_id", "maintenance_id"):
            batch_op.create_index(batch_op.f(f"ix_component_change_{column}"), [column], unique=False)
    with op.batch_alter_table("customer_update", schema=None) as batch_op:
        batch_op.add_column(sa.Column("components", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("audience", AutoString(), server_default="everyone", nullable=False))
        batch_op.add_column(sa.Column("approved_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("headline", AutoString(), server_default="", nullable=False))
        batch_op.create_foreign_key("customer_update_approved_by_fkey", "person", ["approved_by"], ["id"])
    _keep_drafts()


def _keep_drafts() -> None:
    op.create_table(
        "update_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("phase", AutoString(), nullable=False),
        sa.Column("message", AutoString(), nullable=False),
        sa.Column("headline", AutoString(), nullable=False),
        sa.Column("components", sa.JSON(), nullable=True),
        sa.Column("audience", AutoString(), nullable=False),
        sa.Column("next_in", AutoString(), nullable=False),
        sa.Column("correction_of", sa.Integer(), nullable=True),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("update_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["person.id"]),
        sa.ForeignKeyConstraint(["correction_of"], ["customer_update.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["update_id"], ["customer_update.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("update_draft", schema=None) as batch_op:
        for column in ("incident_id", "state"):
            batch_op.create_index(batch_op.f(f"ix_update_draft_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("update_draft")
    with op.batch_alter_table("customer_update", schema=None) as batch_op:
        batch_op.drop_constraint("customer_update_approved_by_fkey", type_="foreignkey")
        for column in ("headline", "approved_by", "audience", "components"):
            batch_op.drop_column(column)
    op.drop_table("component_change")
