"""the example library"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.columns
from models.columns import BigId

revision = "0020_library"
down_revision = "0019_studio"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, models.columns.UtcDateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "clip",
        sa.Column("id", BigId, nullable=False),
        _text("call_id", 32),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        _text("title", 120),
        _text("why"),
        _text("polarity", 10),
        _text("rubric", 200),
        _text("item_id", 200),
        _text("section", 200),
        _text("objection", 50),
        _text("campaign", 200),
        _text("agent_id", 100),
        sa.Column("evaluation_id", BigId, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        _text("consent", 10),
        _text("consent_by", 60),
        _time("consent_at", nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("marked", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("masked", sa.Integer(), nullable=False),
        _text("transcript_sha", 64),
        _text("sound_key", 300, nullable=True),
        _text("sound_of", 64),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("name", 60),
        _time("created_at"),
        _time("changed_at"),
        _time("deleted_at", nullable=True),
        _of("clip", "call_id", "call"),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_clip_evaluation_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip")),
    )
    op.create_index(op.f("ix_clip_call_id"), "clip", ["call_id"], unique=False)
    op.create_index(op.f("ix_clip_agent_id"), "clip", ["agent_id"], unique=False)
    op.create_index(op.f("ix_clip_item_id"), "clip", ["item_id"], unique=False)
    op.create_index("ix_clip_deleted_at_id", "clip", ["deleted_at", "id"], unique=False)
    op.create_table(
        "clip_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("clip_id", BigId, nullable=False),
        _text("kind", 10),
        sa.Column("before", sa.JSON(), nullable=False),
        _text("name", 60),
        sa.Column("undone_by", BigId, nullable=True),
        _time("changed_at"),
        _of("clip_change", "clip_id", "clip"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_change")),
    )
    op.create_index(op.f("ix_clip_change_clip_id"), "clip_change", ["clip_id"], unique=False)
    op.create_table(
        "playlist",
        _text("id", 32),
        _text("title", 120),
        _text("about"),
        sa.Column("is_quiz", sa.Boolean(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        _text("name", 60),
        _time("created_at"),
        _time("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist")),
    )
    op.create_table(
        "playlist_clip",
        _text("playlist_id", 32),
        sa.Column("clip_id", BigId, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        _of("playlist_clip", "playlist_id", "playlist"),
        _of("playlist_clip", "clip_id", "clip"),
        sa.PrimaryKeyConstraint("playlist_id", "clip_id", name=op.f("pk_playlist_clip")),
    )
    op.create_table(
        "clip_heard",
        sa.Column("clip_id", BigId, nullable=False),
        _text("person", 60),
        _text("name", 60),
        sa.Column("stretches", sa.JSON(), nullable=False),
        sa.Column("stopped_ms", sa.Integer(), nullable=False),
        _time("heard_at"),
        _of("clip_heard", "clip_id", "clip"),
        sa.PrimaryKeyConstraint("clip_id", "person", name=op.f("pk_clip_heard")),
    )
    op.create_table(
        "quiz_answer",
        _text("playlist_id", 32),
        sa.Column("clip_id", BigId, nullable=False),
        _text("person", 60),
        _text("name", 60),
        _text("answer", 10),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        _time("answered_at"),
        _of("quiz_answer", "playlist_id", "playlist"),
        _of("quiz_answer", "clip_id", "clip"),
        sa.PrimaryKeyConstraint("playlist_id", "clip_id", "person", name=op.f("pk_quiz_answer")),
    )
    op.create_table(
        "clip_dismissal",
        _text("call_id", 32),
        _text("subject", 200),
        _text("name", 60),
        _time("dismissed_at"),
        _of("clip_dismissal", "call_id", "call"),
        sa.PrimaryKeyConstraint("call_id", "subject", name=op.f("pk_clip_dismissal")),
    )


def downgrade() -> None:
    for table in ("clip_dismissal", "quiz_answer", "clip_heard", "playlist_clip", "playlist", "clip_change"):
        op.drop_table(table)
    op.drop_table("clip")
