"""history: earlier calls to the same customer (refused in call 1, called again)."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import EarlierCall
from qa_engine.rubric.base import ConditionModel, Count, Name, Strict, VerdictName, as_list
from qa_engine.rubric.conditions.sales import TYPES, ObjectionType
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth, conjunction, counted, truth
from qa_engine.scoring.leaf import limits
from qa_engine.scoring.outcome import Judge, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

Days = Annotated[float, Field(strict=True, gt=0, le=3_650)]
SHOWN_CALLS = 5
ResultName = Literal["pass", "fail", "auto_fail", "needs_review"]


class EarlierItem(Strict):
    """An item of a form and how it came out in the earlier call."""

    id: Name
    verdict: Annotated[
        tuple[VerdictName, ...],
        BeforeValidator(as_list, json_schema_input_type=VerdictName | list[VerdictName]),
        Field(min_length=1),
    ]


class HistorySpec(Strict):
    """Earlier calls that fit all keys given; any earlier call where none is given."""

    within_days: Days | None = None
    """Only calls that began so many days or less before this one."""
    disposition: (
        Annotated[
            tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...],
            BeforeValidator(as_list, json_schema_input_type=str | list[str]),
            Field(min_length=1, max_length=1_000),
        ]
        | None
    ) = None
    """The dialer's outcome of the call is one of these; `*` stands for anything."""
    objection: (
        Annotated[
            tuple[ObjectionType, ...],
            BeforeValidator(as_list, json_schema_input_type=ObjectionType | list[ObjectionType]),
            Field(min_length=1),
        ]
        | None
    ) = None
    """The customer raised one of these, such as do_not_call."""
    result: (
        Annotated[
            tuple[ResultName, ...],
            BeforeValidator(as_list, json_schema_input_type=ResultName | list[ResultName]),
            Field(min_length=1),
        ]
        | None
    ) = None
    """A form came out so."""
    item: EarlierItem | None = None
    """An item came out so."""
    agent: Literal["same", "other"] | None = None
    """Whether the same agent made the call."""
    count: Count | None = None
    """How many such calls; at least one if left out."""

    @model_validator(mode="after")
    def _some(self) -> HistorySpec:
        if self.count is not None and self.count.min == 0 and self.count.max is None:
            raise PydanticCustomError("impossible", "count 的 min 为 0 时恒成立,请写 max")
        return self


class History(ConditionModel):
    """There were such earlier calls. Unknown where nobody looked for earlier calls, or where what is asked about one
    of them is not known."""

    tag: ClassVar[str] = "history"
    can_anchor: ClassVar[bool] = False
    history: HistorySpec

    def compile(self, builder: Builder) -> Judge:
        builder.uses_history = True
        spec, zone = self.history, builder.zone
        least, most = limits(spec.count)

        def judge(scene: Scene, window: Window) -> Outcome:
            del window
            call = scene.call
            if call.history is None:
                return Outcome(Truth.UNKNOWN, "没有历史通话信息(缺少客户编号,或没有查询)")
            fits = [(earlier, _fits(earlier, spec, scene)) for earlier in call.history]
            sure = [earlier for earlier, value in fits if value is Truth.TRUE]
            possible = [earlier for earlier, value in fits if value is not Truth.FALSE]
            value = counted(len(sure), len(possible), least=least, most=most)
            shown = (sure if value is not Truth.UNKNOWN else possible)[-SHOWN_CALLS:]
            evidence = tuple(Evidence("history", _described(earlier, zone)) for earlier in shown)
            return Outcome(value, _reason(spec, value, len(sure), len(possible)), evidence)

        return judge


def _fits(earlier: EarlierCall, spec: HistorySpec, scene: Scene) -> Truth:
    facts = scene.call.facts
    parts: list[Truth] = []
    if spec.within_days is not None:
        parts.append(_near(earlier.started_at, facts.started_at, spec.within_days))
    if spec.disposition is not None:
        known, globs = earlier.disposition, spec.disposition
        parts.append(Truth.UNKNOWN if known is None else truth(any(fnmatchcase(known, g) for g in globs)))
    if spec.objection is not None:
        raised = earlier.objections
        parts.append(Truth.UNKNOWN if raised is None else truth(not set(spec.objection).isdisjoint(raised)))
    if spec.result is not None:
        results = earlier.results
        parts.append(
            Truth.UNKNOWN if not results else truth(not set(spec.result).isdisjoint(results.values()))
        )
    if spec.item is not None:
        verdict = earlier.verdicts.get(spec.item.id) if earlier.verdicts else None
        parts.append(Truth.UNKNOWN if verdict is None else truth(verdict in spec.item.verdict))
    if spec.agent is not None:
        both = earlier.agent_id is not None and facts.agent_id is not None
        same = earlier.agent_id == facts.agent_id
        parts.append(truth(same is (spec.agent == "same")) if both else Truth.UNKNOWN)
    return conjunction(parts)


def _near(earlier: datetime | None, now: datetime | None, days: float) -> Truth:
    if earlier is None or now is None:
        return Truth.UNKNOWN
    return truth(now - timedelta(days=days) <= earlier <= now)


def _described(earlier: EarlierCall, zone: ZoneInfo) -> str:
    when = f"{earlier.started_at.astimezone(zone):%Y-%m-%d %H:%M}" if earlier.started_at else "时间不详"
    raised = "、".join(f"{TYPES.get(kind, kind)}异议" for kind in earlier.objections or ())
    return " ".join(part for part in (when, earlier.disposition, raised) if part)


def _reason(spec: HistorySpec, value: Truth, sure: int, possible: int) -> str:
    days = f"{spec.within_days:g} 天内" if spec.within_days is not None else ""
    asked = spec.model_dump(exclude_none=True, exclude={"within_days", "count"})
    kind = "符合条件的历史通话" if asked else "历史通话"
    if value is Truth.UNKNOWN:
        return f"{days}{kind}有 {sure} 到 {possible} 通,信息不全不能确定"
    return f"{days}{kind} {sure} 通" if sure else f"没有{days}{kind}"
