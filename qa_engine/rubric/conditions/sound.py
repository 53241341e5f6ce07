"""loudness, pitch_movement: how a speaker sounds, turn by turn. Unknown for transcripts that came without sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from statistics import median
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import Role, TurnSound
from qa_engine.rubric.base import ConditionModel, Count, Range, Side, Strict, Within
from qa_engine.rubric.conditions.words import Excuse
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.excuse import excuser
from qa_engine.scoring.kleene import Truth, truth
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.timing import doubt_of, gap
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

Figures: TypeAlias = Mapping[int, float]
"""Turn → what was measured of it; turns that could not be measured are left out."""
MIN_TURNS = 3
"""Measured turns of a speaker below which there is no usual level, and no usual pitch movement, to speak of."""


def _one_of(spec: Strict, *names: str) -> None:
    if sum(getattr(spec, name) is not None for name in names) != 1:
        raise PydanticCustomError("one_of", f"要写 {'、'.join(names)} 中的一个")


def _measured(scene: Scene, role: Role, field: str) -> dict[int, float]:
    """A field of every turn of that role of which it was measured."""
    sounds = scene.call.signals.turns if scene.call.signals else ()
    if len(sounds) != len(scene.turns):
        return {}
    values = {i: getattr(sound, field) for i, sound in enumerate(sounds) if scene.turns[i].role is role}
    return {i: float(value) for i, value in values.items() if value is not None}


def _relative(scene: Scene, role: Role) -> dict[int, float]:
    """Level of every turn in dB above the median of that speaker's turns in this call: lines and headsets differ by
    more than moods do."""
    levels = _measured(scene, role, "loudness_dbfs")
    if len(levels) < MIN_TURNS:
        return {}
    usual = median(levels.values())
    return {turn: round(level - usual, 1) for turn, level in levels.items()}


def _steps(scene: Scene, role: Role) -> dict[int, float]:
    """Level of every turn in dB above the same speaker's measured turn before it."""
    levels = _measured(scene, role, "loudness_dbfs")
    turns = sorted(levels)
    return {turn: round(levels[turn] - levels[before], 1) for before, turn in pairwise(turns)}


def _field(name: str) -> Callable[[Scene, Role], Figures]:
    assert name in TurnSound.__dataclass_fields__
    return lambda scene, role: _measured(scene, role, name)


class SoundSpec(Strict):
    """Whose turns, and where."""

    by: Side
    within: Within | None = None
    count: Count | None = None
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class LoudnessSpec(SoundSpec):
    """One of the four, in decibels."""

    level_db: Range | None = None
    """Level of a turn above the median of that speaker's turns in this call."""
    rise_db: Range | None = None
    """Change within a turn: its last third above its first."""
    step_db: Range | None = None
    """Change between turns: a turn above the same speaker's turn before."""
    peak_dbfs: Range | None = None
    """The loudest part of a turn, relative to full scale."""

    @model_validator(mode="after")
    def _one_way(self) -> LoudnessSpec:
        _one_of(self, "level_db", "rise_db", "step_db", "peak_dbfs")
        return self


class Loudness(ConditionModel):
    """A turn that is so loud, or grows so much louder. Unknown where the sound was not measured."""

    tag: ClassVar[str] = "loudness"
    loudness: LoudnessSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.loudness
        ways: tuple[tuple[Range | None, str, Callable[[Scene, Role], Figures]], ...] = (
            (spec.level_db, "音量高于平时", _relative),
            (spec.rise_db, "一句之内音量升高", _field("loudness_change_db")),
            (spec.step_db, "音量比上一句高", _steps),
            (spec.peak_dbfs, "音量峰值", _field("peak_dbfs")),
        )
        limit, name, figures = next(way for way in ways if way[0] is not None)
        assert limit is not None
        return _turns_judge(spec, _Asked("loudness", name, "分贝", limit, figures), builder)


class PitchMovementSpec(SoundSpec):
    """One of the three, in semitones."""

    range_st: Range | None = None
    """How far the pitch of a turn reaches, 5th to 95th percentile."""
    rise_st: Range | None = None
    """Its last third above its first; below zero where the voice falls."""
    usual_range_st: Range | None = None
    """The median of `range_st` over that speaker's turns: small where somebody speaks in one tone."""

    @model_validator(mode="after")
    def _one_way(self) -> PitchMovementSpec:
        _one_of(self, "range_st", "rise_st", "usual_range_st")
        if self.usual_range_st is not None and (self.count is not None or self.except_ is not None):
            raise PydanticCustomError("one_of", "usual_range_st 看全部发言,不能写 count 和 except")
        return self


class PitchMovement(ConditionModel):
    """How a voice moves. Unknown where the sound was not measured."""

    tag: ClassVar[str] = "pitch_movement"
    pitch_movement: PitchMovementSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.pitch_movement
        if spec.usual_range_st is not None:
            return _usual_range_judge(spec, spec.usual_range_st)
        name, field = ("语调起伏", "pitch_range_st") if spec.range_st else ("语调上扬", "pitch_change_st")
        limit = spec.range_st or spec.rise_st
        assert limit is not None
        return _turns_judge(spec, _Asked("pitch_movement", name, "个半音", limit, _field(field)), builder)


def _bounds(limit: Range) -> tuple[float, float]:
    return (limit.min if limit.min is not None else -inf), (limit.max if limit.max is not None else inf)


def _asked(limit: Range, unit: str) -> str:
    ends = (("≥", limit.min), ("≤", limit.max))
    return "、".join(f"{sign} {wording.number(end)} {unit}" for sign, end in ends if end is not None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A figure of turns, how it is called, and the range asked for."""

    condition: str
    name: str
    unit: str
    limit: Range
    of: Callable[[Scene, Role], Figures]


def _turns_judge(spec: SoundSpec, figure: _Asked, builder: Builder) -> Judge:
    """Turns of a speaker whose figure lies in a range."""
    role, (low, high) = Role(spec.by), _bounds(figure.limit)
    condition = figure.condition
    asked = f"{figure.name} {_asked(figure.limit, figure.unit)}"
    rule = LeafRule(
        condition, f"有{asked}", f"没有{asked}的话", role, spec.within, *limits(spec.count), words=False
    )
    excuse = excuser(spec.except_, builder, timing=True)

    def find(scene: Scene, measured: Figures) -> Iterator[Occurrence]:
        for turn, value in sorted(measured.items()):
            if low <= value <= high:
                said = scene.turns[turn]
                yield gap(scene, condition, said.start_s, said.end_s, turn=turn)

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, spec.within)
        inside = set(scene.turns_in(here, role))
        measured = {turn: value for turn, value in figure.of(scene, role).items() if turn in inside}
        doubt = doubt_of(scene, by_role=True)
        if doubt or not measured:
            return _not_measured(scene, here, asked, doubt)
        found = [o for o in find(scene, measured) if here.has_moment(o.start_s)]
        return decide(scene, here, rule, excuse(scene, found))

    return judge


def _usual_range_judge(spec: PitchMovementSpec, limit: Range) -> Judge:
    role, (low, high) = Role(spec.by), _bounds(limit)
    name = f"{wording.WHO[role]}平时的语调起伏"

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, spec.within)
        inside = set(scene.turns_in(here, role))
        ranges = [v for turn, v in _measured(scene, role, "pitch_range_st").items() if turn in inside]
        doubt = doubt_of(scene, by_role=True)
        if doubt or len(ranges) < MIN_TURNS:
            return _not_measured(scene, here, name, doubt)
        value = median(ranges)
        start_s, end_s = scene.span(here)
        text = f"{name} {wording.number(value)} 个半音"
        evidence = Evidence("pitch_movement", text, start_s=start_s, end_s=end_s)
        return Outcome(
            truth(low <= value <= high), f"{here.words}{text}(要求 {_asked(limit, '个半音')})", (evidence,)
        )

    return judge


def _not_measured(scene: Scene, window: Window, name: str, doubt: str) -> Outcome:
    reason = f"{window.words}{name}无法判断:{doubt or '没有声音数据,或说话太短'}"
    return Outcome(Truth.UNKNOWN, reason, settle=(scene.span(window),) if scene.timed else ())
