"""dialer tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0004_dialer"
down_revision = "0003_snapshots"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "agent_time",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("dial_key", sa.String(length=200), nullable=True),
        sa.Column("pause_s", sa.Integer(), nullable=False),
        sa.Column("wait_s", sa.Integer(), nullable=False),
        sa.Column("talk_s", sa.Integer(), nullable=False),
        sa.Column("dispo_s", sa.Integer(), nullable=False),
        sa.Column("dead_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_agent_time")),
    )
    with op.batch_alter_table("agent_time", schema=None) as batch_op:
        batch_op.create_index("ix_agent_time_source_day", ["source", "day"], unique=False)

    op.create_table(
        "dial",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.String(length=100), nullable=True),
        sa.Column("team_id", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("lead", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=100), nullable=True),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=True),
        sa.Column("contact", sa.Boolean(), nullable=True),
        sa.Column("sale", sa.Boolean(), nullable=True),
        sa.Column("abandoned", sa.Boolean(), nullable=True),
        sa.Column("talk_s", sa.Integer(), nullable=True),
        sa.Column("hold_s", sa.Integer(), nullable=True),
        sa.Column("acw_s", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial")),
    )
    with op.batch_alter_table("dial", schema=None) as batch_op:
        batch_op.create_index("ix_dial_source_day", ["source", "day"], unique=False)
        batch_op.create_index("ix_dial_source_lead", ["source", "lead", "started_at"], unique=False)

    op.create_table(
        "dial_hold",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("call", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("begins", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_hold")),
    )
    with op.batch_alter_table("dial_hold", schema=None) as batch_op:
        batch_op.create_index("ix_dial_hold_source_call", ["source", "call"], unique=False)

    op.create_table(
        "dial_leg",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("call", sa.String(length=200), nullable=False),
        sa.Column("peer", sa.String(length=200), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("bill_s", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("lead", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=100), nullable=False),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_leg")),
    )
    with op.batch_alter_table("dial_leg", schema=None) as batch_op:
        batch_op.create_index("ix_dial_leg_source_call", ["source", "call"], unique=False)
        batch_op.create_index("ix_dial_leg_source_peer", ["source", "peer"], unique=False)

    op.create_table(
        "dial_person",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_person")),
    )
    op.create_table(
        "dial_recording",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("named_key", sa.String(length=200), nullable=True),
        sa.Column("lead", sa.String(length=200), nullable=True),
        sa.Column("agent_id", sa.String(length=100), nullable=True),
        sa.Column("filename", sa.String(length=300), nullable=True),
        sa.Column("dial_key", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_recording")),
    )
    with op.batch_alter_table("dial_recording", schema=None) as batch_op:
        batch_op.create_index("ix_dial_recording_source_dial_key", ["source", "dial_key"], unique=False)

    op.create_table(
        "dial_secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dial_secret")),
    )
    op.create_table(
        "dial_status",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=310), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.Boolean(), nullable=False),
        sa.Column("sale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_status")),
    )
    op.create_table(
        "dial_team",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_team")),
    )
    op.create_table(
        "dial_reference",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=150), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_dial_reference")),
    )
    with op.batch_alter_table("dial_reference", schema=None) as batch_op:
        batch_op.create_index("ix_dial_reference_source_kind", ["source", "kind", "parent"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("dial_reference", schema=None) as batch_op:
        batch_op.drop_index("ix_dial_reference_source_kind")

    op.drop_table("dial_reference")
    op.drop_table("dial_team")
    op.drop_table("dial_status")
    op.drop_table("dial_secret")
    with op.batch_alter_table("dial_recording", schema=None) as batch_op:
        batch_op.drop_index("ix_dial_recording_source_dial_key")

    op.drop_table("dial_recording")
    op.drop_table("dial_person")
    with op.batch_alter_table("dial_leg", schema=None) as batch_op:
        batch_op.drop_index("ix_dial_leg_source_peer")
        batch_op.drop_index("ix_dial_leg_source_call")

    op.drop_table("dial_leg")
    with op.batch_alter_table("dial_hold", schema=None) as batch_op:
        batch_op.drop_index("ix_dial_hold_source_call")

    op.drop_table("dial_hold")
    with op.batch_alter_table("dial", schema=None) as batch_op:
        batch_op.drop_index("ix_dial_source_lead")
        batch_op.drop_index("ix_dial_source_day")

    op.drop_table("dial")
    with op.batch_alter_table("agent_time", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_time_source_day")

    op.drop_table("agent_time")
