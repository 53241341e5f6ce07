"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("until", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "rollup_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("no_conversation", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("talk_s", sa.Float(), nullable=False),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "agent_id", "campaign", name=op.f("pk_rollup_day")),
    )
    op.create_table(
        "rollup_score",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("campaign", sa.String(length=200), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("evaluated", sa.Integer(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("sum_score", sa.Float(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("auto_fails", sa.Integer(), nullable=False),
        sa.Column("needs_review", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "agent_id", "campaign", "rubric", name=op.f("pk_rollup_score")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_table(
        "watched_file",
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.String(length=30), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("call_id", sa.String(length=32), nullable=True),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("seen_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_watched_file")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=True),
        sa.Column("team_id", sa.String(length=100), nullable=True),
        sa.Column("campaign", sa.String(length=200), nullable=True),
        sa.Column("direction", sa.String(length=50), nullable=True),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(length=200), nullable=True),
        sa.Column("customer_id", sa.String(length=200), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("agent_channel", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("error_hint", sa.String(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("talk_s", sa.Float(), nullable=True),
        sa.Column("engine_name", sa.String(length=100), nullable=True),
        sa.Column("engine_model", sa.String(length=300), nullable=True),
        sa.Column("engine_version", sa.String(length=100), nullable=True),
        sa.Column("engine_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_call_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_call_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_call_source_external_id")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_campaign"), ["campaign"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_call_day_agent_id", ["day", "agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            "uq_call_content",
            ["sha256"],
            unique=True,
            sqlite_where=sa.text("external_id IS NULL"),
            postgresql_where=sa.text("external_id IS NULL"),
        )

    op.create_table(
        "membership",
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("team_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_membership_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_membership_team_id")),
        sa.PrimaryKeyConstraint("agent_id", "since", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_team_id"), ["team_id"], unique=False)

    op.create_table(
        "analysis",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("transcript_sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_analysis_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_analysis")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("rubric", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("rubric_sha256", sa.String(length=64), nullable=False),
        sa.Column("lexicon_sha256", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("input_sha", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("score_low", sa.Float(), nullable=True),
        sa.Column("score_high", sa.Float(), nullable=True),
        sa.Column("pass_mark", sa.Float(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("auto_fails", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_evaluation_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint(
            "call_id",
            "rubric",
            "rubric_sha256",
            "lexicon_sha256",
            "code",
            "input_sha",
            name="uq_evaluation_pins",
        ),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_evaluation_rubric_result", ["rubric", "result"], unique=False)
        batch_op.create_index("ix_evaluation_rubric_score", ["rubric", "score"], unique=False)
        batch_op.create_index(
            "uq_evaluation_current",
            ["call_id", "rubric"],
            unique=True,
            sqlite_where=sa.text("current = 1"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "objection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_objection_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_type"), ["type"], unique=False)

    op.create_table(
        "recording",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("audio_key", sa.String(length=300), nullable=True),
        sa.Column("audio_sha256", sa.String(length=64), nullable=True),
        sa.Column("audio_bytes", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column("transcript_key", sa.String(length=300), nullable=True),
        sa.Column("codec", sa.String(length=50), nullable=True),
        sa.Column("container", sa.String(length=100), nullable=True),
        sa.Column("sample_rate_hz", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("playback_key", sa.String(length=300), nullable=True),
        sa.Column("playback_mime", sa.String(length=100), nullable=True),
        sa.Column("peaks_per_s", sa.Integer(), nullable=True),
        sa.Column("peaks", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_recording_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_recording")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_audio_key"), ["audio_key"], unique=False)

    op.create_table(
        "stage_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("input_sha", sa.String(length=64), nullable=False),
        sa.Column("engine_ver", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("not_before", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_until", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_until", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("error_class", sa.String(length=100), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("error_hint", sa.String(), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_stage_job_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_job")),
        sa.UniqueConstraint(
            "call_id",
            "stage",
            "input_sha",
            "engine_ver",
            name=op.f("uq_stage_job_call_id_stage_input_sha_engine_ver"),
        ),
    )
    with op.batch_alter_table("stage_job", schema=None) as batch_op:
        batch_op.create_index("ix_stage_job_due", ["state", "queue", "not_before"], unique=False)
        batch_op.create_index("ix_stage_job_lease", ["state", "lease_until"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("engine_name", sa.String(length=100), nullable=False),
        sa.Column("engine_model", sa.String(length=300), nullable=False),
        sa.Column("engine_version", sa.String(length=100), nullable=False),
        sa.Column("engine_demo", sa.Boolean(), nullable=False),
        sa.Column("role_source", sa.String(length=20), nullable=False),
        sa.Column("role_confidence", sa.Float(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_transcript_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_transcript")),
    )
    op.create_table(
        "evaluation_item",
        sa.Column("evaluation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.String(length=200), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("credit", sa.Float(), nullable=True),
        sa.Column("auto_fail", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_evaluation_item_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "item_id", name=op.f("pk_evaluation_item")),
    )
    with op.batch_alter_table("evaluation_item", schema=None) as batch_op:
        batch_op.create_index("ix_evaluation_item_item_id_verdict", ["item_id", "verdict"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("evaluation_item", schema=None) as batch_op:
        batch_op.drop_index("ix_evaluation_item_item_id_verdict")

    op.drop_table("evaluation_item")
    op.drop_table("transcript")
    with op.batch_alter_table("stage_job", schema=None) as batch_op:
        batch_op.drop_index("ix_stage_job_lease")
        batch_op.drop_index("ix_stage_job_due")

    op.drop_table("stage_job")
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_audio_key"))

    op.drop_table("recording")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_type"))
        batch_op.drop_index(batch_op.f("ix_objection_call_id"))

    op.drop_table("objection")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evaluation_current", sqlite_where=sa.text("current = 1"), postgresql_where=sa.text("current")
        )
        batch_op.drop_index("ix_evaluation_rubric_score")
        batch_op.drop_index("ix_evaluation_rubric_result")
        batch_op.drop_index(batch_op.f("ix_evaluation_call_id"))

    op.drop_table("evaluation")
    op.drop_table("analysis")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_team_id"))

    op.drop_table("membership")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_call_content",
            sqlite_where=sa.text("external_id IS NULL"),
            postgresql_where=sa.text("external_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_call_team_id"))
        batch_op.drop_index(batch_op.f("ix_call_state"))
        batch_op.drop_index(batch_op.f("ix_call_sha256"))
        batch_op.drop_index("ix_call_day_agent_id")
        batch_op.drop_index(batch_op.f("ix_call_created_at"))
        batch_op.drop_index(batch_op.f("ix_call_campaign"))
        batch_op.drop_index(batch_op.f("ix_call_agent_id"))

    op.drop_table("call")
    op.drop_table("watched_file")
    op.drop_table("team")
    op.drop_table("rollup_score")
    op.drop_table("rollup_day")
    op.drop_table("lease")
    op.drop_table("agent")
