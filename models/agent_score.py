"""An agent's quality score of a range beside the own four weeks before it and the team, and what objections became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.access.narrow import whole_group
from models.analysis import AnalysisRow, ObjectionRow
from models.board_scope import BoardScope
from models.call import CallRow
from models.dial_kpi import By
from models.evaluation import EvaluationRow
from qa_engine.quality.estimates import t95

BEFORE = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class MeanScore:
    """Mean of `n` scored calls; `half` is half its 95 % interval (Student's t), None below two calls."""

    n: int
    mean: float | None
    half: float | None


@dataclass(frozen=True, slots=True)
class Handled:
    """Objections that were raised, and of these how many were met with understanding, answered, and resolved; `calls` are
    the calls with any, `resolved_calls` those with one that was resolved."""

    raised: int
    acknowledged: int
    answered: int
    resolved: int
    calls: int
    resolved_calls: int


@dataclass(frozen=True, slots=True)
class AgentScore:
    """`before` is the median of the scores of the four weeks before the range, of `before_n` calls; `versions` are (first day,
    version of the form) in the twelve weeks that are drawn."""

    own: MeanScore
    team: MeanScore
    before: float | None
    before_n: int
    versions: Sequence[tuple[date, int]]
    handled: Handled


def read_agent_score(
    opened: Session, scope: BoardScope, *, agent_id: str, team: str, since: date
) -> AgentScore:
    """`scope` are days and form; `since` is the first day of the weeks that are drawn."""
    own = BoardScope(scope.rubric, scope.first, scope.last, {By.AGENT: agent_id})
    before = BoardScope(
        scope.rubric, scope.first - BEFORE, scope.first - timedelta(days=1), {By.AGENT: agent_id}
    )
    drawn = BoardScope(scope.rubric, since, scope.last, {By.AGENT: agent_id})
    earlier = _scores(opened, before)
    with whole_group():  # a mean over the team, no single colleague's figures
        of_team = (
            _mean(opened, BoardScope(scope.rubric, scope.first, scope.last, {By.TEAM: team}))
            if team
            else MeanScore(0, None, None)
        )
    return AgentScore(
        _mean(opened, own),
        of_team,
        median(earlier) if earlier else None,
        len(earlier),
        _versions(opened, drawn),
        read_handled(opened, own),
    )


def _mean(opened: Session, scope: BoardScope) -> MeanScore:
    score = col(EvaluationRow.score)
    n, total, squares = opened.execute(
        select_columns(func.count(), func.sum(score), func.sum(score * score))
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(*scope.scored, score.is_not(None))
    ).one()
    if not n:
        return MeanScore(0, None, None)
    mean = float(total) / n
    if n == 1:
        return MeanScore(1, mean, None)
    return MeanScore(n, mean, t95(n - 1) * sqrt(max(float(squares) - n * mean * mean, 0.0) / (n - 1) / n))


def _scores(opened: Session, scope: BoardScope) -> list[float]:
    query = (
        select_columns(col(EvaluationRow.score))
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(*scope.scored, col(EvaluationRow.score).is_not(None))
    )
    return [float(one) for one in opened.scalars(query) if one is not None]


def _versions(opened: Session, scope: BoardScope) -> list[tuple[date, int]]:
    query = (
        select_columns(func.min(col(CallRow.day)), col(EvaluationRow.version))
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(*scope.scored)
        .group_by(col(EvaluationRow.version))
        .order_by(col(EvaluationRow.version))
    )
    return [(day, version) for day, version in opened.execute(query)]


def read_handled(opened: Session, scope: BoardScope) -> Handled:
    """The objections of the calls of a scope, with the steps that the agent took in good faith."""
    raised: ColumnElement[bool] = exists().where(col(ObjectionRow.call_id) == col(CallRow.id))
    query = (
        select_columns(col(AnalysisRow.document)["objections"])
        .select_from(CallRow)
        .join(AnalysisRow, col(AnalysisRow.call_id) == col(CallRow.id))
        .where(*scope.conditions, raised)
    )
    calls: list[list[dict[str, Any]]] = [found for found in opened.scalars(query) if found]
    everything = [one for call in calls for one in call]

    def took(step: str) -> int:
        return sum(step in (one.get("steps") or {}) for one in everything)

    return Handled(
        len(everything),
        took("acknowledge"),
        took("respond"),
        sum(one.get("outcome") == "resolved" for one in everything),
        len(calls),
        sum(any(one.get("outcome") == "resolved" for one in call) for call in calls),
    )
