"""coaching plans and experiments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns
from models.columns import BigId

revision = "0007_coaching"
down_revision = "0006_kpi_cells"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coaching_plan",
        sa.Column("id", BigId, nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("item_title", sa.String(), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("training", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_holdout", sa.Boolean(), nullable=False),
        sa.Column("situation", sa.String(), nullable=False),
        sa.Column("behaviour", sa.String(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("finding", sa.JSON(), nullable=False),
        sa.Column("clip", sa.JSON(), nullable=True),
        sa.Column("model_clip", sa.JSON(), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("given_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=100), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.Column("effect", sa.Float(), nullable=True),
        sa.Column("effect_low", sa.Float(), nullable=True),
        sa.Column("effect_high", sa.Float(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_coaching_plan_agent_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["coaching_plan.id"], name=op.f("fk_coaching_plan_parent_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_plan")),
    )
    with op.batch_alter_table("coaching_plan", schema=None) as batch_op:
        batch_op.create_index("ix_coaching_plan_agent_id_item_id", ["agent_id", "item_id"], unique=False)
        batch_op.create_index("ix_coaching_plan_state_due_on", ["state", "due_on"], unique=False)
    op.create_table(
        "coaching_listen",
        sa.Column("plan_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("machine_reached", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("heard_by", sa.String(length=100), nullable=False),
        sa.Column("heard_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_coaching_listen_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["coaching_plan.id"], name=op.f("fk_coaching_listen_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "call_id", name=op.f("pk_coaching_listen")),
    )
    op.create_table(
        "experiment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("base", sa.Float(), nullable=False),
        sa.Column("least", sa.Float(), nullable=False),
        sa.Column("by_team", sa.Boolean(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("winner", sa.String(length=40), nullable=True),
        sa.Column("says", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sop_note", sa.String(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
    )
    with op.batch_alter_table("experiment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experiment_state"), ["state"], unique=False)
    op.create_table(
        "experiment_call",
        sa.Column("experiment_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("assigned", sa.String(length=40), nullable=False),
        sa.Column("spoken", sa.String(length=40), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_experiment_call_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
            name=op.f("fk_experiment_call_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "call_id", name=op.f("pk_experiment_call")),
    )


def downgrade() -> None:
    op.drop_table("experiment_call")
    with op.batch_alter_table("experiment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experiment_state"))
    op.drop_table("experiment")
    op.drop_table("coaching_listen")
    with op.batch_alter_table("coaching_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_coaching_plan_state_due_on")
        batch_op.drop_index("ix_coaching_plan_agent_id_item_id")
    op.drop_table("coaching_plan")
