"""The worst own call and the best call of a peer on one item, each with the second at which to listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from models.call import CallRow
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.transcript import TranscriptRow, get_transcript
from qa_engine.coaching.note import Clip
from qa_engine.language.entities import find_entities
from qa_engine.language.redaction import redact

LOOKED_AT = 20
LEAST_S = 5.0
"""A clip shorter than this is over before one has understood it."""
NO_PLACE_S = 30.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A clip with what the note says about its call."""

    clip: Clip
    agent_id: str
    day: date
    campaign: str
    score: float | None
    coach: str


def worst_own(
    opened: Session, rubric: str, item_id: str, agent_id: str, *, first: date, last: date
) -> Chosen | None:
    """The agent's failed call with the lowest score, one with a place to listen to before one without."""
    wanted = _wanted(rubric, item_id, verdict="fail", first=first, last=last).where(
        CallRow.agent_id == agent_id
    )
    rows = opened.exec(
        wanted.order_by(col(EvaluationRow.score).is_(None), col(EvaluationRow.score), col(CallRow.id)).limit(
            LOOKED_AT
        )
    ).all()
    return _pick(opened, rows, item_id)


def best_peer(
    opened: Session,
    rubric: str,
    item_id: str,
    *,
    not_of: str,
    campaign: str,
    first: date,
    last: date,
) -> Chosen | None:
    """A peer's passed call with the highest score; of the same campaign where there is one."""
    wanted = _wanted(rubric, item_id, verdict="pass", first=first, last=last).where(
        CallRow.agent_id != not_of, col(CallRow.agent_id).is_not(None)
    )
    rows = opened.exec(
        wanted.order_by(
            col(CallRow.campaign) != campaign,
            col(EvaluationRow.score).is_(None),
            col(EvaluationRow.score).desc(),
            col(CallRow.id),
        ).limit(LOOKED_AT)
    ).all()
    return _pick(opened, rows, item_id)


def _wanted(rubric: str, item_id: str, *, verdict: str, first: date, last: date) -> Any:
    return (
        select(CallRow, EvaluationRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
        .options(
            load_only(CallRow.agent_id, CallRow.day, CallRow.campaign, CallRow.duration_s),  # type: ignore[arg-type]
            load_only(EvaluationRow.score, EvaluationRow.document),  # type: ignore[arg-type]
        )
        .where(
            EvaluationRow.rubric == rubric,
            col(EvaluationRow.current).is_(True),
            EvaluationItemRow.item_id == item_id,
            EvaluationItemRow.verdict == verdict,
            CallRow.day >= first,
            CallRow.day <= last,
        )
    )


def _pick(opened: Session, rows: Sequence[tuple[CallRow, EvaluationRow]], item_id: str) -> Chosen | None:
    chosen: Chosen | None = None
    for call, evaluation in rows:
        item = next((one for one in evaluation.document["items"] if one["id"] == item_id), None)
        if item is None:
            continue
        timed = [piece for piece in item.get("evidence", ()) if piece.get("start_s") is not None]
        if timed or chosen is None:
            found = Chosen(
                _clip(opened, call, evaluation, item, timed[0] if timed else None),
                call.agent_id or "",
                call.day,
                call.campaign or "",
                evaluation.score,
                item.get("coach", ""),
            )
            if timed:
                return found
            chosen = found
    return chosen


def _clip(
    opened: Session,
    call: CallRow,
    evaluation: EvaluationRow,
    item: dict[str, Any],
    piece: dict[str, Any] | None,
) -> Clip:
    """Where nothing was said there is no evidence: the first objection then, or the start of the call."""
    if piece is None:
        found = next((one for one in evaluation.document.get("objections", ()) if one.get("evidence")), None)
        piece = {**found["evidence"], "text": ""} if found else {"start_s": 0.0, "end_s": NO_PLACE_S}
    start_s = float(piece["start_s"] or 0.0)
    end_s = max(float(piece.get("end_s") or 0.0), start_s + LEAST_S)
    if call.duration_s is not None:
        end_s = min(end_s, max(call.duration_s, start_s))
    turn = piece.get("turn")
    return Clip(call.id, start_s, end_s, turn, _quote(opened, call.id, turn, piece), item.get("reason", ""))


def _quote(opened: Session, call_id: str, turn: int | None, piece: dict[str, Any]) -> str:
    """The words, with who somebody is as blocks."""
    if turn is None or not piece.get("text") or opened.get(TranscriptRow, call_id) is None:
        return ""
    transcript, _ = get_transcript(opened, call_id)
    if turn >= len(transcript.turns):
        return ""
    found = find_entities(transcript.turns)[turn]
    return redact(transcript.turns[turn].text, found)[piece.get("start") or 0 : piece.get("end")]
