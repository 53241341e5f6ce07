"""search over what was said"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import BigId
from models.search_document import FTS, GIN, Terms, sqlite_statements

revision = "0017_search"
down_revision = "0016_saved_views"
branch_labels = None
depends_on = None

_MEASURES = ("silence_share", "talk_share", "mood_end", "mood_min", "mood_shift")
_OF_SQLITE = """
    INSERT INTO call_measure (call_id, silence_share, talk_share, mood_end, mood_min, mood_shift)
    SELECT call_id, json_extract(document, '$.signals.silence_ratio'), json_extract(document, '$.signals.talk_ratio'),
      json_extract(document, '$.speakers.customer.sentiment.end'),
      (SELECT min(json_extract(turn.value, '$.sentiment.score')) FROM json_each(document, '$.turns') AS turn
        WHERE json_extract(turn.value, '$.role') = 'customer'),
      json_extract(document, '$.speakers.customer.sentiment.shift')
    FROM analysis
"""
_OF_POSTGRESQL = """
    INSERT INTO call_measure (call_id, silence_share, talk_share, mood_end, mood_min, mood_shift)
    SELECT call_id, (document #>> '{signals,silence_ratio}')::float, (document #>> '{signals,talk_ratio}')::float,
      (document #>> '{speakers,customer,sentiment,end}')::float,
      (SELECT min((turn #>> '{sentiment,score}')::float) FROM json_array_elements(document -> 'turns') AS turn
        WHERE turn ->> 'role' = 'customer'),
      (document #>> '{speakers,customer,sentiment,shift}')::float
    FROM analysis
"""


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "search_document",
        sa.Column("id", BigId, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("transcript_sha256", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("terms", Terms(), nullable=False),
        sa.Column("scan", sa.LargeBinary(), nullable=False),
        sa.Column("turns", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_search_document_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("call_id", name=op.f("uq_search_document_call_id")),
    )
    op.create_index(op.f("ix_search_document_rules"), "search_document", ["rules"], unique=False)
    if is_postgresql:
        op.create_index(GIN, "search_document", ["terms"], postgresql_using="gin")
    else:
        for statement in sqlite_statements():
            op.execute(statement)
    op.create_table(
        "call_measure",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in _MEASURES),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_measure_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_measure")),
    )
    op.execute(_OF_POSTGRESQL if is_postgresql else _OF_SQLITE)


def downgrade() -> None:
    op.drop_table("call_measure")
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"DROP TABLE {FTS}")
    op.drop_table("search_document")
