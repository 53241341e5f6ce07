"""rubrics, inputs and transcripts as they were when they scored"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0003_snapshots"
down_revision = "0002_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rubric_snapshot",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "sha256", name=op.f("pk_rubric_snapshot")),
    )
    op.create_index(op.f("ix_rubric_snapshot_name"), "rubric_snapshot", ["name"], unique=False)
    op.create_table(
        "rescore",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("engine_ver", sa.String(length=300), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescore")),
    )
    op.create_table(
        "scoring_input",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("input_sha", sa.String(length=64), nullable=False),
        sa.Column("transcript_sha256", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_scoring_input_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "input_sha", name=op.f("pk_scoring_input")),
    )
    op.create_table(
        "transcript_version",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("replaced_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_transcript_version_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "sha256", name=op.f("pk_transcript_version")),
    )


def downgrade() -> None:
    for name in ("transcript_version", "scoring_input", "rescore", "rubric_snapshot"):
        op.drop_table(name)
