"""reviews and their queues"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns
from models.columns import BigId

revision = "0012_reviews"
down_revision = "0011_crm"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("id", BigId, nullable=False),
        sa.Column("evaluation_id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("score_low", sa.Float(), nullable=True),
        sa.Column("score_high", sa.Float(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("wants_second", sa.Boolean(), nullable=False),
        sa.Column("second_why", sa.String(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=100), nullable=False),
        sa.Column("submitted_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_review_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_review_evaluation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("evaluation_id", "round", name="uq_review_evaluation_id_round"),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_review_state_submitted_at", ["state", "submitted_at"], unique=False)

    op.create_table(
        "review_claim",
        sa.Column("evaluation_id", BigId, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("lease_until", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_review_claim_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "round", name=op.f("pk_review_claim")),
    )
    with op.batch_alter_table("review_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_claim_name"), ["name"], unique=False)

    op.create_table(
        "review_presence",
        sa.Column("evaluation_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seen_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_review_presence_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "name", name=op.f("pk_review_presence")),
    )
    op.create_table(
        "review_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("review_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("undoes", BigId, nullable=True),
        sa.Column("changed_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_change_review_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["review_change.id"], name=op.f("fk_review_change_undoes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_change")),
        sa.UniqueConstraint("review_id", "token", name="uq_review_change_review_id_token"),
        sa.UniqueConstraint("review_id", "version", name="uq_review_change_review_id_version"),
    )
    op.create_table(
        "review_item",
        sa.Column("review_id", BigId, nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_item_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "item_id", name=op.f("pk_review_item")),
    )
    op.create_table(
        "transcript_edit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha_before", sa.String(length=64), nullable=False),
        sa.Column("sha_after", sa.String(length=64), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_transcript_edit_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_edit")),
    )
    with op.batch_alter_table("transcript_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_edit_call_id"), ["call_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transcript_edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transcript_edit_call_id"))

    op.drop_table("transcript_edit")
    op.drop_table("review_item")
    op.drop_table("review_change")
    op.drop_table("review_presence")
    with op.batch_alter_table("review_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_claim_name"))

    op.drop_table("review_claim")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index("ix_review_state_submitted_at")
        batch_op.drop_index(batch_op.f("ix_review_call_id"))

    op.drop_table("review")
