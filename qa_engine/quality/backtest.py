"""A new state of a rubric against an old one, on calls: who would be judged otherwise, and how.

Calls are added one after another and forgotten: memory does not grow with their number. Both forms look at the same
analysis of a call, and each is compiled once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa_engine.calls import Call
from qa_engine.language.analysis import analyze
from qa_engine.language.entities import find_entities
from qa_engine.language.redaction import redact
from qa_engine.quality.backtest_report import (
    Adjustments,
    AgentShift,
    AutoFailChange,
    BackTestReport,
    Example,
    FormSide,
    ItemReport,
    Reviewed,
    Transition,
)
from qa_engine.quality.estimates import RunningMean, share
from qa_engine.rubric.changes import changes
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, Verdict
from qa_engine.scoring.evaluator import applies, evaluate
from qa_engine.speech.signals import measure

EXAMPLES = 5
"""Example calls an item, and an auto-fail."""
Reviews = Mapping[tuple[str, str], Verdict]
"""(call, item) → what a reviewer said."""
ABSENT = "absent"
"""In place of a verdict: the form does not have the item."""


@dataclass(slots=True)
class _Shift:
    old: RunningMean = field(default_factory=RunningMean)
    new: RunningMean = field(default_factory=RunningMean)
    change: RunningMean = field(default_factory=RunningMean)

    def add(self, old: float, new: float) -> None:
        self.old.add(old)
        self.new.add(new)
        self.change.add(new - old)


@dataclass(slots=True)
class _Tally:
    """One item over all calls."""

    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    old_points: float = 0.0
    new_points: float = 0.0
    old_review: Counter[str] = field(default_factory=Counter)
    new_review: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A call as the report names it."""

    name: str
    call: Call


@dataclass(slots=True)
class _AutoFails:
    calls: int = 0
    items: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


class BackTest:
    """Compares two plans call by call."""

    def __init__(self, old: Plan, new: Plan, *, reviews: Reviews | None = None) -> None:
        self._old, self._new = old, new
        self._reviews = reviews or {}
        self._shares_analysis = old.rubric.taxonomy == new.rubric.taxonomy
        self._compared = self._only_old = self._only_new = self._neither = 0
        self._shift = _Shift()
        self._agents: dict[str, _Shift] = {}
        self._results: Counter[tuple[str, str]] = Counter()
        self._items: dict[str, _Tally] = {}
        self._gained, self._lost = _AutoFails(), _AutoFails()
        self._points = {
            name: RunningMean() for name in ("old_bonus", "new_bonus", "old_deduct", "new_deduct")
        }

    def add(self, call: Call, *, name: str | None = None) -> bool:
        """Compares one call, shown in the report as `name` (its id by default). False where not both forms are for it:
        such calls are only counted."""
        for_old, for_new = applies(self._old, call), applies(self._new, call)
        if not (for_old and for_new):
            self._only_old += for_old
            self._only_new += for_new
            self._neither += not (for_old or for_new)
            return False
        analysis = analyze(call, self._new.taxonomy, signals=measure(call))
        after = evaluate(call, self._new, analysis=analysis)
        before = evaluate(call, self._old, analysis=analysis if self._shares_analysis else None)
        self._compared += 1
        self._count(before, after, _Seen(name or str(call.call_id), call))
        return True

    def _count(self, old: Evaluation, new: Evaluation, seen: _Seen) -> None:
        self._results[old.result.value, new.result.value] += 1
        if old.score is not None and new.score is not None:
            self._shift.add(old.score, new.score)
            agent = seen.call.facts.agent_id or ""
            self._agents.setdefault(agent, _Shift()).add(old.score, new.score)
        before = {item.id: item for item in old.items}
        after = {item.id: item for item in new.items}
        for item_id in dict.fromkeys((*after, *before)):
            reviewed = self._reviews.get((seen.name, item_id)) or self._reviews.get(
                (str(seen.call.call_id), item_id)
            )
            self._count_item(item_id, before.get(item_id), after.get(item_id), seen, reviewed=reviewed)
        self._count_auto_fails(self._gained, old, new, after, seen)
        self._count_auto_fails(self._lost, new, old, before, seen)
        for side, evaluation in (("old", old), ("new", new)):
            points = [item.points for item in evaluation.items if item.points]
            self._points[f"{side}_bonus"].add(sum(value for value in points if value > 0))
            self._points[f"{side}_deduct"].add(-sum(value for value in points if value < 0))

    def _count_item(
        self,
        item_id: str,
        old: ItemVerdict | None,
        new: ItemVerdict | None,
        seen: _Seen,
        *,
        reviewed: Verdict | None,
    ) -> None:
        tally = self._items.setdefault(item_id, _Tally())
        before = old.verdict.value if old else ABSENT
        after = new.verdict.value if new else ABSENT
        tally.transitions[before, after] += 1
        tally.old_points += (old.points or 0.0) if old else 0.0
        tally.new_points += (new.points or 0.0) if new else 0.0
        if before != after and len(tally.examples) < EXAMPLES:
            tally.examples.append(_example(seen, item_id, before, after, (new, old)))
        if reviewed is not None:
            tally.old_review[_agreement(reviewed, before)] += 1
            tally.new_review[_agreement(reviewed, after)] += 1

    def _count_auto_fails(
        self,
        found: _AutoFails,
        without: Evaluation,
        having: Evaluation,
        items: Mapping[str, ItemVerdict],
        seen: _Seen,
    ) -> None:
        more = [item for item in having.auto_fails if item not in without.auto_fails]
        found.calls += bool(more)
        for item in more:
            found.items[item] += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(_example(seen, item, "", Verdict.FAIL.value, (items[item],)))

    def report(self) -> BackTestReport:
        """What is known after the calls so far."""
        found = changes(self._old.rubric, self._new.rubric)
        titles = {item.id: item.title for plan in (self._old, self._new) for item in plan.rubric.items}
        states = {
            **dict.fromkeys(found.changed, "changed"),
            **dict.fromkeys(found.added, "added"),
            **dict.fromkeys(found.removed, "removed"),
        }
        items = tuple(
            _item_report(item_id, titles.get(item_id, item_id), states.get(item_id, "same"), tally)
            for item_id, tally in self._items.items()
        )
        return BackTestReport(
            old=_side(self._old),
            new=_side(self._new),
            compared=self._compared,
            only_old=self._only_old,
            only_new=self._only_new,
            neither=self._neither,
            old_score=self._shift.old.result(),
            new_score=self._shift.new.result(),
            score_change=self._shift.change.result(),
            results=_transitions(self._results),
            agents=tuple(
                AgentShift(agent, shift.old.result(), shift.new.result(), shift.change.result())
                for agent, shift in sorted(self._agents.items())
            ),
            auto_fails_gained=_auto_fails(self._gained),
            auto_fails_lost=_auto_fails(self._lost),
            adjustments=Adjustments(**{side: mean.result() for side, mean in self._points.items()}),
            items=items,
        )


def _side(plan: Plan) -> FormSide:
    rubric = plan.rubric
    return FormSide(rubric.id, rubric.version, rubric.title, rubric.sha256, rubric.lexicon_sha256)


def _transitions(found: Counter[tuple[str, str]]) -> tuple[Transition, ...]:
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Transition(old, new, count) for (old, new), count in ordered)


def _auto_fails(found: _AutoFails) -> AutoFailChange:
    return AutoFailChange(found.calls, dict(found.items.most_common()), tuple(found.examples))


def _item_report(item_id: str, title: str, state: str, tally: _Tally) -> ItemReport:
    changed = sum(count for (old, new), count in tally.transitions.items() if old != new)
    return ItemReport(
        id=item_id,
        title=title,
        form=state,
        calls=tally.transitions.total(),
        changed=changed,
        transitions=_transitions(tally.transitions),
        old_points=round(tally.old_points, 2),
        new_points=round(tally.new_points, 2),
        examples=tuple(tally.examples),
        old_review=_reviewed(tally.old_review),
        new_review=_reviewed(tally.new_review),
    )


def _agreement(reviewed: Verdict, found: str) -> str:
    """`hit` and `false` are fails that the machine found, `missed` those that it did not; `same` other agreement."""
    if found == Verdict.FAIL:
        return "hit" if reviewed is Verdict.FAIL else "false"
    if reviewed is Verdict.FAIL:
        return "missed"
    return "same" if found == reviewed.value else "other"


def _reviewed(found: Counter[str]) -> Reviewed | None:
    if not found:
        return None
    hits = found["hit"]
    return Reviewed(
        reviewed=found.total(),
        agreement=share(hits + found["same"], found.total()),
        precision=share(hits, hits + found["false"]),
        recall=share(hits, hits + found["missed"]),
    )


def _example(
    seen: _Seen, item_id: str, old: str, new: str, verdicts: tuple[ItemVerdict | None, ...]
) -> Example:
    piece = _heard([e for verdict in verdicts if verdict is not None for e in verdict.evidence])
    if piece is None or piece.start_s is None or piece.end_s is None:
        return Example(seen.name, item_id, old, new)
    times = (round(piece.start_s * 1000), round(piece.end_s * 1000))
    return Example(seen.name, item_id, old, new, piece.turn, *times, _masked(seen.call, piece))


def _masked(call: Call, piece: Evidence) -> str:
    """The words, with whoever they name as blocks."""
    if piece.turn is None or piece.start is None:
        return ""
    turns = call.transcript.turns
    return redact(turns[piece.turn].text, find_entities(turns)[piece.turn])[piece.start : piece.end]


def _heard(evidence: Sequence[Evidence]) -> Evidence | None:
    """The first words, else the first stretch of audio."""
    said = [piece for piece in evidence if piece.turn is not None and piece.text]
    return next(iter(said or evidence), None)
