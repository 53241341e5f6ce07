"""Earlier calls to the same customer, as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.analysis import AnalysisRow, ObjectionRow
from models.call import CallRow
from models.evaluation import EvaluationItemRow, EvaluationRow
from qa_engine.calls import EarlierCall

MOST_CALLS = 200
"""The latest so many: no rule needs more, and a test number that is called all day must not slow scoring down."""


def earlier_calls(session: Session, row: CallRow) -> tuple[EarlierCall, ...] | None:
    """Calls to the same customer that began before this one, oldest first; None where the customer is not known.
    A call whose start is not known counts from when it was received."""
    if not row.customer_id:
        return None
    began = func.coalesce(col(CallRow.started_at), col(CallRow.created_at))
    rows = session.exec(
        select(CallRow)
        .where(
            CallRow.customer_id == row.customer_id,
            CallRow.id != row.id,
            began < (row.started_at or row.created_at),
        )
        .order_by(began.desc(), col(CallRow.id).desc())
        .limit(MOST_CALLS)
    ).all()
    ids = [earlier.id for earlier in rows]
    if not ids:
        return ()
    raised, results, verdicts = _objections(session, ids), _results(session, ids), _verdicts(session, ids)
    return tuple(
        EarlierCall(
            earlier.started_at,
            earlier.disposition,
            earlier.agent_id,
            raised.get(earlier.id),
            results.get(earlier.id),
            verdicts.get(earlier.id),
        )
        for earlier in reversed(rows)
    )


def _objections(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Types of objections of the calls that were analysed."""
    analysed = session.exec(select(AnalysisRow.call_id).where(col(AnalysisRow.call_id).in_(ids)))
    found: dict[str, tuple[str, ...]] = dict.fromkeys(analysed, ())
    wanted = (
        select(ObjectionRow.call_id, ObjectionRow.type)
        .where(col(ObjectionRow.call_id).in_(ids))
        .order_by(col(ObjectionRow.turn), col(ObjectionRow.id))
    )
    for call_id, kind in session.exec(wanted):
        found[call_id] = (*found.get(call_id, ()), kind)
    return found


def _results(session: Session, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Rubric → result of the current evaluations."""
    found: dict[str, dict[str, str]] = {}
    wanted = (
        select(EvaluationRow.call_id, EvaluationRow.rubric, EvaluationRow.result)
        .where(col(EvaluationRow.call_id).in_(ids), col(EvaluationRow.current).is_(True))
        .order_by(EvaluationRow.rubric)
    )
    for call_id, rubric, result in session.exec(wanted):
        found.setdefault(call_id, {})[rubric] = result
    return found


def _verdicts(session: Session, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Item → verdict of the current evaluations; of an item in two rubrics, that of the last by rubric id."""
    found: dict[str, dict[str, str]] = {}
    wanted = (
        select(EvaluationRow.call_id, EvaluationItemRow.item_id, EvaluationItemRow.verdict)
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
        .where(col(EvaluationRow.call_id).in_(ids), col(EvaluationRow.current).is_(True))
        .order_by(EvaluationRow.rubric, EvaluationItemRow.item_id)
    )
    for call_id, item, verdict in session.exec(wanted):
        found.setdefault(call_id, {})[item] = verdict
    return found
