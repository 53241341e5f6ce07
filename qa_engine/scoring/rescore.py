"""Stored calls under other forms: one call at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.evaluator import applies, evaluate


def rescore(calls: Iterable[tuple[Call, Analysis | None]], plans: Sequence[Plan]) -> Iterator[Evaluation]:
    """The evaluations of every call under every form that is for it, in order. `calls` may be a generator over millions:
    nothing of a call is kept once its evaluations are taken. A stored analysis saves half of the work."""
    for call, analysis in calls:
        for plan in plans:
            if applies(plan, call):
                yield evaluate(call, plan, analysis=analysis)
