"""objection, stage: what sales people look for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator

from qa_engine.calls import Role
from qa_engine.language.analysis import is_handled
from qa_engine.rubric.base import ConditionModel, Count, Flag, StageName, Strict, Within, as_list
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence, ObjectionFound
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

TYPES = {
    "price": "价格", "no_need": "没有需要", "no_time": "没时间", "distrust": "不信任", "has_alternative": "已有同类",
    "must_consult": "要商量", "defer": "再考虑", "bad_experience": "有过不好的经历", "privacy": "信息来源",
    "do_not_call": "拒绝来电", "complaint": "投诉",
}  # fmt: skip

STEPS = {"acknowledge": "共情", "clarify": "澄清", "respond": "回应", "confirm": "确认", "advance": "推进"}
OUTCOMES = {"resolved": "已解决", "open": "未解决", "lost": "流失"}

DOUBTFUL = "算不算异议存疑"

ObjectionType: TypeAlias = Literal[
    "price", "no_need", "no_time", "distrust", "has_alternative", "must_consult", "defer", "bad_experience",
    "privacy", "do_not_call", "complaint",
]  # fmt: skip
Step: TypeAlias = Literal["acknowledge", "clarify", "respond", "confirm", "advance"]
OutcomeName: TypeAlias = Literal["resolved", "open", "lost"]


class ObjectionSpec(Strict):
    """Objections of the customer that fit all keys given; any objection where none is given."""

    type: (
        Annotated[
            tuple[ObjectionType, ...],
            BeforeValidator(as_list, json_schema_input_type=ObjectionType | list[ObjectionType]),
        ]
        | None
    ) = None
    any_of: tuple[ObjectionType, ...] | None = None
    """The same as a list in `type`."""
    handled: Flag | None = None
    """true: acknowledged and responded to; false: not so."""
    step: (
        Annotated[
            tuple[Step, ...],
            BeforeValidator(as_list, json_schema_input_type=Step | list[Step]),
        ]
        | None
    ) = None
    """All of these handling steps were taken."""
    outcome: (
        Annotated[
            tuple[OutcomeName, ...],
            BeforeValidator(as_list, json_schema_input_type=OutcomeName | list[OutcomeName]),
        ]
        | None
    ) = None
    """It ended in one of these ways."""
    doubt: Flag = True
    """Doubtful objections are unknown. false: they count as the taxonomy decides."""
    within: Within | None = None
    count: Count | None = None


class Objection(ConditionModel):
    """The customer raises an objection. Unknown where only a doubtful one fits: which are, says `doubt` in the
    taxonomy."""

    tag: ClassVar[str] = "objection"
    objection: ObjectionSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        spec = self.objection
        types = frozenset((*(spec.type or ()), *(spec.any_of or ())))
        kind = f"{'、'.join(TYPES[name] for name in TYPES if name in types)}异议"
        rule = LeafRule(
            "objection", f"提出{kind}", f"未提出{kind}", Role.CUSTOMER, spec.within, *limits(spec.count)
        )

        def judge(scene: Scene, window: Window) -> Outcome:
            here = narrow(scene, window, spec.within)
            fitting: list[Occurrence] = []
            others: list[Occurrence] = []
            analysis = scene.analysis
            for objection in (*analysis.objections, *analysis.doubted) if spec.doubt else analysis.objections:
                if types and objection.type not in types:
                    continue
                raised = _raised(scene, objection, rule, timed=here.timed)
                if here.has_position(raised.begin, raised.end) and here.has_moment(raised.start_s):
                    if spec.doubt and raised.sure and not objection.sure:
                        raised = replace(raised, sure=False, doubt=DOUBTFUL)
                    if _fits(objection, spec):
                        fitting.append(raised)
                    elif objection.sure:
                        others.append(raised)
            fitting.sort(key=lambda occurrence: occurrence.begin)
            answer = decide(scene, here, rule, fitting)
            if answer.truth is Truth.FALSE and others and not fitting:
                # Raised, but not handled as asked: the objection itself is what a listener has to hear.
                return replace(
                    answer,
                    reason=f"客户提出{kind},但{_demand(spec)}",
                    evidence=tuple(occurrence.evidence for occurrence in others),
                )
            return answer

        return judge


def _demand(spec: ObjectionSpec) -> str:
    """What of handling or outcome was asked for and not met, in words."""
    parts = [f"坐席没有{'、'.join(STEPS[step] for step in spec.step)}"] if spec.step else []
    if spec.handled is not None:
        parts.append("没有得到处理" if spec.handled else "已经得到处理")
    if spec.outcome:
        parts.append(f"结果不是{'、'.join(OUTCOMES[name] for name in spec.outcome)}")
    return ",".join(parts)


def _fits(objection: ObjectionFound, spec: ObjectionSpec) -> bool:
    return (
        (spec.handled is None or spec.handled is is_handled(objection))
        and (spec.step is None or all(step in objection.steps for step in spec.step))
        and (spec.outcome is None or objection.outcome in spec.outcome)
    )


def _raised(scene: Scene, objection: ObjectionFound, rule: LeafRule, *, timed: bool) -> Occurrence:
    turn = objection.turn
    found = objection.evidence
    start = found.start if found is not None and found.start is not None else 0
    end = found.end if found is not None and found.end is not None else len(scene.turns[turn].text)
    start_s, end_s = scene.recognition.clock(turn).seconds(start, end)
    text = scene.turns[turn].text[start:end]
    evidence = Evidence("objection", text, turn, start, end, start_s, end_s, objection.type)
    return scene.words(turn, start, end, evidence, role=rule.role, least=rule.confidence, timed=timed)


class StageSpec(Strict):
    """One of these stages is reached."""

    any_of: Annotated[
        tuple[StageName, ...],
        BeforeValidator(as_list, json_schema_input_type=StageName | list[StageName]),
    ]
    within: Within | None = None
    count: Count | None = None
    """Counts turns."""


class Stage(ConditionModel):
    """The call reaches a stage."""

    tag: ClassVar[str] = "stage"
    stage: StageSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        spec = self.stage
        names = "、".join(wording.STAGES[stage] for stage in spec.any_of)
        rule = LeafRule(
            "stage", f"进入{names}阶段", f"没有进入{names}阶段", None, spec.within, *limits(spec.count)
        )

        def judge(scene: Scene, window: Window) -> Outcome:
            here = narrow(scene, window, spec.within)
            turns = sorted(frozenset[int]().union(*(scene.stages.get(s, frozenset()) for s in spec.any_of)))
            found = [_turn(scene, turn, rule, timed=here.timed) for turn in turns]
            inside = [o for o in found if here.has_position(o.begin, o.end) and here.has_moment(o.start_s)]
            return decide(scene, here, rule, inside)

        return judge


def _turn(scene: Scene, turn: int, rule: LeafRule, *, timed: bool) -> Occurrence:
    text = scene.turns[turn].text
    start_s, end_s = scene.recognition.clock(turn).seconds(0, len(text))
    evidence = Evidence("stage", text, turn, 0, len(text), start_s, end_s)
    return scene.words(turn, 0, len(text), evidence, role=None, least=rule.confidence, timed=timed)
