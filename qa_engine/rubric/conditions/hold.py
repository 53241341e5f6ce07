"""hold: how long and how often the customer was kept waiting."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import Role, Span
from qa_engine.rubric.base import ConditionModel, Count, Seconds, Strict
from qa_engine.rubric.conditions.facts import as_number, fact_value
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth, conjunction, truth
from qa_engine.scoring.leaf import limits
from qa_engine.scoring.outcome import Judge, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.timing import doubt_of
from qa_engine.scoring.window import WHOLE, Window
from qa_engine.speech.signals import silences

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

SECONDS_FACT, TIMES_FACT = "hold_s", "holds"
MIN_HOLD_S = 5.0
"""A shorter silence is a pause, announced or not."""
ANNOUNCED = (
    "请稍等", "稍等一下", "您稍等", "请稍候", "稍候", "等我一下", "请等一下", "您等一下", "不要挂机", "不要挂断", "别挂机",
    "别挂断", "我查一下", "帮您查一下", "我看一下系统", "我核对一下", "马上回来", "我问一下主管", "给我一分钟",
)  # fmt: skip
_TURNS_BEFORE = 2  # 请稍等 / 好的 / silence


class HoldSpec(Strict):
    """Limits on the seconds on hold in all and on the number of holds."""

    min_s: Seconds | None = None
    max_s: Seconds | None = None
    count: Count | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> HoldSpec:
        if self.min_s is None and self.max_s is None and self.count is None:
            raise PydanticCustomError("empty_range", "要写 min_s、max_s 或 count")
        if self.min_s is not None and self.max_s is not None and self.min_s > self.max_s:
            raise PydanticCustomError("contradictory_window", "min_s 不能大于 max_s")
        return self


class Hold(ConditionModel):
    """The customer on hold. The dialer's columns `hold_s` and `holds` decide where they came with the call; without
    them a silence of at least five seconds that the agent announced (请稍等,我查一下) is a hold."""

    tag: ClassVar[str] = "hold"
    can_anchor: ClassVar[bool] = False
    hold: HoldSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.hold
        phrases = builder.numbers(ANNOUNCED)

        def judge(scene: Scene, window: Window) -> Outcome:
            del window  # what the dialer counts is the whole call
            heard = None if doubt_of(scene, by_role=True) else _announced_silences(scene, phrases)
            parts = []
            if spec.min_s is not None or spec.max_s is not None:
                seconds = _fact(
                    scene, SECONDS_FACT, sum(s.length_s for s in heard) if heard is not None else None
                )
                parts.append(
                    (f"保持 {wording.number(seconds or 0)} 秒", _inside(seconds, spec.min_s, spec.max_s))
                )
            if spec.count is not None:
                times = _fact(scene, TIMES_FACT, len(heard) if heard is not None else None)
                parts.append((f"保持 {wording.number(times or 0)} 次", _inside(times, *limits(spec.count))))
            value = conjunction(part for _, part in parts)
            if value is Truth.UNKNOWN:
                doubt = doubt_of(scene, by_role=True)
                return Outcome(value, f"保持时长无法判断:没有 {SECONDS_FACT}、{TIMES_FACT},且{doubt}")
            words = "、".join(text for text, _ in parts)
            silent = tuple(Evidence("hold", start_s=s.start_s, end_s=s.end_s) for s in heard or ())
            return Outcome(value, words, silent or (Evidence("hold", words),))

        return judge


def _fact(scene: Scene, name: str, otherwise: float | None) -> float | None:
    given = as_number(fact_value(scene.call.facts, name))
    return given if given is not None else otherwise


def _inside(value: float | None, low: float | None, high: float | None) -> Truth:
    if value is None:
        return Truth.UNKNOWN
    return truth((low is None or value >= low) and (high is None or value <= high))


def _announced_silences(scene: Scene, phrases: tuple[int, ...]) -> list[Span]:
    said = {turn for turn, _ in scene.phrase_hits(phrases, WHOLE, Role.AGENT)}
    found: list[Span] = []
    for silence in silences(scene.call, MIN_HOLD_S):
        last = bisect_right(scene.starts, silence.start_s) - 1
        if any(turn in said for turn in range(last - _TURNS_BEFORE + 1, last + 1)):
            found.append(Span(round(silence.start_s, 3), round(silence.end_s, 3)))
    return found
