"""Filing an appeal: whose call it is, which item, in time, and who will answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models.access.accounts import AccountRow
from models.access.roles import Role, current_access
from models.access.sign_in import is_open
from models.acknowledgement import shown_at
from models.appeal import AppealRow
from models.call import CallRow, get_call
from models.columns import utc_now
from models.database import lock_names
from models.evaluation import EvaluationRow
from models.review import get_evaluation, in_force
from models.review_edit import Signed
from models.review_standing import standing_review, standing_verdict
from models.settings import Settings
from models.target import work_calendar
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.quality.appeal import State, Step, begin, chain_of
from qa_engine.quality.review import HUMAN, Reason
from qa_engine.quality.working_time import WorkingHours, parse_hours
from qa_engine.scoring.evaluation import Verdict

MAX_TEXT = 2000


class AppealTooLate(Conflict):
    """The time for it is over."""

    code = "appeal_too_late"


class AppealTwice(Conflict):
    """The item has an appeal that is open or decided."""

    code = "appeal_twice"


class NotYours(NotFound):
    """Somebody else's call: only who made it appeals."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class Filing:
    """What an agent contests. `evidence` is the place (0-based) of the piece of evidence that it is about."""

    item_id: str
    wanted: Verdict
    reason: Reason
    text: str
    evidence: int | None = None


def file_appeal(
    opened: Session, settings: Settings, evaluation_id: int, filing: Filing, *, by: Signed
) -> AppealRow:
    """Files it, or finds it where it came already. Raises `NotFound`, `BadInput`, `AppealTwice`, `AppealTooLate`."""
    evaluation = get_evaluation(opened, in_force(opened, evaluation_id))
    assert evaluation.id is not None
    lock_names(opened, f"appeals:{evaluation.call_id}")
    known = opened.exec(
        select(AppealRow).where(AppealRow.evaluation_id == evaluation.id, AppealRow.token == by.token)
    ).one_or_none()
    if known is not None:
        return known
    call = get_call(opened, evaluation.call_id)
    _require_own(call)
    item = _item(evaluation, filing.item_id)
    _require_words(filing.text)
    _require_first(opened, evaluation, filing.item_id)
    limit = filing_limit(opened, settings, evaluation)
    if limit is not None and utc_now() > limit:
        raise AppealTooLate(
            f"申诉期限已过({limit.astimezone(settings.zone):%m-%d %H:%M})",
            hint="请与班组长或质检主管当面说明",
        )
    contested, judged_by = standing_verdict(opened, evaluation, filing.item_id)
    if filing.wanted not in HUMAN or filing.wanted is contested:
        raise BadInput("申诉要求的判定与现在的判定相同", hint="请选择您认为正确的判定:符合、不符合或不适用")
    chain = _chain(opened, call, judged_by)
    start = begin(chain, filed_by=by.name, judged_by=judged_by)
    row = AppealRow(
        evaluation_id=evaluation.id,
        call_id=call.id,
        rubric=evaluation.rubric,
        item_id=filing.item_id,
        contested=contested,
        judged_by=judged_by,
        wanted=filing.wanted,
        node=_node(item, filing.evidence),
        reason=filing.reason,
        text=filing.text.strip(),
        filed_by=by.name,
        chain=[step.value for step in chain],
        step=start.step,
        due_at=step_due(opened, settings, start.step),
        score_before=_score(opened, evaluation),
        token=by.token,
    )
    opened.add(row)
    opened.flush()
    return row


def filing_limit(opened: Session, settings: Settings, evaluation: EvaluationRow) -> datetime | None:
    """Until when an appeal may be filed; None while the agent has not been shown the score as it stands."""
    shown = shown_at(opened, evaluation)
    return shown + timedelta(days=settings.appeal_days) if shown else None


def may_file(opened: Session, settings: Settings, evaluation: EvaluationRow) -> bool:
    """Whether whoever asks may contest a verdict of this evaluation."""
    access = current_access()
    limit = filing_limit(opened, settings, evaluation)
    if limit is not None and utc_now() > limit:
        return False
    return access is None or access.role is Role.AGENT


def _require_own(call: CallRow) -> None:
    access = current_access()
    if access is not None and (access.role is not Role.AGENT or call.agent_id != access.agent_id):
        raise NotYours("没有这份评分", hint="只有通话的坐席本人可以申诉")


def _item(evaluation: EvaluationRow, item_id: str) -> Mapping[str, Any]:
    found = next((item for item in evaluation.document["items"] if item["id"] == item_id), None)
    if found is None:
        raise NotFound(f"质检表里没有 {item_id[:80]} 这一项", hint="请刷新页面后再试")
    return found  # type: ignore[no-any-return]


def _require_words(text: str) -> None:
    if not text.strip() or len(text) > MAX_TEXT:
        raise BadInput(
            f"申诉理由应有 1 到 {MAX_TEXT} 个字,现在 {len(text.strip())} 个",
            hint="请用自己的话写明为什么判错了",
        )


def _require_first(opened: Session, evaluation: EvaluationRow, item_id: str) -> None:
    before = opened.exec(
        select(AppealRow.state).where(
            AppealRow.evaluation_id == evaluation.id,
            AppealRow.item_id == item_id,
            AppealRow.state != State.WITHDRAWN,
        )
    ).all()
    if before:
        raise AppealTwice("这一项已经申诉过", hint="请在原来的申诉里看它走到了哪一步")


def _chain(opened: Session, call: CallRow, judged_by: str) -> tuple[Step, ...]:
    if is_open(opened):
        return chain_of(lead=True, qa=True, final=True)
    accounts = opened.exec(
        select(AccountRow).where(col(AccountRow.disabled).is_(False), AccountRow.name != judged_by)
    ).all()
    roles = {account.role for account in accounts}
    lead = any(account.role == Role.TEAM_LEAD and call.team_id in account.teams for account in accounts)
    return chain_of(lead=lead, qa=Role.REVIEWER in roles, final=Role.QA_MANAGER in roles)


def _node(item: Mapping[str, Any], place: int | None) -> dict[str, Any] | None:
    if place is None:
        return None
    pieces = item.get("evidence", [])
    if not 0 <= place < len(pieces):
        raise BadInput(f"这一项没有第 {place + 1} 条证据", hint="请刷新页面后再选")
    return {"index": place, **{key: pieces[place].get(key) for key in ("turn", "start_s", "end_s")}}


def step_due(opened: Session, settings: Settings, step: Step) -> datetime:
    """When a step that begins now is to be answered."""
    opens, closes = parse_hours(settings.work_hours)
    hours = WorkingHours(opens, closes, settings.zone, work_calendar(opened))
    allowed_h = {
        Step.LEAD: settings.appeal_lead_h,
        Step.QA: settings.appeal_qa_h,
        Step.FINAL: settings.appeal_final_h,
    }
    return hours.due(utc_now(), allowed_h[step])


def _score(opened: Session, evaluation: EvaluationRow) -> float | None:
    assert evaluation.id is not None
    review = standing_review(opened, evaluation.id)
    return review.score if review else evaluation.score
