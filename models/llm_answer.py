"""Answers of the language model to questions of the forms: asked once, so that a score can be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlmodel import Field, Session, SQLModel, select

from models.columns import UtcDateTime, utc_now
from qa_engine.scoring.questioner import Answer, Verdict


class LlmAnswerRow(SQLModel, table=True):
    """One answer. `key` is the hash of model, question and the words asked about; it goes with its call, whose words
    `quote` repeats."""

    __tablename__ = "llm_answer"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    key: str = Field(primary_key=True, max_length=64)
    model: str = Field(max_length=300)
    verdict: str = Field(max_length=10)
    quote: str = ""
    why: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def known_answers(session: Session, call_id: str) -> dict[str, Answer]:
    """Answers about a call by their key."""
    rows = session.exec(select(LlmAnswerRow).where(LlmAnswerRow.call_id == call_id))
    return {row.key: Answer(cast("Verdict", row.verdict), row.quote, row.why) for row in rows}


def save_answers(session: Session, call_id: str, model: str, answers: Mapping[str, Answer]) -> None:
    """Keeps answers beside those that are there."""
    for key, answer in answers.items():
        session.merge(
            LlmAnswerRow(
                call_id=call_id,
                key=key,
                model=model,
                verdict=answer.verdict,
                quote=answer.quote,
                why=answer.why,
            )
        )
    session.flush()
