"""What a score was made from: which transcript, and the facts as they were then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel

from models.columns import Json, UtcDateTime, utc_now
from models.database import is_postgresql
from models.transcript import canonical_sha256
from qa_engine.calls import CallFacts
from qa_engine.exchange import FactsJson, facts_from_json, facts_json


class ScoringInputRow(SQLModel, table=True):
    """The input of evaluations, by its hash. The transcript is named, not copied: replaced ones are kept beside."""

    __tablename__ = "scoring_input"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    input_sha: str = Field(primary_key=True, max_length=64)
    transcript_sha256: str = Field(max_length=64)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def input_sha(transcript_sha256: str, facts: CallFacts) -> str:
    """A score depends on what was said and on what is known about the call."""
    return canonical_sha256([transcript_sha256, facts_json(facts)])


def keep_input(session: Session, call_id: str, transcript_sha256: str, facts: CallFacts) -> str:
    """Stores the input unless it is there, which two workers may do at once; returns its hash."""
    sha = input_sha(transcript_sha256, facts)
    if session.get(ScoringInputRow, (call_id, sha)) is None:
        insert = postgresql_insert if is_postgresql(session) else sqlite_insert
        session.execute(
            insert(ScoringInputRow)
            .values(
                call_id=call_id,
                input_sha=sha,
                transcript_sha256=transcript_sha256,
                facts=facts_json(facts),
                created_at=utc_now(),
            )
            .on_conflict_do_nothing(index_elements=["call_id", "input_sha"])
        )
    return sha


def kept_facts(row: ScoringInputRow) -> CallFacts:
    """The facts of an input."""
    return facts_from_json(FactsJson.model_validate(row.facts))
