"""Moving an appeal on; an overturned verdict is written as a review, beside all that was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from models.access.roles import Role, current_access
from models.appeal import AppealRow, AppealStepRow, get_appeal, is_overdue, standing_appeal, steps_of
from models.appeal_file import MAX_TEXT, step_due
from models.call import get_call
from models.columns import utc_now
from models.database import lock_names
from models.review import APPEAL, get_evaluation, in_force
from models.review_edit import Signed, decide, machine_verdicts, open_review, reopen, submit
from models.review_standing import carry_over, standing_review
from models.review_total import Reckoner
from models.settings import Settings
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.quality.appeal import EVERYBODY, Act, Actor, Party, State, advance, may
from qa_engine.quality.review import HUMAN, Decision, Reason
from qa_engine.scoring.evaluation import Verdict

_PARTIES: Mapping[Role, Party] = {
    Role.TEAM_LEAD: Party.LEAD,
    Role.REVIEWER: Party.QA,
    Role.QA_MANAGER: Party.FINAL,
}


class AppealMoved(Conflict):
    """Somebody acted meanwhile."""

    code = "appeal_moved"


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody does to an appeal, having seen its version `seen`; verdict and reason where it overturns."""

    act: Act
    seen: int
    note: str = ""
    verdict: Verdict | None = None
    reason: Reason | None = None


def move_appeal(
    opened: Session, settings: Settings, appeal_id: int, move: Move, *, by: Signed, reckoner: Reckoner
) -> AppealRow:
    """One act. What came already changes nothing. Raises `NotFound`, `AppealMoved`, `BadInput`, and what `advance` raises."""
    lock_names(opened, f"appeals:{get_appeal(opened, appeal_id).call_id}")
    row = opened.get_one(AppealRow, appeal_id, populate_existing=True)
    steps = steps_of(opened, appeal_id)
    if any(step.token == by.token for step in steps):
        return row
    if row.version != move.seen:
        raise AppealMoved("别人刚刚处理过这次申诉", hint="请看过最新一步再处理")
    now = utc_now()
    late = is_overdue(row, now)
    actor = actor_in(opened, row, by.name)
    after = advance(standing_appeal(row, steps), move.act, actor, overdue=late)
    note = move.note.strip()
    if len(note) > MAX_TEXT:
        raise BadInput(f"说明有 {len(note)} 个字,最多 {MAX_TEXT} 个", hint="请缩短说明")
    if move.act is Act.REFUSE and not note:
        raise BadInput("驳回要写明理由", hint="请用坐席能看懂的话写明为什么维持原判")
    step_before = row.step
    if move.act is Act.OVERTURN:
        _overturn(opened, row, move, by=by, reckoner=reckoner)
    row.state, row.step, row.version = after.state, after.step, row.version + 1
    if after.is_closed:
        row.closed_at = now
    else:
        row.due_at = (
            now + timedelta(days=settings.appeal_days)
            if after.state is State.REFUSED
            else step_due(opened, settings, after.step)
        )
    opened.add(row)
    opened.add(
        AppealStepRow(
            appeal_id=appeal_id,
            call_id=row.call_id,
            version=row.version,
            act=move.act,
            step=step_before,
            state=row.state,
            name=by.name,
            parties=sorted(actor.parties),
            note=note,
            is_late=late,
            due_at=row.due_at,
            token=by.token,
            at=now,
        )
    )
    opened.flush()
    return row


def allowed(opened: Session, row: AppealRow, name: str) -> tuple[Act, ...]:
    """What this person may do to an appeal now."""
    assert row.id is not None
    return may(
        standing_appeal(row, steps_of(opened, row.id)),
        actor_in(opened, row, name),
        overdue=is_overdue(row, utc_now()),
    )


def actor_in(opened: Session, row: AppealRow, name: str) -> Actor:
    """The parts that somebody plays in an appeal: by the account's role; all where nobody signs in."""
    access = current_access()
    if access is None:
        return Actor(name, EVERYBODY)
    if access.role is Role.AGENT:
        own = get_call(opened, row.call_id).agent_id == access.agent_id
        return Actor(name, frozenset({Party.AGENT}) if own else frozenset())
    party = _PARTIES.get(access.role)
    return Actor(name, frozenset({party}) if party else frozenset())


def _overturn(opened: Session, row: AppealRow, move: Move, *, by: Signed, reckoner: Reckoner) -> None:
    if move.verdict is None or move.verdict not in HUMAN or move.verdict == row.contested:
        raise BadInput("改判要给出与原判不同的判定", hint="请选择符合、不符合或不适用")
    if move.reason is None:
        raise BadInput("改判要选原因", hint="请选择改判原因;选“其他”时写说明")
    if move.reason is Reason.OTHER and not move.note.strip():
        raise BadInput("原因选了“其他”,还没有说明", hint="请写明改判的原因")
    evaluation = get_evaluation(opened, in_force(opened, row.evaluation_id))
    assert evaluation.id is not None
    if row.item_id not in machine_verdicts(evaluation):
        raise NotFound("质检表里已没有这一项", hint="请刷新页面")
    before = standing_review(opened, evaluation.id)
    review = open_review(opened, evaluation.id, name=by.name, round_=APPEAL)
    reopen(opened, review, by=Signed(by.name, f"{by.token[:50]}-open"))
    if before is not None and before.id != review.id:
        carry_over(opened, before, review)
    now = review.version
    decision = Decision(move.verdict, move.reason, move.note.strip())
    decide(opened, review, row.item_id, decision, seen=now, by=Signed(by.name, f"{by.token[:50]}-item"))
    submit(opened, review, seen=review.version, by=Signed(by.name, f"{by.token[:50]}-done"))
    reckoner.settle(opened, review)
    row.verdict, row.score_after = move.verdict, review.score
