"""Why an item came out as it did: item → condition → turn → words → milliseconds.

Scoring keeps only what a card shows. The proof judges the item's conditions once more, on the same call, with every judge
wrapped so that it leaves a node; so bulk scoring pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis
from qa_engine.rubric.base import ConditionModel
from qa_engine.rubric.conditions.named import Use
from qa_engine.rubric.items import Item
from qa_engine.scoring.compile import Builder, Plan
from qa_engine.scoring.evaluation import Evidence, ItemVerdict, Verdict
from qa_engine.scoring.evaluator import judge_scene, make_scene
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Judge, Outcome, Stretches
from qa_engine.scoring.questioner import Questioner
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE, Window

ITEM_TRUTH = {
    Verdict.PASS: "true", Verdict.FAIL: "false", Verdict.UNKNOWN: "unknown", Verdict.NA: "na",
}  # fmt: skip
WITHOUT_CONDITION = frozenset({"measure", "manual"})
SHOWN_PHRASE_CHARS = 120  # a pattern may have a thousand; the form has it whole
TRUTHS = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class ProvenWord:
    """A word of the evidence with its milliseconds of the recording."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class ProvenWords:
    """Evidence down to its words: none where the source has no word times (`start_s` and `end_s` are then shares of
    the turn)."""

    evidence: Evidence
    words: tuple[ProvenWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A node of the tree. `condition` is `item` at the root, below it the keys that stand in the form (`na_when`,
    `pass_when`, `all`, `says` …; `use:名字` for a named condition). `truth` is true, false or unknown, of an item: passed,
    failed, unknown, or na. `children` are in the order of asking; evidence is at the leaves."""

    condition: str
    truth: str
    reason: str
    evidence: tuple[ProvenWords, ...] = ()
    settle: Stretches = ()
    children: tuple[Proof, ...] = ()


@dataclass(slots=True)
class _Recorder:
    """What the wrapped judges of one item leave behind. `open` is the path of conditions being judged."""

    open: list[list[Proof]] = field(default_factory=lambda: [[]])
    known: dict[tuple[str, Window], tuple[Outcome, Proof]] = field(default_factory=dict)


@dataclass(slots=True)
class _TracingBuilder(Builder):
    """Compiles conditions whose judges record what they answered. Phrases keep the numbers that they have in the plan,
    so that its scene can be asked."""

    recorder: _Recorder = field(default_factory=_Recorder)

    @classmethod
    def of(cls, plan: Plan) -> _TracingBuilder:
        """A builder in which the phrases and patterns of the plan are numbered already."""
        made = cls(plan.rubric, plan.zone)
        made.number_as(plan)
        return made

    def judge(self, condition: ConditionModel) -> Judge:
        key = condition.model_dump_json(by_alias=True, exclude_defaults=True)
        inner = condition.compile(self)
        name = f"use:{condition.use}" if isinstance(condition, Use) else condition.tag
        recorder = self.recorder

        def answer(scene: Scene, window: Window) -> Outcome:
            known = recorder.known.get((key, window))
            if known is None:
                recorder.open.append([])
                outcome = inner(scene, window)
                children = tuple(dict.fromkeys(recorder.open.pop()))
                known = recorder.known[key, window] = (outcome, _node(scene, name, outcome, children))
            recorder.open[-1].append(known[1])
            return known[0]

        return answer


Parts: TypeAlias = Iterator[tuple[str, ConditionModel]]


def explain(call: Call, plan: Plan, item_id: str, *, analysis: Analysis | None = None) -> Proof:
    """The proof of one item. Raises `KeyError` for an item that the form does not have."""
    return explain_all(call, plan, analysis=analysis, only=frozenset({item_id}))[item_id]


def explain_all(
    call: Call,
    plan: Plan,
    *,
    analysis: Analysis | None = None,
    questioner: Questioner | None = None,
    only: frozenset[str] | None = None,
) -> Mapping[str, Proof]:
    """Item → proof, in the order of the form; of all items, or of those named. The analysis must be the one that the
    evaluation was made with, or left out."""
    scene = make_scene(call, plan, analysis, questioner)
    verdicts = {verdict.id: verdict for verdict in judge_scene(scene, plan)}
    return {
        item.id: _proof(scene, plan, item, verdicts[item.id])
        for item in plan.rubric.items
        if only is None or item.id in only
    }


def _proof(scene: Scene, plan: Plan, item: Item, verdict: ItemVerdict) -> Proof:
    builder = _TracingBuilder.of(plan)
    children: list[Proof] = []
    for name, condition in _parts(item, verdict):
        judge = builder.judge(condition)
        builder.recorder.open = [[]]
        outcome = judge(scene, WHOLE)
        children.append(Proof(name, TRUTHS[outcome.truth], "", children=tuple(builder.recorder.open[0])))
    if item.way in WITHOUT_CONDITION and verdict.verdict is not Verdict.NA:
        evidence = tuple(_words(scene, piece) for piece in verdict.evidence)
        children.append(
            Proof(item.way, ITEM_TRUTH[verdict.verdict], verdict.reason, evidence, verdict.settle)
        )
    return Proof(
        "item", ITEM_TRUTH[verdict.verdict], verdict.reason, settle=verdict.settle, children=tuple(children)
    )


def _parts(item: Item, verdict: ItemVerdict) -> Parts:
    """The conditions of an item under the keys where they stand; those that decide it only where it applies."""
    if item.na_when is not None:
        yield "na_when", item.na_when
    if item.applies_when is not None:
        yield "applies_when", item.applies_when
    if verdict.verdict is Verdict.NA and (item.na_when or item.applies_when):
        return
    adjustment = item.deduct or item.bonus
    decides = item.pass_when or item.fail_when or (adjustment.when if adjustment else None)
    if decides is not None:
        yield item.way, decides
    for number, grade in enumerate(item.graded or (), start=1):
        if grade.when is not None:
            yield f"graded[{number}]", grade.when


def _node(scene: Scene, name: str, outcome: Outcome, children: tuple[Proof, ...]) -> Proof:
    return Proof(
        name,
        TRUTHS[outcome.truth],
        outcome.reason,
        # what the parts found is shown at the parts
        () if children else tuple(_words(scene, piece) for piece in outcome.evidence),
        outcome.settle if outcome.truth is Truth.UNKNOWN else (),
        children,
    )


def _words(scene: Scene, evidence: Evidence) -> ProvenWords:
    if evidence.phrase is not None and len(evidence.phrase) > SHOWN_PHRASE_CHARS:
        evidence = replace(evidence, phrase=f"{evidence.phrase[:SHOWN_PHRASE_CHARS]}…")
    if evidence.turn is None or evidence.start is None or evidence.end is None:
        return ProvenWords(evidence)
    turn = scene.turns[evidence.turn]
    if not turn.words:
        return ProvenWords(evidence)
    return ProvenWords(
        evidence,
        tuple(
            ProvenWord(
                turn.text[word.start : word.end],
                round(word.start_s * 1000),
                round(word.end_s * 1000),
                word.confidence,
            )
            for word in scene.recognition.clock(evidence.turn).placed()
            if word.start < evidence.end and evidence.start < word.end
        ),
    )
