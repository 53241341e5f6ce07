"""imports leave runs, with the rows that were not stored; people files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0013_import_runs"
down_revision = "0012_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.String(length=100), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", models.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("orphans", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_source_started_at", ["source", "started_at"], unique=False)

    op.create_table(
        "import_rejection",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("column", sa.String(length=100), nullable=False),
        sa.Column("found", sa.String(length=200), nullable=False),
        sa.Column("expected", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_rejection_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_import_rejection")),
    )
    op.create_table(
        "people_period",
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("team_id", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_people_period_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_people_period_team_id")),
        sa.PrimaryKeyConstraint("agent_id", "first", name=op.f("pk_people_period")),
    )
    with op.batch_alter_table("people_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_period_team_id"), ["team_id"], unique=False)
    # not in batches: with a default no database copies the table, however long it is
    for table in ("dial", "agent_time"):
        op.add_column(table, sa.Column("team_given", sa.Boolean(), server_default=sa.true(), nullable=False))
    # Legs name no team, so that calls made of them have it from the agent. Of the rest, only rows without a team are
    # known to have come without one.
    op.execute(
        "UPDATE dial SET team_given = false "
        "WHERE team_id IS NULL OR source IN (SELECT DISTINCT source FROM dial_leg)"
    )
    op.execute("UPDATE agent_time SET team_given = false WHERE team_id IS NULL")


def downgrade() -> None:
    for table in ("agent_time", "dial"):
        op.drop_column(table, "team_given")
    op.drop_table("people_period")
    op.drop_table("import_rejection")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index("ix_import_run_source_started_at")

    op.drop_table("import_run")
