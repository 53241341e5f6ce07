"""sentiment: how a speaker takes it, judged over a window of that speaker's turns, never on one short turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import Role
from qa_engine.language.sentiment import WINDOW, Mood, label_of, mood
from qa_engine.rubric.base import ConditionModel, Count, Range, Side, Strict, Within
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth, truth
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow, shared
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

LEAST_CHARS = 6
"""Spoken characters below which nothing is sure: alone, turns as short as 不用了 are near chance for every method."""
SHORT = f"只凭不到 {LEAST_CHARS} 个字"
CLOSE = "情绪分就在分界上"
LABELS = {"positive": "积极", "negative": "消极", "neutral": "平稳"}


class SentimentSpec(Strict):
    """One of `state`, `score`, `shift`."""

    by: Side
    state: Literal["positive", "negative", "neutral"] | None = None
    """Turns whose window has this label."""
    score: Range | None = None
    """Mean score of the turns in the window, in -1..1."""
    shift: Range | None = None
    """Score at the end minus score at the start of the call (or of `within`), in -2..2."""
    window: Annotated[int, Field(strict=True, ge=2, le=20)] | None = None
    """Turns of the speaker that are judged together, weighted by their characters: every so many with `state`, the
    last ones with `score`, the first ones against the last ones with `shift` (instead of thirds)."""
    doubt: Annotated[float, Field(strict=True, ge=0, le=0.5)] = 0.0
    """Scores so near to the edge of the label (±0.35), or of `score` or `shift`, are unknown."""
    within: Within | None = None
    count: Count | None = None

    @model_validator(mode="after")
    def _one_way(self) -> SentimentSpec:
        if sum(value is not None for value in (self.state, self.score, self.shift)) != 1:
            raise PydanticCustomError("one_of", "sentiment 要写 state、score、shift 中的一个")
        if self.count is not None and self.state is None:
            raise PydanticCustomError("one_of", "count 只能与 state 一起用")
        return self


class Sentiment(ConditionModel):
    """The mood of a speaker, from the words. Unknown where nothing could be judged."""

    tag: ClassVar[str] = "sentiment"
    sentiment: SentimentSpec

    def compile(self, builder: Builder) -> Judge:
        del builder
        return _state_judge(self.sentiment) if self.sentiment.state else _figure_judge(self.sentiment)


def _state_judge(spec: SentimentSpec) -> Judge:
    named = LABELS[str(spec.state)]
    rule = LeafRule(
        "sentiment",
        f"情绪{named}",
        f"没有{named}的情绪",
        Role(spec.by),
        shared(spec.within),
        *limits(spec.count),
    )

    def find(scene: Scene, window: Window) -> Iterator[Occurrence]:
        whole = window.whole
        for turn in scene.turns_in(window, rule.role):
            text = scene.turns[turn].text
            labels = _labels(scene, turn, spec) if text else frozenset[str]()
            if spec.state not in labels:
                continue
            start_s, end_s = scene.recognition.clock(turn).seconds(0, len(text))
            evidence = Evidence("sentiment", text, turn, 0, len(text), start_s, end_s)
            if whole or (window.has_position((turn, 0), (turn, len(text))) and window.has_moment(start_s)):
                found = scene.words(
                    turn, 0, len(text), evidence, role=rule.role, least=rule.confidence, timed=window.timed
                )
                if found.sure and _is_short(scene, turn, spec.window or WINDOW + 1):
                    found = replace(found, sure=False, doubt=SHORT)
                elif found.sure and len(labels) > 1:
                    found = replace(found, sure=False, doubt=CLOSE)
                yield found

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, rule.within)
        return decide(scene, here, rule, list(find(scene, here)))

    return judge


def _figure_judge(spec: SentimentSpec) -> Judge:
    limit = spec.shift or spec.score
    assert limit is not None
    low = limit.min if limit.min is not None else -inf
    high = limit.max if limit.max is not None else inf
    role = Role(spec.by)
    name = f"{wording.WHO[role]}情绪" + ("变化" if spec.shift else "")

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, spec.within)
        inside = list(scene.turns_in(here, role))
        value = _figure(scene, inside, spec) if scene.roles_sure else None
        start_s, end_s = scene.span(here)
        if value is None:
            return Outcome(Truth.UNKNOWN, f"{here.words}{name}无法判断", settle=((start_s, end_s),))
        text = f"{name} {value:+.2f}"
        evidence = (Evidence("sentiment", text, start_s=start_s, end_s=end_s),)
        if spec.doubt and min(abs(value - low), abs(value - high)) <= spec.doubt:
            return Outcome(Truth.UNKNOWN, f"{here.words}{text},{CLOSE}", evidence, settle=((start_s, end_s),))
        return Outcome(truth(low <= value <= high), f"{here.words}{text}", evidence)

    return judge


def _is_short(scene: Scene, turn: int, number: int) -> bool:
    """Whether a turn and the `number` of turns that it is judged with hold too little."""
    if scene.recognition.spoken_chars((turn,)) >= LEAST_CHARS:
        return False
    return scene.recognition.spoken_chars(_turns_up_to(scene, turn, number)) < LEAST_CHARS


def _turns_up_to(scene: Scene, turn: int, number: int) -> Sequence[int]:
    """A turn and those of the same speaker before it, `number` in all."""
    own = scene.turns_of(scene.turns[turn].role)
    end = bisect_right(own, turn)
    return own[max(0, end - number) : end]


def _curve(scene: Scene, turns: Sequence[int]) -> Mood:
    role = scene.turns[turns[0]].role
    return mood([scene.turns[i] for i in turns], [scene.analysis.turns[i].sentiment for i in turns], role)


def _labels(scene: Scene, turn: int, spec: SentimentSpec) -> frozenset[str]:
    """The stance at a turn: that of the analysis, or that of a window of the form's own length. Two where its score is
    near the edge."""
    if spec.window is None:
        score: float | None = scene.analysis.turns[turn].sentiment.score
    else:
        score = _curve(scene, _turns_up_to(scene, turn, spec.window)).mean
    if score is None:
        return frozenset()
    return frozenset(label_of(near) for near in (score - spec.doubt, score, score + spec.doubt))


def _figure(scene: Scene, turns: Sequence[int], spec: SentimentSpec) -> float | None:
    """The mean or the change of mood over these turns of one speaker."""
    if scene.recognition.spoken_chars(turns) < LEAST_CHARS:
        return None
    if spec.window is None:
        curve = _curve(scene, turns)
        return curve.shift if spec.shift else curve.mean
    last = _curve(scene, turns[-spec.window :]).mean
    if not spec.shift:
        return last
    first = _curve(scene, turns[: spec.window]).mean
    return None if first is None or last is None else round(last - first, 3)
