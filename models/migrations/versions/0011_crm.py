"""orders and tickets of a CRM; who was reached in a call"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0011_crm"
down_revision = "0010_target_withdrawal"
branch_labels = None
depends_on = None


def _shared() -> list[sa.Column[Any]]:
    return [
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=False),
        sa.Column("updated_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("lead", sa.String(length=200), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("said_agent_id", sa.String(length=100), nullable=True),
        sa.Column("said_team_id", sa.String(length=100), nullable=True),
        sa.Column("said_campaign", sa.String(length=200), nullable=True),
        sa.Column("call", sa.String(length=200), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=True),
        sa.Column("team_id", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("dial_source", sa.String(length=64), nullable=True),
        sa.Column("dial_key", sa.String(length=200), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "crm_order",
        *_shared(),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("amount_c", sa.BigInteger(), nullable=True),
        sa.Column("cycle_days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_crm_order")),
    )
    op.create_index("ix_crm_order_source_day", "crm_order", ["source", "day"], unique=False)
    op.create_index("ix_crm_order_day", "crm_order", ["day"], unique=False)
    op.create_table(
        "crm_ticket",
        *_shared(),
        sa.Column("opened_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("closed_day", sa.Date(), nullable=True),
        sa.Column("first_contact", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_crm_ticket")),
    )
    op.create_index("ix_crm_ticket_source_day", "crm_ticket", ["source", "day"], unique=False)
    op.create_index("ix_crm_ticket_source_closed_day", "crm_ticket", ["source", "closed_day"], unique=False)
    op.create_index("ix_crm_ticket_lead", "crm_ticket", ["lead"], unique=False)
    op.create_index("ix_crm_ticket_number", "crm_ticket", ["number"], unique=False)
    op.create_index("ix_crm_ticket_call", "crm_ticket", ["call"], unique=False)
    op.add_column("dial", sa.Column("right_party", sa.Boolean(), nullable=True))
    op.add_column("dial", sa.Column("intent", sa.Boolean(), nullable=True))
    op.add_column("dial", sa.Column("number", sa.String(length=24), nullable=True))
    op.create_index(
        "ix_dial_source_number",
        "dial",
        ["source", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_dial_source_number", "dial")
    with op.batch_alter_table("dial", schema=None) as batch_op:
        for name in ("number", "intent", "right_party"):
            batch_op.drop_column(name)
    op.drop_table("crm_ticket")
    op.drop_table("crm_order")
