"""The score of a call with people's verdicts in it, from what the evaluation pins."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from models.evaluation import EvaluationRow
from models.replay import Replayer, remembered
from models.review import ReviewRow, get_evaluation, items_of
from models.settings import Settings
from models.snapshot import SnapshotMissing
from qa_engine.scoring.arithmetic import Score
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import judge_call
from qa_engine.scoring.judged import Judged
from qa_engine.scoring.reviewed import StoredVerdict, as_stored, reviewed_score

KEPT = 256
"""Evaluations whose bounds are remembered: what a floor of reviewers has open."""


@dataclass
class Reckoner:
    """Totals of reviews. Judging a call again to learn its bounds takes longer than the arithmetic, so they are remembered;
    an evaluation never changes. Safe between threads."""

    settings: Settings
    _replayer: Replayer = field(init=False)
    _known: OrderedDict[int, tuple[Plan, dict[str, Judged]]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._replayer = Replayer(self.settings)

    def total(self, opened: Session, evaluation: EvaluationRow, human: Mapping[str, Verdict]) -> Score | None:
        """The score with these verdicts; None where form or transcript of the time are gone."""
        try:
            plan, machine = self._standing(opened, evaluation)
        except SnapshotMissing:
            return None
        return reviewed_score(plan, machine, human)

    def settle(self, opened: Session, review: ReviewRow) -> Score | None:
        """Works the total out anew and keeps it on the review."""
        assert review.id is not None
        human = {
            name: Verdict(row.verdict)
            for name, row in items_of(opened, review.id).items()
            if row.verdict is not None
        }
        found = self.total(opened, get_evaluation(opened, review.evaluation_id), human)
        review.score, review.score_low, review.score_high, review.result = (
            (found.shown, found.low, found.high, found.result.value) if found else (None, None, None, None)
        )
        opened.add(review)
        return found

    def _standing(self, opened: Session, evaluation: EvaluationRow) -> tuple[Plan, dict[str, Judged]]:
        assert evaluation.id is not None
        with self._lock:
            known = self._known.get(evaluation.id)
            if known is None:
                made = self._replayer.made_from(opened, evaluation)
                judged = judge_call(
                    made.call,
                    made.plan,
                    analysis=self._replayer.analysis(made),
                    questioner=remembered(opened, evaluation),
                )
                known = made.plan, as_stored(made.plan, judged, _stored(evaluation))
                self._known[evaluation.id] = known
            self._known.move_to_end(evaluation.id)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            return known


def _stored(evaluation: EvaluationRow) -> Mapping[str, StoredVerdict]:
    return {
        item["id"]: StoredVerdict(Verdict(item["verdict"]), item["credit"], item.get("points"))
        for item in evaluation.document["items"]
    }
