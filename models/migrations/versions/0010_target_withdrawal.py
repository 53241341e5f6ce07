"""targets that were withdrawn, and the regions of teams"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0010_target_withdrawal"
down_revision = "0009_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("withdrawn_at", models.columns.UtcDateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(length=100), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_column("region")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
