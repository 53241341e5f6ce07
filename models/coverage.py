"""How much of the calls people have heard: by agent and week, with the random draw and what its calls stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.board_scope import BoardScope
from models.call import CallRow
from models.evaluation import EvaluationRow
from models.review import FIRST, ReviewRow, ReviewState, is_reviewed
from models.review_select import DRAWN_A_WEEK

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One agent's week (Monday to Sunday) under a form: `calls` scored, `drawn` of them at random, `drawn_heard` of those
    reviewed, `heard` reviewed in all, flagged calls too."""

    agent_id: str
    monday: date
    calls: int
    drawn: int
    drawn_heard: int
    heard: int

    @property
    def weight(self) -> float | None:
        """How many calls each reviewed call of the draw stands for; None where none was."""
        return self.calls / self.drawn_heard if self.drawn_heard else None


def whole_weeks(scope: BoardScope) -> BoardScope:
    """The scope stretched to whole weeks: the draw is made of each week as a whole."""
    first = scope.first - timedelta(days=scope.first.weekday())
    last = scope.last + timedelta(days=6 - scope.last.weekday())
    return replace(scope, first=first, last=last)


def mondays(scope: BoardScope) -> list[date]:
    """The weeks of a scope of whole weeks."""
    return [scope.first + WEEK * at for at in range(((scope.last - scope.first).days + 1) // 7)]


def read_coverage(opened: Session, scope: BoardScope) -> Sequence[Coverage]:
    """Every agent's weeks that have scored calls; `scope` of whole weeks, the same draw as the queue's."""
    strata = _strata(scope).subquery()
    rows = opened.execute(
        select_columns(
            strata.c.agent,
            strata.c.monday,
            func.count(),
            func.sum(case((strata.c.place <= DRAWN_A_WEEK, 1), else_=0)),
            func.sum(case(((strata.c.place <= DRAWN_A_WEEK) & strata.c.heard, 1), else_=0)),
            func.sum(case((strata.c.heard, 1), else_=0)),
        )
        .group_by(strata.c.agent, strata.c.monday)
        .order_by(strata.c.agent, strata.c.monday)
    )
    weeks = mondays(scope)
    return [
        Coverage(agent or "", weeks[at], calls, int(drawn), int(drawn_heard), int(heard))
        for agent, at, calls, drawn, drawn_heard, heard in rows
    ]


def drawn_scores(opened: Session, scope: BoardScope) -> Sequence[tuple[str, date, float]]:
    """(agent, Monday, score with people's verdicts in it) of the drawn calls that were reviewed."""
    strata = _strata(scope).subquery()
    rows = opened.execute(
        select_columns(strata.c.agent, strata.c.monday, col(ReviewRow.score))
        .join(ReviewRow, col(ReviewRow.call_id) == strata.c.call)
        .where(
            strata.c.place <= DRAWN_A_WEEK,
            col(ReviewRow.rubric) == scope.rubric,
            col(ReviewRow.round) == FIRST,
            col(ReviewRow.state) == ReviewState.SUBMITTED,
            col(ReviewRow.score).is_not(None),
        )
    )
    weeks = mondays(scope)
    return [(agent or "", weeks[at], float(score)) for agent, at, score in rows]


def _strata(scope: BoardScope) -> Select[Any]:
    week = case(
        *((col(CallRow.day) < monday + WEEK, at) for at, monday in enumerate(mondays(scope))), else_=-1
    )
    heard = is_reviewed(col(CallRow.id), scope.rubric)
    place = func.row_number().over(partition_by=[col(CallRow.agent_id), week], order_by=col(CallRow.id))
    return (
        select_columns(
            col(CallRow.id).label("call"),
            col(CallRow.agent_id).label("agent"),
            week.label("monday"),
            place.label("place"),
            heard.label("heard"),
        )
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(*scope.scored)
    )
