"""appeals, acknowledgements and comments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns
from models.columns import BigId

revision = "0018_appeals"
down_revision = "0017_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_comment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("for_agent", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_comment_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_comment")),
        sa.UniqueConstraint("call_id", "token", name="uq_call_comment_call_id_token"),
    )
    with op.batch_alter_table("call_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_comment_call_id"), ["call_id"], unique=False)

    op.create_table(
        "acknowledgement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("evaluation_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_acknowledgement_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_acknowledgement_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgement_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_acknowledgement_evaluation_id"), ["evaluation_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("evaluation_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("contested", sa.String(length=10), nullable=False),
        sa.Column("judged_by", sa.String(length=100), nullable=False),
        sa.Column("wanted", sa.String(length=10), nullable=False),
        sa.Column("node", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(length=100), nullable=False),
        sa.Column("filed_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("chain", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("due_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("score_before", sa.Float(), nullable=True),
        sa.Column("score_after", sa.Float(), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_appeal_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_appeal_evaluation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("evaluation_id", "token", name="uq_appeal_evaluation_id_token"),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_evaluation_id"), ["evaluation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_filed_by"), ["filed_by"], unique=False)
        batch_op.create_index("ix_appeal_rubric_item_id", ["rubric", "item_id"], unique=False)
        batch_op.create_index("ix_appeal_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "call_comment_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("comment_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("for_agent", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_comment_change_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["call_comment.id"],
            name=op.f("fk_call_comment_change_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_comment_change")),
        sa.UniqueConstraint("comment_id", "token", name="uq_call_comment_change_comment_id_token"),
        sa.UniqueConstraint("comment_id", "version", name="uq_call_comment_change_comment_id_version"),
    )
    with op.batch_alter_table("call_comment_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_comment_change_call_id"), ["call_id"], unique=False)

    op.create_table(
        "call_comment_mention",
        sa.Column("comment_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_comment_mention_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["call_comment.id"],
            name=op.f("fk_call_comment_mention_comment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "name", name=op.f("pk_call_comment_mention")),
    )
    with op.batch_alter_table("call_comment_mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_comment_mention_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_call_comment_mention_name_read_at", ["name", "read_at"], unique=False)

    op.create_table(
        "appeal_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("appeal_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("due_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_step_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_appeal_step_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_step")),
        sa.UniqueConstraint("appeal_id", "token", name="uq_appeal_step_appeal_id_token"),
        sa.UniqueConstraint("appeal_id", "version", name="uq_appeal_step_appeal_id_version"),
    )
    with op.batch_alter_table("appeal_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_step_call_id"), ["call_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("appeal_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_step_call_id"))

    op.drop_table("appeal_step")
    with op.batch_alter_table("call_comment_mention", schema=None) as batch_op:
        batch_op.drop_index("ix_call_comment_mention_name_read_at")
        batch_op.drop_index(batch_op.f("ix_call_comment_mention_call_id"))

    op.drop_table("call_comment_mention")
    with op.batch_alter_table("call_comment_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_comment_change_call_id"))

    op.drop_table("call_comment_change")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index("ix_appeal_state_due_at")
        batch_op.drop_index("ix_appeal_rubric_item_id")
        batch_op.drop_index(batch_op.f("ix_appeal_filed_by"))
        batch_op.drop_index(batch_op.f("ix_appeal_evaluation_id"))
        batch_op.drop_index(batch_op.f("ix_appeal_call_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acknowledgement_evaluation_id"))
        batch_op.drop_index(batch_op.f("ix_acknowledgement_call_id"))

    op.drop_table("acknowledgement")
    with op.batch_alter_table("call_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_comment_call_id"))

    op.drop_table("call_comment")
