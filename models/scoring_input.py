"""What a score was made from: which transcript, and the facts as they were then; for forms that look at them, the
earlier calls to the customer, and the language model that was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel

from models.columns import Json, UtcDateTime, utc_now
from models.database import is_postgresql
from models.transcript import canonical_sha256
from qa_engine.calls import CallFacts, EarlierCall
from qa_engine.exchange import FactsJson, facts_from_json, facts_json, history_from_json, history_json


class ScoringInputRow(SQLModel, table=True):
    """The input of evaluations, by its hash. The transcript is named, not copied: replaced ones are kept beside."""

    __tablename__ = "scoring_input"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    input_sha: str = Field(primary_key=True, max_length=64)
    transcript_sha256: str = Field(max_length=64)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    history: list[Any] | None = Field(default=None, sa_type=Json)
    """Earlier calls, as a form looked at them; None where none did, or the customer is not known."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a form looks at beside transcript and facts. `history` is None where the customer is not known; both are
    left out of the input of forms that do not ask for them."""

    asks_history: bool = False
    history: tuple[EarlierCall, ...] | None = None
    model: str = ""

    def parts(self) -> list[object]:
        """What it adds to the hash of the input."""
        told = [history_json(self.history) if self.history is not None else None] if self.asks_history else []
        return [*told, *([self.model] if self.model else [])]


NOTHING = Beside()


def input_sha(transcript_sha256: str, facts: CallFacts, beside: Beside = NOTHING) -> str:
    """A score depends on what was said, on what is known about the call, and on what the form looks at beside."""
    return canonical_sha256([transcript_sha256, facts_json(facts), *beside.parts()])


def keep_input(
    session: Session, call_id: str, transcript_sha256: str, facts: CallFacts, beside: Beside = NOTHING
) -> str:
    """Stores the input unless it is there, which two workers may do at once; returns its hash."""
    sha = input_sha(transcript_sha256, facts, beside)
    if session.get(ScoringInputRow, (call_id, sha)) is None:
        insert = postgresql_insert if is_postgresql(session) else sqlite_insert
        session.execute(
            insert(ScoringInputRow)
            .values(
                call_id=call_id,
                input_sha=sha,
                transcript_sha256=transcript_sha256,
                facts=facts_json(facts),
                history=history_json(beside.history) if beside.history is not None else None,
                created_at=utc_now(),
            )
            .on_conflict_do_nothing(index_elements=["call_id", "input_sha"])
        )
    return sha


def kept_history(row: ScoringInputRow) -> tuple[EarlierCall, ...] | None:
    """The earlier calls of an input."""
    return None if row.history is None else history_from_json(row.history)


def kept_facts(row: ScoringInputRow) -> CallFacts:
    """The facts of an input."""
    return facts_from_json(FactsJson.model_validate(row.facts))
