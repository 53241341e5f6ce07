"""talk_ratio, turns, signal, duration: one figure of the call or of a part of it, held against a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator

from qa_engine.calls import Role
from qa_engine.rubric.base import (
    ConditionModel,
    Number,
    Seconds,
    Share,
    Side,
    Strict,
    Within,
)
from qa_engine.rubric.conditions.timing import some_limit
from qa_engine.rubric.signal_names import MeasuredName
from qa_engine.scoring import wording
from qa_engine.scoring.outcome import Judge
from qa_engine.scoring.timing import (
    CallPart,
    Figure,
    figure_judge,
)

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder


class TalkRatioSpec(Strict):
    """Share of `by` in all speech, 0..1."""

    by: Side = "agent"
    min: Share | None = None
    max: Share | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _limits(self) -> TalkRatioSpec:
        some_limit(self, "min", "max")
        return self


class TalkRatio(ConditionModel):
    """A speaker's share of the speech is in a range. Unknown below ten seconds of speech."""

    tag: ClassVar[str] = "talk_ratio"
    can_anchor: ClassVar[bool] = False
    talk_ratio: TalkRatioSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        spec = self.talk_ratio

        def share(part: CallPart) -> float | None:
            ratio = part.signals["talk_ratio"]
            return ratio if ratio is None or spec.by == "agent" else 1 - ratio

        figure = Figure("talk_ratio", f"{wording.WHO[Role(spec.by)]}说话占比", share)
        return figure_judge(figure, spec.within, (spec.min, spec.max))


class TurnsSpec(Strict):
    """Number of turns; backchannels count."""

    by: Side | None = None
    min: Number | None = None
    max: Number | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _limits(self) -> TurnsSpec:
        some_limit(self, "min", "max")
        return self


class Turns(ConditionModel):
    """The number of turns is in a range."""

    tag: ClassVar[str] = "turns"
    can_anchor: ClassVar[bool] = False
    turns: TurnsSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        spec = self.turns

        def number(part: CallPart) -> float | None:
            turns = part.call.transcript.turns
            return float(len(turns) if spec.by is None else sum([turn.role == spec.by for turn in turns]))

        name = f"{wording.WHO[wording.role_of(spec.by)]}说话"
        figure = Figure("turns", name, number, "句", by_role=spec.by is not None, timed=False)
        return figure_judge(figure, spec.within, (spec.min, spec.max))


class SignalSpec(Strict):
    """One measured figure of the call, or of the part in `within`."""

    name: MeasuredName
    """Seconds for `…_s`, characters a minute for `…_per_min`, shares 0..1 for `…_ratio`."""
    min: Number | None = None
    max: Number | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _limits(self) -> SignalSpec:
        some_limit(self, "min", "max")
        return self


class Signal(ConditionModel):
    """A measured figure is in a range. Unknown where it could not be measured."""

    tag: ClassVar[str] = "signal"
    can_anchor: ClassVar[bool] = False
    signal: SignalSpec

    def compile(self, builder: Builder) -> Judge:
        from qa_engine.scoring.measured import BY_ROLE, NAMES, unit_of  # noqa: PLC0415 - reads items, which read this

        del builder
        spec = self.signal
        name = spec.name
        figure = Figure(
            "signal",
            NAMES[name],
            lambda part: part.signals.get(name),
            unit_of(name).strip(),
            by_role=name in BY_ROLE,
            timed=name != "turns",
        )
        return figure_judge(figure, spec.within, (spec.min, spec.max))


class DurationSpec(Strict):
    """Seconds of the recording."""

    min_s: Seconds | None = None
    max_s: Seconds | None = None

    @model_validator(mode="after")
    def _limits(self) -> DurationSpec:
        some_limit(self, "min_s", "max_s")
        return self


class Duration(ConditionModel):
    """The length of the recording is in a range."""

    tag: ClassVar[str] = "duration"
    can_anchor: ClassVar[bool] = False
    duration: DurationSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        spec = self.duration
        length = Figure(
            "duration",
            "录音时长",
            lambda part: part.call.transcript.duration_s or None,
            "秒",
            by_role=False,
            timed=False,
        )
        return figure_judge(length, None, (spec.min_s, spec.max_s))
