"""roll-ups of figures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_kpi_cells"
down_revision = "0005_alerts"
branch_labels = None
depends_on = None

_QUALITY = (
    *("evaluations", "score_c", "customer_right", "customer_of", "business_right", "business_of"),
    *("compliance_right", "compliance_of", "objections", "resolved"),
)
_AMOUNTS = (
    "dials",
    "connects",
    "connects_of",
    "contacts",
    "sales",
    "abandoned",
    "abandoned_of",
    "sale_contacts_of",
    "sale_dials_of",
    "sale_connects_of",
    "handled",
    "handled_talk_s",
    "handle_calls",
    "handle_s",
    "talk_s",
    "hold_s",
    "acw_s",
    "wait_s",
    "pause_s",
    "busy_s",
    "logged_s",
    "present_s",
    "timed_calls",
    "effective",
    "effective_of",
    "lead_dials",
    "right_party",
    "right_party_of",
    "intents",
    "intents_of",
    "evaluations",
    "score_c",
    "customer_right",
    "customer_of",
    "business_right",
    "business_of",
    "compliance_right",
    "compliance_of",
    "objections",
    "resolved",
    "response_ms",
    "response_calls",
    "shift_c",
    "shift_calls",
    "complaints",
    "closed",
    "first_contact",
    "orders",
    "order_value_c",
    "cycle_days",
    "cycle_orders",
)


def upgrade() -> None:
    op.create_table(
        "kpi_cell",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _AMOUNTS),
        sa.PrimaryKeyConstraint(
            "kind", "source", "day", "agent_id", "team_id", "campaign", name=op.f("pk_kpi_cell")
        ),
    )
    op.create_index("ix_kpi_cell_day", "kpi_cell", ["day"], unique=False)
    op.create_index("ix_kpi_cell_agent_id_day", "kpi_cell", ["agent_id", "day"], unique=False)
    op.create_table(
        "call_figures",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _QUALITY),
        sa.Column("response_ms", sa.Integer(), nullable=True),
        sa.Column("shift_c", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_figures_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_figures")),
    )


def downgrade() -> None:
    op.drop_table("call_figures")
    op.drop_table("kpi_cell")
