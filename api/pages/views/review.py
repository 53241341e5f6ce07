"""The review on the page of a call: who reviews, what stands, and what the script needs to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.languages import Words, messages
from api.pages.views.form import FormView
from api.routes.bodies.reviews import DecidedBody, ReviewBody
from qa_engine.quality.review import HUMAN, Reason
from qa_engine.scoring.evaluation import Verdict

SCRIPT_WORDS = "review.js."


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """The queue from which the call was opened, "" for none, and its filters as a query."""

    name: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review for its page. `name` is empty where nobody has signed yet."""

    body: ReviewBody
    name: str
    queue: QueuePlace
    first_why: str
    edits: Mapping[int, tuple[str, str]]
    """Turn → how the recogniser had it (masked), and who corrected it last."""
    data: Mapping[str, Any]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(Reason)

    @property
    def verdicts(self) -> tuple[str, ...]:
        return tuple(verdict.value for verdict in HUMAN)

    def of(self, item_id: str) -> DecidedBody | None:
        """What stands for an item."""
        return next((item for item in self.body.items if item.item_id == item_id), None)


def review_view(
    body: ReviewBody,
    form: FormView,
    *,
    name: str,
    queue: QueuePlace,
    first_why: str,
    edits: Mapping[int, tuple[str, str]],
    words: Words,
) -> ReviewView:
    """The review of a form. `first_why` is why a second review is wanted."""
    data = {
        "name": name,
        "queue": queue.name,
        "query": queue.query,
        "review": body.model_dump(mode="json"),
        "items": {
            item.id: {
                "number": item.number,
                "machine": item.verdict.value,
                "settle": [list(stretch) for stretch in stretches] if stretches else [],
            }
            for item, stretches in _settled(form)
        },
        "reasons": list(Reason),
        "words": {
            **{
                key.removeprefix(SCRIPT_WORDS): words(key)
                for key in messages()
                if key.startswith(SCRIPT_WORDS)
            },
            **{f"verdict.{verdict}": words(f"verdict.{verdict}") for verdict in Verdict},
            **{
                f"result.{result}": words(f"result.{result}")
                for result in ("pass", "fail", "auto_fail", "needs_review")
            },
        },
    }
    return ReviewView(body, name, queue, first_why, edits, data)


def _settled(form: FormView) -> list[tuple[Any, tuple[tuple[float, float], ...]]]:
    stretches = {item.id: item.settle for item in form.evaluation.items}
    return [(item, stretches.get(item.id, ())) for item in form.items]
