"""Follows a procedure through a call: from step to step along the first way that is open, in every world that doubtful
words allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeAlias

from qa_engine.rubric.base import Distance
from qa_engine.scoring import narrow, wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.leaf import searched
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome, Stretches, joined, merged
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

WORLDS = 64
"""Paths looked at where steps are doubtful; with more, the credit may be anything."""


class Step(StrEnum):
    """How a step came out on a path."""

    PASSED = "passed"
    MISSED = "missed"
    EARLY = "early"
    """It happened, but before the step ahead of it."""
    LATE = "late"
    """It happened after the step ahead of it, but too far from it."""
    SKIPPED = "skipped"
    """An optional one that did not happen."""


DEVIATIONS = {Step.MISSED: "缺少", Step.EARLY: "次序提前", Step.LATE: "间隔过长"}
MARKS = {Step.PASSED: "✓", Step.SKIPPED: "–"}


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A step ready to be judged."""

    id: str
    title: str
    when: Judge
    within: Distance | None
    weight: float
    optional: bool


@dataclass(frozen=True, slots=True)
class FlowEdge:
    """A way to a step; open where `when` holds (None: always)."""

    to: str
    when: Judge | None
    within: Distance | None


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """Steps by id, the ways out of each in the order in which they are tried, and the first step. Has no circles."""

    nodes: Mapping[str, FlowNode]
    edges: Mapping[str, Sequence[FlowEdge]]
    start: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A step on a path: how it came out, when, and the doubt that this rests on."""

    node: FlowNode
    step: Step
    moment: Occurrence | None
    evidence: tuple[Evidence, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class _World:
    """A path, whether it rests on doubtful words, and what would settle those."""

    passages: tuple[Passage, ...] = ()
    last: Occurrence | None = None
    doubts: tuple[str, ...] = ()
    settle: Stretches = ()


Walks: TypeAlias = Iterator[_World]


@dataclass(frozen=True, slots=True)
class Followed:
    """What following gave. `complete`: every step that is not optional was passed in every world; `broken`: in none.
    Credit is the share of the weight passed on the path, between `low` and `high`."""

    complete: bool
    broken: bool
    low: float
    high: float
    reason: str
    evidence: tuple[Evidence, ...]
    moments: tuple[Occurrence, ...]
    settle: Stretches


def follow(graph: FlowGraph, scene: Scene, window: Window) -> Followed:
    """Follows `graph` through the window. The first world takes every doubtful step as passed and is the one shown."""
    worlds = list(islice(_worlds(graph, scene, window, graph.start, _World()), WORLDS + 1))
    shown = worlds[0]
    whole = [all(p.step in MARKS for p in world.passages) for world in worlds]
    credits_ = [_credit(world.passages) for world in worlds]
    too_many = len(worlds) > WORLDS
    low, high = (0.0, 1.0) if too_many else (min(credits_), max(credits_))
    complete, broken = all(whole) and not too_many, not any(whole) and not too_many
    reason = _reason(shown.passages)
    settle = merged([s for world in worlds for s in world.settle])
    if not complete and (not broken or low != high):
        doubts = joined([doubt for world in worlds for doubt in world.doubts])
        reason = f"{reason};不能确定:{doubts}"
    evidence = tuple(dict.fromkeys(e for passage in shown.passages for e in passage.evidence))
    moments = tuple(p.moment for p in shown.passages if p.moment is not None and p.step is Step.PASSED)
    return Followed(complete, broken, low, high, reason, evidence, moments, settle)


def _worlds(graph: FlowGraph, scene: Scene, window: Window, name: str, so_far: _World) -> Walks:
    """All paths from a step on, the one in which doubtful things happened first."""
    node = graph.nodes[name]
    for after in _at(node, scene, window, so_far):
        yield from _onward(graph, scene, window, after, graph.edges[name])


def _onward(
    graph: FlowGraph, scene: Scene, window: Window, so_far: _World, ways: Sequence[FlowEdge]
) -> Walks:
    """The paths along the first way that is open; both where that is doubtful. No way open: the path ends."""
    for place, way in enumerate(ways):
        if way.when is None:
            yield from _worlds(graph, scene, window, way.to, so_far)
            return
        answer = way.when(scene, _behind(scene, window, so_far, way.within))
        if answer.truth is Truth.FALSE:
            continue
        if answer.truth is Truth.TRUE:
            yield from _worlds(graph, scene, window, way.to, so_far)
            return
        doubtful = _doubting(so_far, answer)
        yield from _worlds(graph, scene, window, way.to, doubtful)
        yield from _onward(graph, scene, window, doubtful, ways[place + 1 :])
        return
    yield so_far


def _at(node: FlowNode, scene: Scene, window: Window, so_far: _World) -> Walks:
    """The path with this step on it: passed or not, or each where that is doubtful."""
    answer = node.when(scene, _behind(scene, window, so_far, node.within))
    if answer.truth is not Truth.FALSE:
        sure = [o for o in answer.occurrences if o.sure or answer.truth is Truth.UNKNOWN]
        moment = (sure or answer.occurrences or (None,))[0]
        evidence = tuple(_named(e, node) for e in ((moment.evidence,) if moment else answer.evidence[:1]))
        passed = Passage(node, Step.PASSED, moment, evidence)
        base = so_far if answer.truth is Truth.TRUE else _doubting(so_far, answer)
        yield _World((*base.passages, passed), moment or base.last, base.doubts, base.settle)
    if answer.truth is not Truth.TRUE:
        base = so_far if answer.truth is Truth.FALSE else _doubting(so_far, answer)
        missed = _missed(node, scene, window, so_far, answer)
        yield _World((*base.passages, missed), base.last, base.doubts, base.settle)


def _missed(node: FlowNode, scene: Scene, window: Window, so_far: _World, answer: Outcome) -> Passage:
    """A step that was not passed: left out, or done at the wrong time."""
    if node.optional:
        return Passage(node, Step.SKIPPED, None, (), answer.reason)
    where = _behind(scene, window, so_far, node.within)
    later = node.when(scene, _behind(scene, window, so_far, None)) if node.within else answer
    if answer.truth is Truth.FALSE and later.truth is Truth.TRUE:
        return Passage(node, Step.LATE, None, _shown(later, node), later.reason)
    ahead = node.when(scene, narrow.before(scene, window, so_far.last, None)) if so_far.last else None
    if answer.truth is Truth.FALSE and ahead is not None and ahead.truth is Truth.TRUE:
        return Passage(node, Step.EARLY, None, _shown(ahead, node), ahead.reason)
    return Passage(node, Step.MISSED, None, (_named(searched(scene, where, "flow"), node),), answer.reason)


def _behind(scene: Scene, window: Window, so_far: _World, within: Distance | None) -> Window:
    """What follows the last step passed; the beginning of the call before the first."""
    if so_far.last is not None:
        return narrow.after(scene, window, so_far.last, within)
    limited = window
    if within is not None and within.seconds is not None:
        limited = limited.seconds(limited.start_s, scene.start_s + within.seconds, _first(within.seconds))
    if within is not None and within.turns is not None:
        inside = [turn for turn, block in enumerate(scene.blocks) if block <= within.turns]
        limited = limited.turns(0, max(inside, default=0), f"前 {within.turns} 轮")
    return limited


def _first(seconds: float) -> str:
    return f"前 {wording.number(seconds)} 秒"


def _doubting(world: _World, answer: Outcome) -> _World:
    return _World(
        world.passages, world.last, (*world.doubts, answer.reason), merged([*world.settle, *answer.settle])
    )


def _shown(answer: Outcome, node: FlowNode) -> tuple[Evidence, ...]:
    return tuple(_named(e, node) for e in answer.evidence[:1])


def _named(evidence: Evidence, node: FlowNode) -> Evidence:
    return Evidence(
        "flow", evidence.text, evidence.turn, evidence.start, evidence.end, evidence.start_s, evidence.end_s,
        node.title,
    )  # fmt: skip


def _credit(passages: Sequence[Passage]) -> float:
    """Weight passed / weight on the path; an optional step that was left out is not on it. 1 for an empty path."""
    on_path = [p for p in passages if p.step is not Step.SKIPPED]
    total = sum(p.node.weight for p in on_path)
    passed = sum(p.node.weight for p in on_path if p.step is Step.PASSED)
    return round(passed / total, 6) if total else 1.0


def _reason(passages: Sequence[Passage]) -> str:
    """The path with a mark a step, and what deviates from it."""
    path = " → ".join(f"{p.node.title}{MARKS.get(p.step, '✗')}" for p in passages)
    faults = [p for p in passages if p.step not in MARKS]
    named = [f"{DEVIATIONS[p.step]}“{p.node.title}”({p.why})" for p in faults]
    return joined([f"路径 {path}", *named])
