"""flow: the standard procedure as a graph of steps with branches; the path that a call took is followed and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Distance, Flag, Name, Strict, Text
from qa_engine.rubric.problems import did_you_mean
from qa_engine.scoring.flow_walk import FlowEdge, FlowGraph, FlowNode, Followed, follow
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition
    from qa_engine.scoring.compile import Builder


class NodeSpec(Strict):
    """A step of the procedure. It is passed where `when` happens after the step before it, near enough."""

    id: Name
    title: Text
    when: Condition
    """What must happen; who must do it is said there (`says: {by: agent, …}`)."""
    within: Distance | None = None
    """How far after the last step passed (for the first step: after the start of the call)."""
    weight: Annotated[float, Field(strict=True, gt=0, le=100)] = 1.0
    """Share of the credit that this step earns on its path."""
    optional: Flag = False
    """true: may be left out without loss; where it is taken it counts."""

    @model_validator(mode="after")
    def _happens(self) -> NodeSpec:
        if not self.when.can_anchor:
            raise PydanticCustomError("cannot_anchor", f"{self.when.tag} 没有发生的时刻,不能作为流程的一步")
        return self


class EdgeSpec(Strict):
    """A way from one step to the next."""

    from_: Annotated[Name, Field(alias="from")]
    to: Name
    when: Condition | None = None
    """Taken only where this holds after the last step passed; always, if left out."""
    within: Distance | None = None
    """How far after that step `when` is looked for."""
    priority: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 100
    """Lower is tried first; equal ones in the order written. The first whose `when` holds is taken."""


class FlowSpec(Strict):
    """Steps and the ways between them. Without `edges` the steps follow each other as written."""

    nodes: Annotated[tuple[NodeSpec, ...], Field(min_length=1, max_length=100)]
    edges: Annotated[tuple[EdgeSpec, ...], Field(min_length=1, max_length=500)] | None = None
    start: Name | None = None
    """Id of the first step; the first one written if left out."""

    @model_validator(mode="after")
    def _connected(self) -> FlowSpec:
        ids = [node.id for node in self.nodes]
        for name in ids:
            if ids.count(name) > 1:
                raise PydanticCustomError("duplicate_id", f"流程里有两个步骤叫 {name}")
        named = [(self.start, "start")] if self.start is not None else []
        named += [(e.from_, "from") for e in self.edges or ()] + [(e.to, "to") for e in self.edges or ()]
        for name, key in named:
            if name not in ids:
                message = f"{key} 里的 {name} 不是流程的步骤"
                raise PydanticCustomError("unknown_node", message, {"hint": did_you_mean(str(name), ids)})
        _check_reach(ids, self.start or ids[0], _ways(self))
        return self


def _ways(spec: FlowSpec) -> Mapping[str, Sequence[str]]:
    if spec.edges is None:
        ids = [node.id for node in spec.nodes]
        return {name: ids[place + 1 : place + 2] for place, name in enumerate(ids)}
    ways: dict[str, list[str]] = {node.id: [] for node in spec.nodes}
    for edge in spec.edges:
        ways[edge.from_].append(edge.to)
    return ways


def _check_reach(ids: Sequence[str], start: str, ways: Mapping[str, Sequence[str]]) -> None:
    """Refuses circles and steps that no way leads to. Steps are finished when all that follows them is."""
    finished: dict[str, None] = {}
    todo: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    while todo:
        name, above = todo[-1]
        if name in above:
            circle = " → ".join((*above[above.index(name) :], name))
            raise PydanticCustomError("flow_circle", f"流程绕回了走过的步骤:{circle}")
        open_ways = [way for way in ways[name] if way not in finished]
        if not open_ways:
            finished[name] = None
            todo.pop()
        else:
            todo.append((open_ways[0], (*above, name)))
    lost = [name for name in ids if name not in finished]
    if lost:
        raise PydanticCustomError("unreachable", f"从 {start} 走不到步骤 {'、'.join(lost)}")


def compile_flow(spec: FlowSpec, builder: Builder) -> FlowGraph:
    """The graph with its conditions as judges."""
    nodes = {
        node.id: FlowNode(
            node.id, node.title, builder.judge(node.when), node.within, node.weight, optional=node.optional
        )
        for node in spec.nodes
    }
    edges: dict[str, list[FlowEdge]] = {name: [] for name in nodes}
    if spec.edges is None:
        for name, ways in _ways(spec).items():
            edges[name] = [FlowEdge(way, None, None) for way in ways]
    for edge in sorted(spec.edges or (), key=lambda e: e.priority):
        when = builder.judge(edge.when) if edge.when is not None else None
        edges[edge.from_].append(FlowEdge(edge.to, when, edge.within))
    return FlowGraph(nodes, edges, spec.start or spec.nodes[0].id)


class Flow(ConditionModel):
    """The call follows a procedure: every step on the path it took is passed, in order. An item may be decided by
    `flow:` as well, and then earns the share of the weight passed on that path."""

    tag: ClassVar[str] = "flow"
    flow: FlowSpec

    def compile(self, builder: Builder) -> Judge:
        graph = compile_flow(self.flow, builder)

        def judge(scene: Scene, window: Window) -> Outcome:
            return _answer(follow(graph, scene, window))

        return judge


def _answer(followed: Followed) -> Outcome:
    values = {Truth.TRUE: followed.complete, Truth.FALSE: followed.broken}
    value = next((truth for truth, holds in values.items() if holds), Truth.UNKNOWN)
    occurrences = () if value is Truth.FALSE else _whole(followed.moments, sure=value is Truth.TRUE)
    settle = followed.settle if value is Truth.UNKNOWN else ()
    return Outcome(value, followed.reason, followed.evidence, occurrences, settle)


def _whole(moments: Sequence[Occurrence], *, sure: bool) -> tuple[Occurrence, ...]:
    """The path as one moment, from its first step to its last."""
    if not moments:
        return ()
    return (replace(moments[-1], begin=moments[0].begin, start_s=moments[0].start_s, sure=sure),)
