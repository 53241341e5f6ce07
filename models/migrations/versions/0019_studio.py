"""drafts and releases of forms, back-tests before a release"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0019_studio"
down_revision = "0018_appeals"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, models.columns.UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "rubric_release",
        sa.Column("id", _ID, nullable=False),
        sa.Column("rubric", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=2000), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("scored_sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("released_by", sa.String(length=100), nullable=False),
        _at("released_at"),
        _at("starts_at"),
        sa.Column("scores_calls", sa.Boolean(), nullable=False),
        sa.Column("repeats", _ID, nullable=True),
        sa.Column("called_off_by", sa.String(length=100), nullable=False),
        _at("called_off_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_release")),
    )
    op.create_index("ix_rubric_release_rubric_starts_at", "rubric_release", ["rubric", "starts_at"])
    op.create_table(
        "rubric_draft",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("rubric", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=2000), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("base_release", _ID, nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        _at("created_at"),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        _at("changed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_draft")),
    )
    op.create_index(op.f("ix_rubric_draft_rubric"), "rubric_draft", ["rubric"])
    op.create_table(
        "rubric_draft_revision",
        sa.Column("draft_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("of_revision", sa.Integer(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.String(length=100), nullable=False),
        _at("started_at"),
        _at("saved_at"),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["rubric_draft.id"],
            name=op.f("fk_rubric_draft_revision_draft_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_rubric_draft_revision")),
    )
    op.create_table(
        "rubric_backtest",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("draft_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rubric", sa.String(length=100), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        _at("asked_at"),
        _at("started_at", nullable=True),
        _at("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["rubric_draft.id"], name=op.f("fk_rubric_backtest_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_backtest")),
    )
    op.create_index(op.f("ix_rubric_backtest_draft_id"), "rubric_backtest", ["draft_id"])
    op.create_index(op.f("ix_rubric_backtest_state"), "rubric_backtest", ["state"])


def downgrade() -> None:
    for table in ("rubric_backtest", "rubric_draft_revision", "rubric_draft", "rubric_release"):
        op.drop_table(table)
