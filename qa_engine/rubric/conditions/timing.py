"""silence, response_time, overlap, monologue, speech_rate: how the time was used, moment by moment.

All of them are computed from the times of the turns and, where there is sound, from the voiced spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import Role
from qa_engine.rubric.base import (
    ConditionModel,
    Count,
    Flag,
    Number,
    Range,
    Seconds,
    Side,
    Strict,
    Within,
)
from qa_engine.rubric.conditions.words import Excuse, Says, SaysSpec
from qa_engine.scoring import wording
from qa_engine.scoring.excuse import excuser
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.leaf import LeafRule, limits
from qa_engine.scoring.narrow import narrow, shared
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.timing import (
    Figure,
    figure_judge,
    gap,
    moments_judge,
    speaker_blocks,
    speakers_around,
)
from qa_engine.scoring.window import Window
from qa_engine.speech.cleanup import spoken_chars

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder


def some_limit(spec: Strict, *names: str) -> None:
    """Refuses a condition in which none of these is written."""
    if all(getattr(spec, name) is None for name in names):
        raise PydanticCustomError("empty_range", f"要写 {' 或 '.join(names)}")


class Moments(Strict):
    """Keys of timing conditions that happen at moments."""

    within: Within | None = None
    count: Count | None = None
    """How many such moments."""
    total: Range | None = None
    """Instead of `count`: the seconds of all such moments together lie in this range."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _count_or_total(self) -> Self:
        if self.count is not None and self.total is not None:
            raise PydanticCustomError("one_of", "count 与 total 只写一个")
        return self


def _moments(
    spec: Moments,
    condition: str,
    words: tuple[str, str],
    find: Callable[[Scene], Iterable[Occurrence]],
    builder: Builder,
    *,
    by_role: bool = False,
) -> Judge:
    role = wording.role_of(getattr(spec, "by", None))
    rule = LeafRule(condition, *words, role, shared(spec.within), *limits(spec.count), words=False)
    excuse = excuser(spec.except_, builder, timing=True)
    return moments_judge(rule, find, excuse, total=spec.total, by_role=by_role or role is not None)


class SilenceSpec(Moments):
    """Nobody speaks for at least `min_s`."""

    min_s: Seconds
    max_s: Seconds | None = None
    """And for at most so long."""
    last_by: Side | None = None
    """Who spoke last before it."""
    next_by: Side | None = None
    """Who speaks first after it."""
    switch: Flag | None = None
    """true: only where the speaker changes over it; false: only where the same one goes on."""


class Silence(ConditionModel):
    """A stretch in which nobody speaks, between two turns."""

    tag: ClassVar[str] = "silence"
    silence: SilenceSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.silence
        by_role = spec.last_by is not None or spec.next_by is not None or spec.switch is not None

        def find(scene: Scene) -> Iterable[Occurrence]:
            for span in scene.silences(spec.min_s):
                if spec.max_s is not None and span.length_s > spec.max_s:
                    continue
                if not by_role or _between(spec, *speakers_around(scene, span)):
                    yield gap(scene, "silence", span.start_s, span.end_s)

        long = f" {wording.number(spec.min_s)} 秒以上的静音"
        return _moments(spec, "silence", (f"有{long}", f"没有{long}"), find, builder, by_role=by_role)


def _between(spec: SilenceSpec, last: Role, following: Role) -> bool:
    """Whether a silence lies between the speakers that were asked for."""
    return (
        (spec.last_by is None or last.value == spec.last_by)
        and (spec.next_by is None or following.value == spec.next_by)
        and (spec.switch is None or (last is not following) is spec.switch)
    )


class ResponseTimeSpec(Moments):
    """Time from the end of the other's turn to the start of the answer of `by`."""

    by: Side
    min_s: Seconds | None = None
    max_s: Seconds | None = None

    @model_validator(mode="after")
    def _limits(self) -> ResponseTimeSpec:
        some_limit(self, "min_s", "max_s")
        return self


class ResponseTime(ConditionModel):
    """An answer that took that long."""

    tag: ClassVar[str] = "response_time"
    response_time: ResponseTimeSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.response_time
        low = spec.min_s if spec.min_s is not None else 0.0
        high = spec.max_s if spec.max_s is not None else inf
        role = Role(spec.by)

        def find(scene: Scene) -> Iterable[Occurrence]:
            blocks, starts, ends = scene.blocks, scene.starts, scene.ends
            for index in scene.turns_of(role):
                if index == 0 or blocks[index] == blocks[index - 1]:
                    continue
                end_s, start_s = ends[index - 1], starts[index]
                if low <= max(round(start_s - end_s, 3), 0.0) <= high:
                    yield gap(scene, "response_time", min(end_s, start_s), start_s)

        limit = f"≥ {wording.number(low)} 秒" if high == inf else f"≤ {wording.number(high)} 秒"
        words = (f"有应答用时{limit}", f"没有应答用时{limit}的情况")
        return _moments(spec, "response_time", words, find, builder)


class OverlapSpec(Moments):
    """`by` starts to speak while the other speaks; backchannels (嗯, 对, 好的) don't count."""

    by: Side
    min_s: Seconds | None = None
    """Shortest overlap that counts."""
    yielded: Flag | None = None
    """true: only where the one interrupted stopped; false: only where the interrupter stopped."""
    after_s: Seconds | None = None
    """Only where the other had been speaking for so long: shorter is both starting at once."""


class Overlap(ConditionModel):
    """One cuts into the speech of the other."""

    tag: ClassVar[str] = "overlap"
    overlap: OverlapSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.overlap
        role = Role(spec.by)

        def find(scene: Scene) -> Iterable[Occurrence]:
            for cut in scene.interruptions(role):
                if cut.overlap_s < (spec.min_s or 0.0):
                    continue
                if cut.at_s - scene.turns[cut.interrupted].start_s < (spec.after_s or 0.0):
                    continue
                yielded = scene.turns[cut.interrupted].end_s <= scene.turns[cut.turn].end_s
                if spec.yielded is None or yielded is spec.yielded:
                    yield gap(scene, "overlap", cut.at_s, cut.at_s + cut.overlap_s, turn=cut.turn)

        return _moments(spec, "overlap", ("抢话", "没有抢话"), find, builder)


class MonologueSpec(Moments):
    """`by` speaks for at least `min_s` without an answer; backchannels are no answer."""

    by: Side
    min_s: Seconds


class Monologue(ConditionModel):
    """A long stretch of one speaker."""

    tag: ClassVar[str] = "monologue"
    monologue: MonologueSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.monologue

        role = Role(spec.by)

        def find(scene: Scene) -> Iterable[Occurrence]:
            for block in speaker_blocks(scene):
                if scene.turns[block[0]].role is not role:
                    continue
                own = [turn for turn in block if scene.turns[turn].role is role]
                start_s, end_s = scene.starts[own[0]], max([scene.ends[turn] for turn in own])
                if end_s - start_s >= spec.min_s:
                    yield gap(scene, "monologue", start_s, end_s, turn=own[0])

        long = f"连续说 {wording.number(spec.min_s)} 秒以上"
        return _moments(spec, "monologue", (long, f"没有{long}"), find, builder)


class SpeechRateSpec(Strict):
    """Pace: Chinese characters, letters and digits a minute of that speaker's speech."""

    by: Side
    per: Literal["call", "turn"] = "call"
    """call: the mean over `within`. turn: every turn by itself, pauses in it included."""
    min_chars: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 10
    """With `per: turn`: shorter turns have no pace."""
    min_chars_per_min: Number | None = None
    max_chars_per_min: Number | None = None
    within: Within | None = None
    count: Count | None = None
    """With `per: turn`: how many such turns."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _limits(self) -> SpeechRateSpec:
        some_limit(self, "min_chars_per_min", "max_chars_per_min")
        if self.count is not None and self.per == "call":
            raise PydanticCustomError("one_of", "count 只与 per: turn 一起写")
        return self


class SpeechRate(ConditionModel):
    """The pace of a speaker is in a range. Unknown below three seconds of speech."""

    tag: ClassVar[str] = "speech_rate"
    can_anchor: ClassVar[bool] = False
    speech_rate: SpeechRateSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.speech_rate
        if spec.per == "turn":
            return _each_turn(spec, builder)
        name = f"{wording.WHO[Role(spec.by)]}语速"
        pace = Figure("speech_rate", name, lambda part: part.signals[f"{spec.by}_chars_per_min"], "字/分钟")
        judge = figure_judge(pace, spec.within, (spec.min_chars_per_min, spec.max_chars_per_min))
        if spec.except_ is None:
            return judge
        excused = said_anywhere(spec.except_, builder)

        def unless_excused(scene: Scene, window: Window) -> Outcome:
            outcome = judge(scene, window)
            if outcome.truth is Truth.TRUE:
                return outcome
            excuse = excused(scene, narrow(scene, window, spec.within))
            if excuse.truth is Truth.FALSE:
                return outcome
            value = max(outcome.truth, excuse.truth)
            reason = f"{outcome.reason},但{excuse.reason}"
            return Outcome(value, reason, (*outcome.evidence, *excuse.evidence), settle=excuse.settle)

        return unless_excused


def _each_turn(spec: SpeechRateSpec, builder: Builder) -> Judge:
    """Turns whose own pace is in the range, as moments."""
    low, high = spec.min_chars_per_min or 0.0, spec.max_chars_per_min or inf

    def find(scene: Scene) -> Iterable[Occurrence]:
        for index, turn in enumerate(scene.turns):
            chars = len(spoken_chars(turn.text)) if turn.role.value == spec.by else 0
            if chars >= spec.min_chars and turn.end_s > turn.start_s:
                rate = chars / (turn.end_s - turn.start_s) * 60
                if low <= rate <= high:
                    yield gap(scene, "speech_rate", turn.start_s, turn.end_s, turn=index)

    limit = f"≥ {wording.number(low)}" if high == inf else f"≤ {wording.number(high)}"
    words = (f"单句语速{limit} 字/分钟", f"没有单句语速{limit} 字/分钟的情况")
    rule = LeafRule("speech_rate", *words, Role(spec.by), spec.within, *limits(spec.count), words=False)
    return moments_judge(rule, find, excuser(spec.except_, builder, timing=True), by_role=True)


def said_anywhere(excuse: Sequence[str] | ConditionModel, builder: Builder) -> Judge:
    """Whether an excuse holds anywhere in the window."""
    if isinstance(excuse, ConditionModel):
        return builder.judge(excuse)
    return builder.judge(Says(says=SaysSpec(any_of=tuple(excuse))))
