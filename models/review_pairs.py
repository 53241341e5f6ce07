"""What people said beside the machine, item by item, of reviews that were submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.board_scope import BoardScope
from models.call import CallRow
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.review import FIRST, SECOND, ReviewItemRow, ReviewRow, ReviewState
from qa_engine.quality.agreement import Judgement


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """One item of a submitted first review. `human` is the machine's verdict where the reviewer left it standing
    (`is_decided` False): who submits a form answers for all of it. `reason` says why it was overturned."""

    evaluation_id: int
    call_id: str
    item_id: str
    agent_id: str
    reviewer: str
    machine: str
    human: str
    is_decided: bool
    reason: str

    @property
    def is_sure(self) -> bool:
        """Whether the machine had a verdict: to settle an unknown is neither agreement nor correction."""
        return self.machine != "unknown"

    @property
    def is_overturned(self) -> bool:
        return self.is_sure and self.human != self.machine


@dataclass(frozen=True, slots=True)
class SecondLook:
    """One item that two people judged: who first and who second, and what each said."""

    call_id: str
    item_id: str
    first_by: str
    second_by: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ScoreShift:
    """A reviewed call: score by people less score by the machine. None where one of them is unknown."""

    call_id: str
    reviewer: str
    change: float | None


def read_review_pairs(opened: Session, scope: BoardScope) -> Sequence[ReviewPair]:
    """Every item of the reviews of these calls, in the order of calls and items."""
    query = (
        _with_items(
            select_columns(
                col(EvaluationItemRow.evaluation_id),
                col(CallRow.id),
                col(EvaluationItemRow.item_id),
                col(CallRow.agent_id),
                col(ReviewRow.submitted_by),
                col(EvaluationItemRow.verdict),
                col(ReviewItemRow.verdict),
                col(ReviewItemRow.reason),
            )
        )
        .where(*scope.conditions, *_submitted(scope, FIRST))
        .order_by(col(CallRow.day).desc(), col(CallRow.id), col(EvaluationItemRow.item_id))
    )
    return [
        ReviewPair(
            evaluation,
            call,
            item,
            agent or "",
            reviewer,
            machine,
            human or machine,
            human is not None,
            why or "",
        )
        for evaluation, call, item, agent, reviewer, machine, human, why in opened.execute(query)
    ]


def verdict_counts(opened: Session, scope: BoardScope) -> Sequence[Judgement]:
    """The same verdicts counted by call, those that the machine was sure of: all that a measure of agreement needs."""
    machine = col(EvaluationItemRow.verdict)
    human = func.coalesce(col(ReviewItemRow.verdict), machine)
    query = (
        _with_items(select_columns(col(CallRow.id), machine, human, func.count()))
        .where(*scope.conditions, *_submitted(scope, FIRST), machine != "unknown")
        .group_by(col(CallRow.id), machine, human)
    )
    return [Judgement(*row) for row in opened.execute(query)]


def _with_items(query: Any) -> Any:
    return (
        query.select_from(ReviewRow)
        .join(CallRow, col(CallRow.id) == col(ReviewRow.call_id))
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(ReviewRow.evaluation_id))
        .outerjoin(
            ReviewItemRow,
            and_(
                col(ReviewItemRow.review_id) == col(ReviewRow.id),
                col(ReviewItemRow.item_id) == col(EvaluationItemRow.item_id),
            ),
        )
    )


def read_second_looks(opened: Session, scope: BoardScope) -> Sequence[SecondLook]:
    """Items of calls that were reviewed twice, as both reviews stand; an item that both left to the machine's *unknown* says
    nothing and is left out."""
    later = aliased(ReviewRow)
    of_first, of_second = aliased(ReviewItemRow), aliased(ReviewItemRow)
    item = EvaluationItemRow
    query = (
        select_columns(
            col(CallRow.id),
            col(item.item_id),
            col(ReviewRow.submitted_by),
            later.submitted_by,  # type: ignore[call-overload]
            col(item.verdict),
            of_first.verdict,
            of_second.verdict,
        )
        .select_from(ReviewRow)
        .join(CallRow, col(CallRow.id) == col(ReviewRow.call_id))
        .join(
            later,
            and_(
                later.evaluation_id == col(ReviewRow.evaluation_id),  # type: ignore[arg-type]
                later.round == SECOND,  # type: ignore[arg-type]
                later.state == ReviewState.SUBMITTED,  # type: ignore[arg-type]
            ),
        )
        .join(item, col(item.evaluation_id) == col(ReviewRow.evaluation_id))
        .outerjoin(
            of_first,
            and_(of_first.review_id == col(ReviewRow.id), of_first.item_id == col(item.item_id)),  # type: ignore[arg-type]
        )
        .outerjoin(
            of_second,
            and_(of_second.review_id == later.id, of_second.item_id == col(item.item_id)),  # type: ignore[arg-type]
        )
        .where(*scope.conditions, *_submitted(scope, FIRST))
        .order_by(col(CallRow.day).desc(), col(CallRow.id), col(item.item_id))
    )
    looks = [
        SecondLook(call, name, one, other, first or machine, second or machine)
        for call, name, one, other, machine, first, second in opened.execute(query)
    ]
    return [look for look in looks if "unknown" not in {look.first, look.second}]


def read_score_shifts(opened: Session, scope: BoardScope) -> Sequence[ScoreShift]:
    """By how much each first review moved its call's score."""
    query = (
        select_columns(
            col(CallRow.id), col(ReviewRow.submitted_by), col(ReviewRow.score), col(EvaluationRow.score)
        )
        .select_from(ReviewRow)
        .join(CallRow, col(CallRow.id) == col(ReviewRow.call_id))
        .join(EvaluationRow, col(EvaluationRow.id) == col(ReviewRow.evaluation_id))
        .where(*scope.conditions, *_submitted(scope, FIRST))
    )
    return [
        ScoreShift(call, reviewer, None if human is None or machine is None else human - machine)
        for call, reviewer, human, machine in opened.execute(query)
    ]


def _submitted(scope: BoardScope, round_: int) -> list[ColumnElement[bool]]:
    return [
        col(ReviewRow.rubric) == scope.rubric,
        col(ReviewRow.round) == round_,
        col(ReviewRow.state) == ReviewState.SUBMITTED,
    ]
