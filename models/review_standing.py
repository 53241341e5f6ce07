"""What stands of an evaluation once people have spoken: the submitted review of its last round, else the machine."""

from __future__ import annotations

from sqlmodel import Session, col, select

from models.evaluation import EvaluationRow
from models.review import ReviewRow, ReviewState, items_of
from models.review_edit import Signed, decide, machine_verdicts
from qa_engine.scoring.evaluation import Verdict


def standing_review(opened: Session, evaluation_id: int) -> ReviewRow | None:
    """None where nobody has submitted one."""
    return opened.exec(
        select(ReviewRow)
        .where(ReviewRow.evaluation_id == evaluation_id, ReviewRow.state == ReviewState.SUBMITTED)
        .order_by(col(ReviewRow.round).desc())
        .limit(1)
    ).one_or_none()


def standing_verdict(opened: Session, evaluation: EvaluationRow, item_id: str) -> tuple[Verdict, str]:
    """The verdict of an item, and whose it is ("" = the machine's)."""
    assert evaluation.id is not None
    review = standing_review(opened, evaluation.id)
    said = items_of(opened, review.id).get(item_id) if review and review.id else None
    if said is not None and said.verdict is not None:
        return Verdict(said.verdict), said.name
    return machine_verdicts(evaluation)[item_id], ""


def carry_over(opened: Session, before: ReviewRow, review: ReviewRow) -> None:
    """Begins a review as an earlier one stood, each item under the name of who decided it; what the review says itself stays."""
    assert before.id is not None
    assert review.id is not None
    own = items_of(opened, review.id)
    for item_id, said in items_of(opened, before.id).items():
        if item_id not in own:
            by = Signed(said.name, f"from-{before.id}-{said.version}")
            decide(opened, review, item_id, said.decision, seen=review.version, by=by)
