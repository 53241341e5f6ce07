"""The review of a call from the store, for the person at the page."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import Request
from sqlmodel import Session, col, select

from api.pages.actor import actor_of
from api.pages.rendering import words_of
from api.pages.views.call_page import CallView
from api.pages.views.privacy import masked_texts
from api.pages.views.review import QueuePlace, ReviewView, review_view
from api.review_desk import review_body
from models.access.roles import Right, current_access
from models.evaluation import EvaluationRow
from models.review import FIRST, SECOND, find_review
from models.review_select import Queue, round_of
from models.transcript_edit import edits_of

FILTER = "q_"
"""Begins the names of the queue's filters in the address of a call."""


def place_in_queue(request: Request) -> QueuePlace:
    """The queue that the address names. One that is none is left aside."""
    name = request.query_params.get("queue", "")
    if name not in set(Queue):
        return QueuePlace()
    kept = {
        key.removeprefix(FILTER): value
        for key, value in request.query_params.items()
        if key.startswith(FILTER)
    }
    return QueuePlace(name, urlencode(kept))


def load_review(
    request: Request, opened: Session, view: CallView | None, queue: QueuePlace
) -> ReviewView | None:
    """The review of the form that is shown; None where there is no form yet, and for those who do not judge calls."""
    access = current_access()
    if view is None or view.form is None or (access is not None and not access.may(Right.REVIEW)):
        return None
    if queue.name == Queue.APPEALS:
        return None  # an appeal is decided on the appeal
    evaluation_id = opened.exec(
        select(EvaluationRow.id).where(
            EvaluationRow.call_id == view.id,
            EvaluationRow.rubric == view.form.rubric,
            col(EvaluationRow.current).is_(True),
        )
    ).one()
    assert evaluation_id is not None
    round_ = round_of(Queue(queue.name)) if queue.name else FIRST
    name = actor_of(request)
    first = find_review(opened, evaluation_id) if round_ == SECOND else None
    return review_view(
        review_body(opened, evaluation_id, round_=round_, name=name),
        view.form,
        name=name,
        queue=queue,
        first_why=first.second_why if first else "",
        edits=_edits(opened, view),
        words=words_of(request),
    )


def _edits(opened: Session, view: CallView) -> dict[int, tuple[str, str]]:
    """The first text of every corrected turn, with what is hidden in it hidden, and who corrected it last."""
    first: dict[int, str] = {}
    last: dict[int, str] = {}
    for edit in edits_of(opened, view.id):
        first.setdefault(edit.turn, edit.before)
        last[edit.turn] = edit.name
    turns = view.transcript.turns
    was = {turn: replace(turns[turn], text=text) for turn, text in first.items() if turn < len(turns)}
    shown = masked_texts(replace(view.transcript, turns=tuple(was.values())))
    return {turn: (text, last[turn]) for turn, text in zip(was, shown, strict=True)}
