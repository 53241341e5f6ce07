"""The score of a call with people's verdicts in it, by the same arithmetic as the machine's.

A verdict that a person confirms keeps the credit that the machine gave (a graded item may have earned 0.6); one that a
person gives anew earns all or nothing. What nobody decided keeps the machine's bounds, so that the interval closes item
by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qa_engine.rubric.items import Item
from qa_engine.scoring.arithmetic import Score, score
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import sheet_of
from qa_engine.scoring.judged import Judged
from qa_engine.values import value


@value
class StoredVerdict:
    """What an evaluation keeps of an item: `credit` 0..1 where it is known, `points` that a bonus or deduction made."""

    verdict: Verdict
    credit: float | None
    points: float | None = None


def as_stored(
    plan: Plan, judged: Mapping[str, Judged], stored: Mapping[str, StoredVerdict]
) -> dict[str, Judged]:
    """The bounds of every item of a stored evaluation. They are found by judging again; where that comes out otherwise
    than what is stored (newer code), the stored verdict holds."""
    found = dict(judged)
    for compiled in plan.items:
        name = compiled.item.id
        kept, answer = stored.get(name), judged[name]
        if kept is not None and (answer.verdict, answer.credit) != (kept.verdict, kept.credit):
            found[name] = _plain(compiled.item, kept)
    return found


def _plain(item: Item, kept: StoredVerdict) -> Judged:
    if kept.verdict is Verdict.UNKNOWN:
        return Judged(Verdict.UNKNOWN, 0.0, 1.0, "")
    adjustment = item.bonus or item.deduct
    hits = round(abs(kept.points) / adjustment.points) if adjustment and kept.points else 0
    credit = kept.credit or 0.0
    return Judged(kept.verdict, credit, credit, "", hits=(hits, hits))


def reviewed_score(plan: Plan, machine: Mapping[str, Judged], human: Mapping[str, Verdict]) -> Score:
    """The score after people's verdicts. Items that are not on the form are left aside."""
    decided = {
        compiled.item.id: _decided(compiled.item, machine[compiled.item.id], human[compiled.item.id])
        for compiled in plan.items
        if compiled.item.id in human
    }
    return score(sheet_of(plan, {**machine, **decided}))


def _decided(item: Item, answer: Judged, verdict: Verdict) -> Judged:
    if verdict is Verdict.NA:
        return Judged(Verdict.NA, 0.0, 0.0, "")
    sure, _ = answer.hits
    if verdict is answer.verdict:
        return replace(answer, hits=(sure, sure), may_be_na=False)
    credit = 1.0 if verdict is Verdict.PASS else 0.0
    happened = verdict is (Verdict.PASS if item.bonus else Verdict.FAIL)
    hits = max(sure, 1) if happened and (item.bonus or item.deduct) else 0
    return Judged(verdict, credit, credit, "", hits=(hits, hits))
