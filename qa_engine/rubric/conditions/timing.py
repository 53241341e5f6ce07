"""silence, response_time, overlap, speech_rate, talk_ratio, monologue, turns, duration: how the time was used.

All of them are computed from the times of the turns and, where there is sound, from the voiced spans."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Count, Flag, Number, Seconds, Share, Side, Strict, Within
from qa_engine.rubric.conditions.words import Excuse


def _some_limit(spec: Strict, *names: str) -> None:
    if all(getattr(spec, name) is None for name in names):
        raise PydanticCustomError("empty_range", f"要写 {' 或 '.join(names)}")


class Moments(Strict):
    """Keys of timing conditions that happen at moments."""

    within: Within | None = None
    count: Count | None = None
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class SilenceSpec(Moments):
    """Nobody speaks for at least `min_s`."""

    min_s: Seconds


class Silence(ConditionModel):
    """A stretch in which nobody speaks, between two turns."""

    tag: ClassVar[str] = "silence"
    silence: SilenceSpec


class ResponseTimeSpec(Moments):
    """Time from the end of the other's turn to the start of the answer of `by`."""

    by: Side
    min_s: Seconds | None = None
    max_s: Seconds | None = None

    @model_validator(mode="after")
    def _limits(self) -> ResponseTimeSpec:
        _some_limit(self, "min_s", "max_s")
        return self


class ResponseTime(ConditionModel):
    """An answer that took that long."""

    tag: ClassVar[str] = "response_time"
    response_time: ResponseTimeSpec


class OverlapSpec(Moments):
    """`by` starts to speak while the other speaks; backchannels (嗯, 对, 好的) don't count."""

    by: Side
    min_s: Seconds | None = None
    """Shortest overlap that counts."""
    yielded: Flag | None = None
    """true: only where the one interrupted stopped; false: only where the interrupter stopped."""


class Overlap(ConditionModel):
    """One cuts into the speech of the other."""

    tag: ClassVar[str] = "overlap"
    overlap: OverlapSpec


class MonologueSpec(Moments):
    """`by` speaks for at least `min_s` without an answer; backchannels are no answer."""

    by: Side
    min_s: Seconds


class Monologue(ConditionModel):
    """A long stretch of one speaker."""

    tag: ClassVar[str] = "monologue"
    monologue: MonologueSpec


class SpeechRateSpec(Strict):
    """Mean pace: Chinese characters, letters and digits a minute of that speaker's speech."""

    by: Side
    min_chars_per_min: Number | None = None
    max_chars_per_min: Number | None = None
    within: Within | None = None
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _limits(self) -> SpeechRateSpec:
        _some_limit(self, "min_chars_per_min", "max_chars_per_min")
        return self


class SpeechRate(ConditionModel):
    """The mean pace of a speaker is in a range. Unknown below ten seconds of speech."""

    tag: ClassVar[str] = "speech_rate"
    can_anchor: ClassVar[bool] = False
    speech_rate: SpeechRateSpec


class TalkRatioSpec(Strict):
    """Share of `by` in all speech, 0..1."""

    by: Side = "agent"
    min: Share | None = None
    max: Share | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _limits(self) -> TalkRatioSpec:
        _some_limit(self, "min", "max")
        return self


class TalkRatio(ConditionModel):
    """A speaker's share of the speech is in a range. Unknown below ten seconds of speech."""

    tag: ClassVar[str] = "talk_ratio"
    can_anchor: ClassVar[bool] = False
    talk_ratio: TalkRatioSpec


class TurnsSpec(Strict):
    """Number of turns; backchannels count."""

    by: Side | None = None
    min: Number | None = None
    max: Number | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _limits(self) -> TurnsSpec:
        _some_limit(self, "min", "max")
        return self


class Turns(ConditionModel):
    """The number of turns is in a range."""

    tag: ClassVar[str] = "turns"
    can_anchor: ClassVar[bool] = False
    turns: TurnsSpec


class DurationSpec(Strict):
    """Seconds of the recording."""

    min_s: Seconds | None = None
    max_s: Seconds | None = None

    @model_validator(mode="after")
    def _limits(self) -> DurationSpec:
        _some_limit(self, "min_s", "max_s")
        return self


class Duration(ConditionModel):
    """The length of the recording is in a range."""

    tag: ClassVar[str] = "duration"
    can_anchor: ClassVar[bool] = False
    duration: DurationSpec
