"""Appeals and acknowledgement of a call, from the store, for the person at the page."""

from __future__ import annotations

import secrets

from fastapi import Request
from sqlmodel import Session, col, select

from api.deps import Services
from api.pages.actor import actor_of
from api.pages.figures import local_time
from api.pages.rendering import words_of
from api.pages.views.appeals import AppealView, CallAppeals, Standing, appeal_view, evidence_choices
from api.pages.views.call_page import CallView
from api.pages.views.review import QueuePlace
from models.access.roles import Role, current_access
from models.acknowledgement import AckKind, acknowledge, answer_of
from models.appeal import AppealRow, appeals_of, steps_of
from models.appeal_edit import allowed
from models.appeal_file import filing_limit, may_file
from models.columns import utc_now
from models.database import session as writing
from models.evaluation import EvaluationRow
from models.review import APPEAL, SECOND, items_of
from models.review_standing import standing_review


def note_shown(request: Request, services: Services, opened: Session, view: CallView | None) -> None:
    """Keeps that an agent was shown the score of an own call: the time to appeal runs from then."""
    access = current_access()
    if access is None or access.role is not Role.AGENT:
        return
    row = _evaluation(opened, view)
    if row is None or row.id is None or answer_of(opened, row).kind is not None:
        return
    with writing(services.engine) as own:
        acknowledge(own, row.id, AckKind.SEEN, name=actor_of(request))


def load_appeals(
    request: Request, services: Services, opened: Session, view: CallView | None, queue: QueuePlace
) -> CallAppeals | None:
    """None where the call has no form yet. Where nobody signs in, whoever works on a queue reviews: an agent's answer, under the
    reviewer's name, is one careless click away otherwise."""
    row = _evaluation(opened, view)
    if view is None or view.form is None or row is None or row.id is None:
        return None
    access, words, zone = current_access(), words_of(request), services.settings.zone
    by_item: dict[str, list[AppealView]] = {}
    for appeal in appeals_of(opened, row.call_id, row.rubric):
        by_item.setdefault(appeal.item_id, []).append(load_appeal(request, services, opened, appeal))
    limit = filing_limit(opened, services.settings, row)
    answer = answer_of(opened, row)
    is_agent = not queue.name if access is None else access.role is Role.AGENT
    return CallAppeals(
        evaluation_id=row.id,
        by_item=by_item,
        may_file=(is_agent or access is not None) and may_file(opened, services.settings, row),
        may_acknowledge=is_agent,
        answer=answer,
        answered_at=local_time(answer.at, zone),
        limit=local_time(limit, zone) if limit else "",
        standing=_standing(opened, row.id),
        token=secrets.token_hex(12),
        queue=queue.name,
        evidence={item.id: evidence_choices(item.evidence, words) for item in view.form.evaluation.items},
    )


def load_appeal(request: Request, services: Services, opened: Session, row: AppealRow) -> AppealView:
    """One appeal for who asks."""
    assert row.id is not None
    return appeal_view(
        row,
        steps_of(opened, row.id),
        allowed(opened, row, actor_of(request)),
        now=utc_now(),
        zone=services.settings.zone,
        words=words_of(request),
    )


def _evaluation(opened: Session, view: CallView | None) -> EvaluationRow | None:
    if view is None or view.form is None:
        return None
    return opened.exec(
        select(EvaluationRow).where(
            EvaluationRow.call_id == view.id,
            EvaluationRow.rubric == view.form.rubric,
            col(EvaluationRow.current).is_(True),
        )
    ).one_or_none()


def _standing(opened: Session, evaluation_id: int) -> Standing | None:
    review = standing_review(opened, evaluation_id)
    if review is None or review.id is None:
        return None
    said = {item: (row.verdict, row.name) for item, row in items_of(opened, review.id).items() if row.verdict}
    kind = {APPEAL: "appeal", SECOND: "second"}.get(review.round, "review")
    return Standing(
        review.score,
        review.score_low,
        review.score_high,
        review.result or "",
        kind,
        review.submitted_by,
        said,
    )
