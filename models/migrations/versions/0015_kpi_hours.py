"""roll-ups by the hour, sketches of amounts, and the days that wait for both"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_kpi_hours"
down_revision = "0014_kpi_summary"
branch_labels = None
depends_on = None

_HOUR_AMOUNTS = (
    *("dials", "connects", "connects_of", "contacts", "sales", "abandoned", "abandoned_of"),
    *("sale_contacts_of", "sale_dials_of", "sale_connects_of", "handled", "handled_talk_s", "handle_calls"),
    *("handle_s", "talk_s", "hold_s", "acw_s", "wait_s", "pause_s", "busy_s", "logged_s", "present_s"),
    *("timed_calls", "effective", "effective_of", "lead_dials", "right_party", "right_party_of"),
    *("intents", "intents_of"),
)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    for table in ("dial", "agent_time"):
        op.add_column(table, sa.Column("hour", sa.SmallInteger(), nullable=True))
    op.create_table(
        "kpi_hour",
        _text("grain", 10),
        sa.Column("day", sa.Date(), nullable=False),
        _small("hour"),
        *(_text("team_id", 100), _text("agent_id", 100), _text("campaign", 200)),
        *(_text("source", 64), _text("kind", 20)),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _HOUR_AMOUNTS),
        sa.PrimaryKeyConstraint(
            *("grain", "day", "hour", "team_id", "agent_id", "campaign", "source", "kind"),
            name=op.f("pk_kpi_hour"),
        ),
    )
    op.create_index("ix_kpi_hour_team", "kpi_hour", ["grain", "team_id", "day"], unique=False)
    op.create_index("ix_kpi_hour_agent", "kpi_hour", ["grain", "agent_id", "day"], unique=False)
    op.create_table(
        "kpi_bucket",
        *(_text("grain", 10), _text("field", 20)),
        sa.Column("day", sa.Date(), nullable=False),
        *(_text("team_id", 100), _text("agent_id", 100), _text("campaign", 200)),
        *(_text("source", 64), _text("kind", 20)),
        _small("bucket"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("grain", "field", "day", "team_id", "agent_id", "campaign", "source", "kind", "bucket"),
            name=op.f("pk_kpi_bucket"),
        ),
    )
    op.create_index("ix_kpi_bucket_team", "kpi_bucket", ["grain", "team_id", "field", "day"], unique=False)
    op.create_index("ix_kpi_bucket_agent", "kpi_bucket", ["grain", "agent_id", "field", "day"], unique=False)
    op.create_table(
        "kpi_pending",
        *(_text("kind", 20), _text("source", 64)),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "source", "day", name=op.f("pk_kpi_pending")),
    )
    # what is there already is rolled up by the workers: that needs the tenant's zone, and may take minutes
    op.execute("INSERT INTO kpi_pending (kind, source, day) SELECT DISTINCT kind, source, day FROM kpi_cell")


def downgrade() -> None:
    for table in ("kpi_pending", "kpi_bucket", "kpi_hour"):
        op.drop_table(table)
    for table in ("agent_time", "dial"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("hour")
