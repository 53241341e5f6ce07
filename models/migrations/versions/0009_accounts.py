"""accounts, sessions, keys of programs, audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0009_accounts"
down_revision = "0008_targets"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "audit",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", _BIG_ID, nullable=True),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("did", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    op.create_index(op.f("ix_audit_account_id"), "audit", ["account_id"])
    for name, key, column in (
        ("sign_in", "token_sha", None),
        ("access_key", "key_sha", sa.Column("label", sa.String(length=60), nullable=False)),
    ):
        times = ("created_at",) if column is not None else ("began_at", "seen_at")
        op.create_table(
            name,
            sa.Column(key, sa.String(length=64), nullable=False),
            sa.Column("account_id", _BIG_ID, nullable=False),
            *([] if column is None else [column]),
            *(sa.Column(one, models.columns.UtcDateTime(timezone=True), nullable=False) for one in times),
            sa.ForeignKeyConstraint(
                ["account_id"], ["account.id"], name=op.f(f"fk_{name}_account_id_account"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_account_id"), name, ["account_id"])


def downgrade() -> None:
    for name in ("access_key", "sign_in", "audit", "account"):
        op.drop_table(name)
