"""A form's item as a judge: whether it applies, how it came out, and between which credits it lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from qa_engine.rubric.conditions.flow import FlowSpec, compile_flow
from qa_engine.rubric.items import Adjustment, Cap, Grade, Item, Manual
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence, ItemVerdict, Verdict
from qa_engine.scoring.flow_walk import follow
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.measured import measured
from qa_engine.scoring.outcome import Judge, Outcome, Stretches, any_of, joined, merged, opposite
from qa_engine.scoring.scene import Scene, silent_scene
from qa_engine.scoring.window import WHOLE
from qa_engine.values import value

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder


@value
class Judged:
    """An item on one call. `low` and `high` bound the credit it earns if it applies; `may_be_na`: it is unknown whether
    it applies. `hits` are the sure and the possible occurrences that `deduct` and `bonus` count."""

    verdict: Verdict
    low: float
    high: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    settle: Stretches = ()
    may_be_na: bool = False
    hits: tuple[int, int] = (0, 0)

    @property
    def open(self) -> bool:
        """Whether hearing more could still change what it does to the score."""
        return self.verdict is Verdict.UNKNOWN or self.hits[0] != self.hits[1]

    @property
    def credit(self) -> float | None:
        """The credit where it is known."""
        return self.low if self.verdict is Verdict.PASS or self.verdict is Verdict.FAIL else None


ItemJudge: TypeAlias = Callable[[Scene], Judged]


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """An item ready to be judged; `asks` are the ids of items whose verdict it looks at."""

    item: Item
    section: str
    judge: ItemJudge
    asks: frozenset[str]
    silence: Silence | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """How an item comes out that looks for nothing but these phrases anywhere in the call, where none of them is said
    and the call was recognised well. It is the same in every such call."""

    phrases: frozenset[int]
    judged: Judged
    verdict: ItemVerdict


def compile_item(item: Item, section: str, builder: Builder) -> CompiledItem:
    """The judge of an item, its applicability included."""
    builder.start_item()
    decided = _way(item, builder)
    not_applicable = _not_applicable(item, builder)
    judge = decided if not_applicable is None else _conditional(decided, not_applicable)
    silence = None
    if builder.only_words and builder.used and not builder.asked:
        unheard = judge(silent_scene())
        silence = Silence(frozenset(builder.used), unheard, item_verdict(item, section, unheard))
    return CompiledItem(item, section, judge, frozenset(builder.asked), silence)


def in_order(items: Sequence[CompiledItem]) -> tuple[CompiledItem, ...]:
    """Every item after those that it asks about. Circles were refused when the rubric was read."""
    by_id = {compiled.item.id: compiled for compiled in items}
    ordered: dict[str, CompiledItem] = {}

    def add(compiled: CompiledItem) -> None:
        if compiled.item.id not in ordered:
            for name in sorted(compiled.asks - {compiled.item.id}):
                add(by_id[name])
            ordered[compiled.item.id] = compiled

    for compiled in items:
        add(compiled)
    return tuple(ordered.values())


def _not_applicable(item: Item, builder: Builder) -> Judge | None:
    na = builder.judge(item.na_when) if item.na_when else None
    applies = builder.judge(item.applies_when) if item.applies_when else None
    if na is not None and applies is not None:
        first, second = na, applies
        return lambda scene, window: any_of([first(scene, window), opposite(second(scene, window))])
    if applies is not None:
        only = applies
        return lambda scene, window: opposite(only(scene, window))
    return na


def _conditional(decided: ItemJudge, not_applicable: Judge) -> ItemJudge:
    def judge(scene: Scene) -> Judged:
        na = not_applicable(scene, WHOLE)
        if na.truth is Truth.TRUE:
            return Judged(Verdict.NA, 0.0, 0.0, f"不适用:{na.reason}", na.evidence)
        answer = decided(scene)
        if na.truth is Truth.FALSE or answer.verdict is Verdict.NA:
            return answer
        reason = joined([f"不能确定是否适用:{na.reason}", answer.reason])
        evidence = tuple(dict.fromkeys((*na.evidence, *answer.evidence)))
        settle = merged([*na.settle, *answer.settle])
        return replace(
            answer, verdict=Verdict.UNKNOWN, reason=reason, evidence=evidence, settle=settle, may_be_na=True
        )

    return judge


def _way(item: Item, builder: Builder) -> ItemJudge:  # noqa: PLR0911 - one return a way
    if item.pass_when:
        return _by_condition(builder.judge(item.pass_when))
    if item.fail_when:
        fails = builder.judge(item.fail_when)
        return _by_condition(lambda scene, window: opposite(fails(scene, window)))
    if item.graded:
        return _graded(item, item.graded, builder)
    if item.measure:
        builder.only_words = False  # figures are of the call, whatever is said in it
        return measured(item.measure, item.pass_from)
    if item.flow:
        return _followed(item.flow, builder, item.pass_from)
    if item.deduct:
        return _adjusted(item.deduct, builder, hit=Verdict.FAIL, no_hit=Verdict.PASS)
    if item.bonus:
        return _adjusted(item.bonus, builder, hit=Verdict.PASS, no_hit=Verdict.NA)
    return _manual(item.manual or Manual())


def _by_condition(passes: Judge) -> ItemJudge:
    verdicts = {
        Truth.TRUE: (Verdict.PASS, 1.0, 1.0),
        Truth.FALSE: (Verdict.FAIL, 0.0, 0.0),
        Truth.UNKNOWN: (Verdict.UNKNOWN, 0.0, 1.0),
    }

    def judge(scene: Scene) -> Judged:
        outcome = passes(scene, WHOLE)
        return Judged(*verdicts[outcome.truth], outcome.reason, outcome.evidence, outcome.settle)

    return judge


def _graded(item: Item, grades: Sequence[Grade], builder: Builder) -> ItemJudge:
    steps = [(builder.judge(g.when), g.credit or 0.0) for g in grades if g.when is not None]
    last = grades[-1].otherwise if grades[-1].otherwise is not None else item.otherwise or 0.0

    def judge(scene: Scene) -> Judged:
        open_steps: list[tuple[float, Outcome]] = []
        tried: list[Outcome] = []
        for when, credit in steps:
            outcome = when(scene, WHOLE)
            tried.append(outcome)
            if outcome.truth is Truth.TRUE:
                return _grade(open_steps, credit, outcome, item.pass_from)
            if outcome.truth is Truth.UNKNOWN:
                open_steps.append((credit, outcome))
        missed = Outcome(
            Truth.FALSE, joined([o.reason for o in tried]), tuple(e for o in tried for e in o.evidence)
        )
        return _grade(open_steps, last, missed, item.pass_from)

    return judge


def _grade(
    open_steps: Sequence[tuple[float, Outcome]], credit: float, outcome: Outcome, pass_from: float
) -> Judged:
    """The grade reached, unless an earlier step that could not be judged gives another."""
    different = [(other, step) for other, step in open_steps if other != credit]
    if not different:
        verdict = Verdict.PASS if credit >= pass_from else Verdict.FAIL
        reason = f"得该项分的 {credit:.0%}:{outcome.reason}"
        return Judged(verdict, credit, credit, reason, outcome.evidence)
    possible = [credit, *(other for other, _ in different)]
    reason = joined([step.reason for _, step in different])
    evidence = tuple(dict.fromkeys(e for _, step in different for e in step.evidence))
    settle = merged([s for _, step in different for s in step.settle])
    return Judged(Verdict.UNKNOWN, min(possible), max(possible), reason, evidence, settle)


def _followed(spec: FlowSpec, builder: Builder, pass_from: float) -> ItemJudge:
    """The share of the steps on the path taken; an interval where doubtful words leave several paths open."""
    builder.only_words = False  # where nothing is said, the steps were missed in the seconds of this call
    graph = compile_flow(spec, builder)

    def judge(scene: Scene) -> Judged:
        found = follow(graph, scene, WHOLE)
        if found.low != found.high:
            return Judged(Verdict.UNKNOWN, found.low, found.high, found.reason, found.evidence, found.settle)
        verdict = Verdict.PASS if found.low >= pass_from else Verdict.FAIL
        return Judged(
            verdict, found.low, found.low, f"得该项分的 {found.low:.0%}:{found.reason}", found.evidence
        )

    return judge


def _adjusted(adjustment: Adjustment, builder: Builder, *, hit: Verdict, no_hit: Verdict) -> ItemJudge:
    """Counts occurrences; a condition without moments (a fact, a range) counts once."""
    when = builder.judge(adjustment.when)

    def judge(scene: Scene) -> Judged:
        outcome = when(scene, WHOLE)
        sure = sum(occurrence.sure for occurrence in outcome.occurrences)
        possible = len(outcome.occurrences)
        if outcome.truth is Truth.FALSE:
            sure = possible = 0
        elif outcome.truth is Truth.TRUE:
            sure, possible = max(sure, 1), max(possible, 1)
        else:
            sure, possible = 0, max(possible, 1)
        credit = {Verdict.PASS: 1.0}
        if possible == 0:
            return Judged(
                no_hit, credit.get(no_hit, 0.0), credit.get(no_hit, 0.0), outcome.reason, outcome.evidence
            )
        if sure == 0:
            return Judged(
                Verdict.UNKNOWN,
                0.0,
                1.0,
                outcome.reason,
                outcome.evidence,
                outcome.settle,
                hits=(0, possible),
            )
        value = credit.get(hit, 0.0)
        settle = merged([(o.start_s, o.end_s) for o in outcome.occurrences if not o.sure])
        return Judged(hit, value, value, outcome.reason, outcome.evidence, settle, hits=(sure, possible))

    return judge


def points(adjustment: Adjustment, hits: int) -> float:
    """Points that so many occurrences give."""
    times = min(hits, 1) if adjustment.per == "once" else hits
    total = adjustment.points * times
    return min(total, adjustment.cap) if adjustment.cap is not None else total


def _manual(manual: Manual) -> ItemJudge:
    reason = f"待人工判定:{manual.question}" if manual.question else "待人工判定"
    return lambda _scene: Judged(Verdict.UNKNOWN, 0.0, 1.0, reason)


def item_verdict(item: Item, section: str, answer: Judged) -> ItemVerdict:
    """The answer as it is shown and stored."""
    adjustment = item.deduct or item.bonus
    change = None
    if adjustment is not None and not item.trial:
        change = points(adjustment, answer.hits[0]) * (-1 if item.deduct else 1)
    auto_fail = item.auto_fail
    return ItemVerdict(
        item.id,
        item.title,
        section,
        answer.verdict,
        answer.credit,
        0.0 if item.trial else item.weight,
        answer.evidence,
        answer.reason,
        f"cap:{wording.number(auto_fail.cap)}" if isinstance(auto_fail, Cap) else auto_fail,
        item.coach,
        answer.settle if answer.settle and answer.open else (),
        change,
        item.severity,
        item.trial,
    )
