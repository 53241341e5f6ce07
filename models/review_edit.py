"""Changing a review: verdicts, undo, submission. Two people lose nothing of each other's work: different items are both
kept, and of the same item the later one is told what the other chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.columns import utc_now
from models.database import lock_names
from models.evaluation import EvaluationRow
from models.review import (
    FIRST,
    ChangeKind,
    ReviewChangeRow,
    ReviewItemRow,
    ReviewRow,
    ReviewState,
    find_review,
    get_evaluation,
    items_of,
)
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.quality.review import HUMAN, NOTHING, Decision, Reason, lacks_reason
from qa_engine.scoring.evaluation import Verdict

MAX_NOTE = 2000


class ReviewConflict(Conflict):
    """Somebody else decided this item meanwhile."""

    code = "review_conflict"


class ReviewSubmitted(Conflict):
    """The review is closed; it can be opened again."""

    code = "review_submitted"


class ReviewIncomplete(BadInput):
    """A corrected verdict has no reason."""

    code = "review_incomplete"


class NothingToUndo(Conflict):
    """Nothing of this person's is left to take back."""

    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who changes, and the token under which the page sent it."""

    name: str
    token: str


def open_review(opened: Session, evaluation_id: int, *, name: str, round_: int = FIRST) -> ReviewRow:
    """The review, begun where nobody has; its lock is held to the end of the transaction. Raises `NotFound`."""
    lock_names(opened, f"review:{evaluation_id}:{round_}")
    found = find_review(opened, evaluation_id, round_)
    if found is not None:
        return found
    evaluation = get_evaluation(opened, evaluation_id)
    row = ReviewRow(
        evaluation_id=evaluation_id,
        call_id=evaluation.call_id,
        rubric=evaluation.rubric,
        round=round_,
        opened_by=name,
        score=evaluation.score,
        score_low=evaluation.score_low,
        score_high=evaluation.score_high,
        result=evaluation.result,
    )
    opened.add(row)
    opened.flush()
    return row


def decide(
    opened: Session, review: ReviewRow, item_id: str, decision: Decision, *, seen: int, by: Signed
) -> None:
    """Puts a decision on an item. `seen` is the item's version on the page of the person (0 = nothing there yet). A change that
    came already, or that says what stands, changes nothing. Raises `ReviewConflict`, `ReviewSubmitted`, `NotFound`."""
    assert review.id is not None
    if _came_already(opened, review.id, by.token):
        return
    _require_draft(review)
    _require_item(opened, review, item_id)
    if decision.verdict is not None and decision.verdict not in HUMAN:
        raise BadInput(f"人工判定不能是 {decision.verdict}", hint="请选择符合、不符合或不适用")
    if len(decision.note) > MAX_NOTE:
        raise BadInput(f"备注有 {len(decision.note)} 个字,最多 {MAX_NOTE} 个", hint="请缩短备注")
    now = opened.get(ReviewItemRow, (review.id, item_id))
    standing = now.decision if now else NOTHING
    if standing == decision:
        return
    if now is not None and now.version > seen and now.name != by.name:
        raise ReviewConflict(f"{now.name} 刚刚改过 {item_id}", hint="请看过对方的判定,再决定保留哪一个")
    change = _log(opened, review, ChangeKind.ITEM, by, item_id=item_id, before=standing, after=decision)
    _put(opened, review, item_id, decision, change)


def undo(opened: Session, review: ReviewRow, *, by: Signed) -> str:
    """Takes back this person's last change that still stands, and returns its item. Raises `NothingToUndo`, `ReviewConflict`
    where somebody has decided the item since, `ReviewSubmitted`."""
    assert review.id is not None
    sent = _came_already(opened, review.id, by.token)
    if sent is not None:
        return sent.item_id
    _require_draft(review)
    last = _last_standing(opened, review.id, by.name)
    if last is None:
        raise NothingToUndo("没有可撤销的改动", hint="只能撤销自己的改动")
    now = opened.get_one(ReviewItemRow, (review.id, last.item_id))
    if now.decision != decision_from(last.after):  # somebody's word lies over it, or lay between
        raise ReviewConflict(f"{last.item_id} 之后又被改过", hint="请直接重新判定这一项")
    before = decision_from(last.before)
    change = _log(
        opened, review, ChangeKind.UNDO, by,
        item_id=last.item_id, before=now.decision, after=before, undoes=last.id,
    )  # fmt: skip
    _put(opened, review, last.item_id, before, change)
    return last.item_id


def undoable(opened: Session, review_id: int, name: str) -> bool:
    """Whether this person has a change that `undo` would take back or refuse."""
    return _last_standing(opened, review_id, name) is not None


def submit(opened: Session, review: ReviewRow, *, seen: int, by: Signed) -> None:
    """Closes the review. Raises `ReviewConflict` where somebody changed it after version `seen`, `ReviewIncomplete` naming the
    items whose correction lacks a reason."""
    assert review.id is not None
    if _came_already(opened, review.id, by.token) or review.state == ReviewState.SUBMITTED:
        return
    if review.version > seen:
        others = opened.exec(
            select(ReviewChangeRow.name).where(
                ReviewChangeRow.review_id == review.id,
                ReviewChangeRow.version > seen,
                ReviewChangeRow.name != by.name,
            )
        ).first()
        if others is not None:
            raise ReviewConflict(f"{others} 刚刚又改过这份复核", hint="请看过改动后再提交")
    machine = machine_verdicts(get_evaluation(opened, review.evaluation_id))
    bare = [
        name
        for name, row in items_of(opened, review.id).items()
        if name in machine and lacks_reason(machine[name], row.decision)
    ]
    if bare:
        raise ReviewIncomplete(
            f"改判还没有写原因:{'、'.join(sorted(bare)[:5])}", hint="请为改判的项选择原因;选“其他”时写备注"
        )
    _log(opened, review, ChangeKind.SUBMIT, by)
    review.state, review.submitted_by, review.submitted_at = ReviewState.SUBMITTED, by.name, utc_now()
    opened.add(review)


def reopen(opened: Session, review: ReviewRow, *, by: Signed) -> None:
    """A submitted review becomes a draft again; who had submitted it stays in the log."""
    assert review.id is not None
    if review.state != ReviewState.SUBMITTED or _came_already(opened, review.id, by.token):
        return
    _log(opened, review, ChangeKind.REOPEN, by)
    review.state, review.submitted_by, review.submitted_at = ReviewState.DRAFT, "", None
    opened.add(review)


def ask_second(opened: Session, review: ReviewRow, *, why: str, by: Signed) -> None:
    """Asks that somebody else look at the call too; an empty `why` takes it back."""
    assert review.id is not None
    if _came_already(opened, review.id, by.token) or why.strip() == review.second_why:
        return
    _log(opened, review, ChangeKind.SECOND, by, item_id=why.strip()[:200])
    review.wants_second, review.second_why = bool(why.strip()), why.strip()[:MAX_NOTE]
    opened.add(review)


def machine_verdicts(evaluation: EvaluationRow) -> Mapping[str, Verdict]:
    """The machine's verdict of every item."""
    return {item["id"]: Verdict(item["verdict"]) for item in evaluation.document["items"]}


def decision_json(decision: Decision) -> dict[str, str | None]:
    """A decision as the log keeps it."""
    return {"verdict": decision.verdict, "reason": decision.reason, "note": decision.note}


def decision_from(kept: Mapping[str, str | None] | None) -> Decision:
    """A decision of the log."""
    if kept is None:
        return NOTHING
    verdict, reason = kept["verdict"], kept["reason"]
    return Decision(
        Verdict(verdict) if verdict else None, Reason(reason) if reason else None, kept["note"] or ""
    )


def _came_already(opened: Session, review_id: int, token: str) -> ReviewChangeRow | None:
    return opened.exec(
        select(ReviewChangeRow).where(ReviewChangeRow.review_id == review_id, ReviewChangeRow.token == token)
    ).one_or_none()


def _require_draft(review: ReviewRow) -> None:
    if review.state == ReviewState.SUBMITTED:
        raise ReviewSubmitted(f"这份复核已由 {review.submitted_by} 提交", hint="需要修改时请先重新打开")


def _require_item(opened: Session, review: ReviewRow, item_id: str) -> None:
    if item_id not in machine_verdicts(get_evaluation(opened, review.evaluation_id)):
        raise NotFound(f"质检表里没有 {item_id[:80]} 这一项", hint="请刷新页面后再试")


def _last_standing(opened: Session, review_id: int, name: str) -> ReviewChangeRow | None:
    undone = select(ReviewChangeRow.undoes).where(
        ReviewChangeRow.review_id == review_id, col(ReviewChangeRow.undoes).is_not(None)
    )
    return opened.exec(
        select(ReviewChangeRow)
        .where(
            ReviewChangeRow.review_id == review_id,
            ReviewChangeRow.name == name,
            ReviewChangeRow.kind == ChangeKind.ITEM,
            col(ReviewChangeRow.id).not_in(undone),
        )
        .order_by(col(ReviewChangeRow.version).desc())
        .limit(1)
    ).one_or_none()


def _log(
    opened: Session,
    review: ReviewRow,
    kind: ChangeKind,
    by: Signed,
    *,
    item_id: str = "",
    before: Decision | None = None,
    after: Decision | None = None,
    undoes: int | None = None,
) -> ReviewChangeRow:
    assert review.id is not None
    review.version += 1
    review.changed_at = utc_now()
    change = ReviewChangeRow(
        review_id=review.id,
        version=review.version,
        kind=kind,
        item_id=item_id,
        before=decision_json(before) if before else None,
        after=decision_json(after) if after else None,
        name=by.name,
        token=by.token,
        undoes=undoes,
        changed_at=review.changed_at,
    )
    opened.add(change)
    opened.add(review)
    opened.flush()
    return change


def _put(
    opened: Session, review: ReviewRow, item_id: str, decision: Decision, change: ReviewChangeRow
) -> None:
    assert review.id is not None
    opened.merge(
        ReviewItemRow(
            review_id=review.id,
            item_id=item_id,
            verdict=decision.verdict,
            reason=decision.reason,
            note=decision.note,
            name=change.name,
            version=change.version,
            changed_at=change.changed_at,
        )
    )
    opened.flush()
