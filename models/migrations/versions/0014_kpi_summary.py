"""summaries of roll-ups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_kpi_summary"
down_revision = "0013_import_runs"
branch_labels = None
depends_on = None

_KEYS = ("day", "team_id", "agent_id", "campaign", "source")
_AMOUNTS = (
    *(
        "dials",
        "connects",
        "connects_of",
        "contacts",
        "sales",
        "abandoned",
        "abandoned_of",
        "sale_contacts_of",
    ),
    *("sale_dials_of", "sale_connects_of", "handled", "handled_talk_s", "handle_calls", "handle_s", "talk_s"),
    *("hold_s", "acw_s", "wait_s", "pause_s", "busy_s", "logged_s", "present_s", "timed_calls", "effective"),
    *("effective_of", "lead_dials", "right_party", "right_party_of", "intents", "intents_of", "evaluations"),
    *("score_c", "customer_right", "customer_of", "business_right", "business_of", "compliance_right"),
    *("compliance_of", "objections", "resolved", "response_ms", "response_calls", "shift_c", "shift_calls"),
    *("complaints", "closed", "first_contact", "orders", "order_value_c", "cycle_days", "cycle_orders"),
)


def upgrade() -> None:
    op.create_table(
        "kpi_summary",
        sa.Column("grain", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _AMOUNTS),
        sa.PrimaryKeyConstraint("grain", *_KEYS, name=op.f("pk_kpi_summary")),
    )
    for grain, left_out in (("team", "agent_id"), ("agent", "campaign")):
        kept = [name for name in _KEYS if name != left_out]
        keys = ["''" if name == left_out else name for name in _KEYS]
        sums = [f"SUM({name})" for name in _AMOUNTS]
        op.execute(
            f"INSERT INTO kpi_summary (grain, {', '.join((*_KEYS, *_AMOUNTS))}) "  # noqa: S608 (our own names)
            f"SELECT '{grain}', {', '.join((*keys, *sums))} FROM kpi_cell GROUP BY {', '.join(kept)}"
        )
    op.create_index("ix_kpi_summary_team", "kpi_summary", ["grain", "team_id", "day"], unique=False)
    op.create_index("ix_kpi_summary_agent", "kpi_summary", ["grain", "agent_id", "day"], unique=False)


def downgrade() -> None:
    op.drop_table("kpi_summary")
