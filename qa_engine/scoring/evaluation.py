"""What scoring gives back: verdicts with their evidence, a score with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from qa_engine.calls import CallId
from qa_engine.values import value


class Verdict(StrEnum):
    """Outcome of an item: three truth values, and *not applicable*."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NA = "na"


class Result(StrEnum):
    """Outcome of a call under one rubric."""

    PASS = "pass"
    FAIL = "fail"
    AUTO_FAIL = "auto_fail"
    NEEDS_REVIEW = "needs_review"


@value
class Evidence:
    """Words or a stretch of audio that speak for a verdict.

    `turn` is the 0-based index into the transcript (None for evidence between turns or from facts); `start`
    and `end` are character offsets in that turn's text; times are seconds of the recording. `phrase` is the
    rubric's phrase, `distance` the edit distance in syllables (0 = exact or same sound), `score` the likeness in 0..1
    to `phrase` where that is a script line, or the likelihood where a table resembles the words to a violation.
    """

    condition: str
    text: str = ""
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    phrase: str | None = None
    distance: int | None = None
    score: float | None = None


@value
class ItemVerdict:
    """One rubric item judged. `credit` is in 0..1, None for unknown and na. `reason` (Chinese) always says in
    a sentence why, above all where there is no evidence. `settle` lists the audio that would decide an unknown."""

    id: str
    title: str
    section: str
    verdict: Verdict
    credit: float | None
    weight: float
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    auto_fail: str | None = None
    coach: str = ""
    settle: tuple[tuple[float, float], ...] = ()
    points: float | None = None
    """Points that a bonus (positive) or deduct (negative) item surely adds to the score; None for weighted items."""
    severity: str | None = None
    trial: bool = False
    """Judged and shown, but weighs nothing and fails nothing."""


def joined_stretches(stretches: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Stretches in order, touching ones joined."""
    result: list[tuple[float, float]] = []
    for start_s, end_s in sorted(stretches):
        if result and start_s <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end_s))
        else:
            result.append((start_s, end_s))
    return tuple(result)


@value
class ObjectionFound:
    """A customer's objection: `type` from the taxonomy, `turn` where it was raised, `steps` = handling step →
    agent turn, `outcome` resolved | open | lost."""

    type: str
    turn: int
    steps: Mapping[str, int]
    outcome: str
    evidence: Evidence | None = None
    sure: bool = True
    """Not so where a reviewer may well say that it is none."""


@value
class Pins:
    """All that an evaluation depends on beside the call; equal pins and equal call give equal bytes. `llm` names the
    language model that answered questions of the form, and says where one went unanswered; empty without such items."""

    code: str
    rubric_sha256: str
    lexicon_sha256: str
    engine: str
    llm: str = ""
    """The language model that answered questions of the form."""
    zone: str = ""
    """Time zone in which calling hours are counted."""


@value
class Evaluation:
    """One call under one rubric. `score` is None where no live item applied. `formula` is the arithmetic with this
    call's numbers in it. `signals` are the measured figures shown on the card (None = not measured)."""

    call_id: CallId
    rubric: str
    version: int
    title: str
    score: float | None
    score_low: float | None
    score_high: float | None
    pass_mark: float
    result: Result
    items: tuple[ItemVerdict, ...]
    formula: str
    pins: Pins
    objections: tuple[ObjectionFound, ...] = ()
    auto_fails: tuple[str, ...] = ()
    signals: Mapping[str, float | None] = field(default_factory=dict)
    status: str = "active"
    """`trial`: a form that is computed and shown, and by which nobody is judged yet."""

    @property
    def settle(self) -> tuple[tuple[float, float], ...]:
        """The seconds of the recording whose hearing would close the interval; touching stretches are joined."""
        return joined_stretches(s for item in self.items if not item.trial for s in item.settle)
