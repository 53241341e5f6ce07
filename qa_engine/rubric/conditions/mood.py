"""sentiment: how a speaker takes it, judged over a window of that speaker's turns, never on one short turn."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Count, Range, Side, Strict, Within


class SentimentSpec(Strict):
    """One of `state`, `score`, `shift`."""

    by: Side
    state: Literal["positive", "negative", "neutral"] | None = None
    """Turns whose window has this label."""
    score: Range | None = None
    """Mean score of the turns in the window, in -1..1."""
    shift: Range | None = None
    """Score at the end minus score at the start of the call (or of `within`), in -2..2."""
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
