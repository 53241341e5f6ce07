"""One review for those who ask: its rows put together, its changes made in one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from api.deps import Services
from api.routes.bodies.reviews import DecidedBody, ReviewBody, TotalBody
from models.database import reading
from models.database import session as writing
from models.review import ReviewRow, ReviewState, find_review, get_evaluation, items_of
from models.review_claim import present
from models.review_edit import open_review, undoable
from models.review_queue import Waiting
from models.review_select import Queue, QueueFilter


def review_body(opened: Session, evaluation_id: int, *, round_: int, name: str) -> ReviewBody:
    """The review as `name` sees it. Raises `NotFound`."""
    evaluation = get_evaluation(opened, evaluation_id)
    row = find_review(opened, evaluation_id, round_)
    machine = TotalBody(
        score=evaluation.score, low=evaluation.score_low, high=evaluation.score_high, result=evaluation.result
    )
    items = items_of(opened, row.id) if row and row.id else {}
    return ReviewBody(
        evaluation_id=evaluation_id,
        call_id=evaluation.call_id,
        rubric=evaluation.rubric,
        round=round_,
        version=row.version if row else 0,
        state=row.state if row else ReviewState.DRAFT,
        submitted_by=row.submitted_by if row else "",
        submitted_at=row.submitted_at if row else None,
        second_why=row.second_why if row else "",
        items=[DecidedBody.model_validate(item) for item in items.values()],
        machine=machine,
        human=_human(row) if row else machine,
        others=[other for other in present(opened, evaluation_id) if other != name],
        can_undo=bool(row and row.id and name and undoable(opened, row.id, name)),
    )


def _human(row: ReviewRow) -> TotalBody | None:
    if row.result is None:
        return None
    return TotalBody(score=row.score, low=row.score_low, high=row.score_high, result=row.result)


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at work on the review of an evaluation."""

    services: Services
    evaluation_id: int
    round: int
    name: str

    def change(self, step: Callable[[Session, ReviewRow], object]) -> ReviewBody:
        """Makes one change and gives the review as it stands then. Raises what `step` raises, `NotFound`."""
        services = self.services
        with reading(
            services.engine
        ) as opened:  # judging the call again takes long; not while others wait to write
            services.reckoner.total(opened, get_evaluation(opened, self.evaluation_id), {})
        with writing(services.engine) as opened:
            review = open_review(opened, self.evaluation_id, name=self.name, round_=self.round)
            before = review.version
            step(opened, review)
            if review.version != before:
                services.reckoner.settle(opened, review)
                opened.flush()
            return review_body(opened, self.evaluation_id, round_=self.round, name=self.name)


def review_address(queue: Queue, line: Waiting, wanted: QueueFilter) -> str:
    """The page on which a call of a queue is reviewed; the filters come along, so that the next call is of the same kind."""
    kept = {f"q_{name}": value for name, value in filter_query(wanted).items()}
    place = f"#appeal-{line.appeal_id}" if line.appeal_id else ""
    return f"/calls/{line.call_id}?{urlencode({'rubric': line.rubric, 'queue': queue.value, **kept})}{place}"


def filter_query(wanted: QueueFilter) -> dict[str, str]:
    """A filter as the query of its address."""
    values = {
        "agent": wanted.agent_id,
        "team": wanted.team_id,
        "campaign": wanted.campaign,
        "rubric": wanted.rubric,
        "item": wanted.item,
        "min_score": wanted.min_score,
        "max_score": wanted.max_score,
        "objection": wanted.objection,
        "mood": wanted.mood.value if wanted.mood else None,
        "from": wanted.first_day.isoformat() if wanted.first_day else None,
        "to": wanted.last_day.isoformat() if wanted.last_day else None,
    }
    return {
        name: f"{value:g}" if isinstance(value, float) else value
        for name, value in values.items()
        if value is not None
    }
