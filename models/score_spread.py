"""How the scores of a form are spread, by team: counted in the database, whatever the number of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.board_scope import BoardScope
from models.call import CallRow
from models.dial_kpi import By
from models.evaluation import EvaluationRow

WIDTH = 10
"""Points of a bar; the last one holds 100 too."""
SMALLEST = 0.01
"""Scores are kept to two decimals: the highest one of a bar is this much below the next bar."""


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Calls of a group with scores from `low` up to `low` + 10, not included. `total` and `squares` are sums of the scores,
    `below` those under the pass mark of their evaluation."""

    key: str
    low: int
    n: int
    total: float
    squares: float
    below: int
    pass_mark: float


def read_spread(opened: Session, scope: BoardScope, *, by: By) -> Sequence[ScoreBin]:
    """By team or by agent; `pass_mark` is the highest of the group's evaluations."""
    key = col(CallRow.agent_id) if by is By.AGENT else col(CallRow.team_id)
    score = col(EvaluationRow.score)
    low = case(*((score < edge + WIDTH, edge) for edge in range(0, 100 - WIDTH, WIDTH)), else_=100 - WIDTH)
    query = (
        select_columns(
            key,
            low.label("low"),
            func.count(),
            func.sum(score),
            func.sum(score * score),
            func.sum(case((score < col(EvaluationRow.pass_mark), 1), else_=0)),
            func.max(col(EvaluationRow.pass_mark)),
        )
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(*scope.scored, score.is_not(None))
        .group_by(key, low)
        .order_by(key, low)
    )
    return [
        ScoreBin(group or "", edge, n, float(total), float(squares), int(below), mark)
        for group, edge, n, total, squares, below, mark in opened.execute(query)
    ]


def edges_of(low: int) -> tuple[float, float]:
    """Lowest and highest score of a bar, both included, as the list of calls filters them."""
    return float(low), 100.0 if low + WIDTH >= 100 else low + WIDTH - SMALLEST
