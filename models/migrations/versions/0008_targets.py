"""scorecards and targets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0008_targets"
down_revision = "0007_coaching"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("factor", sa.Float(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "score_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("schedule", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=100), nullable=False),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("closed_by", sa.String(length=100), nullable=False),
        sa.Column("closed_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_score_month")),
    )
    op.create_table(
        "score_schedule",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=False),
        sa.Column("approved_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_score_schedule")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("scope_id", sa.String(length=100), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=False),
        sa.Column("stretch", sa.Float(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["target.id"], name=op.f("fk_target_parent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_target_starts_scope", ["starts", "scope", "scope_id"], unique=False)

    op.create_table(
        "target_rule",
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("declared", sa.Date(), nullable=False),
        sa.Column("floor", sa.Float(), nullable=False),
        sa.Column("cap", sa.Float(), nullable=False),
        sa.Column("elasticity", sa.Float(), nullable=False),
        sa.Column("declared_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("rule", "declared", name=op.f("pk_target_rule")),
    )
    op.create_table(
        "target_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("after", sa.Float(), nullable=False),
        sa.Column("formula", sa.String(length=300), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("happened", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("approver", sa.String(length=100), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_target_change_target_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_change")),
    )
    with op.batch_alter_table("target_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_change_target_id"), ["target_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("target_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_change_target_id"))

    op.drop_table("target_change")
    op.drop_table("target_rule")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index("ix_target_starts_scope")
        batch_op.drop_index(batch_op.f("ix_target_parent_id"))

    op.drop_table("target")
    op.drop_table("score_schedule")
    op.drop_table("score_month")
    op.drop_table("calendar_day")
