"""Recognition confidence that means something: the chance that a character is right, learned from counted errors.

A model's own probabilities are too sure of themselves, most of all on speech that it does not know. Platt scaling (Platt
1999) with two inputs, the log odds of the word and their mean over the words around it, then isotonic regression by pooled
neighbours (Zadrozny & Elkan 2002). What was learned belongs to one model and lies beside it as `calibration.json`; a model
without the file is not calibrated, and the product says so.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_engine.calls import Turn, Word
from qa_engine.errors import BadSettings, Where
from qa_engine.speech.cleanup import spoken_chars

if TYPE_CHECKING:
    from qa_engine.speech.engines.base import Segment  # the engines read calibrations

CALIBRATION: Final = "calibration.json"
_SUREST: Final = 0.999
AROUND: Final = 12
"""Words on each side whose confidence says how well the stretch was heard."""


class Calibration(BaseModel):
    """`weights`: constant, log odds of the word, mean log odds of the words around it. `steps`: from what Platt score on
    which chance of being right holds. `missed`: characters left out for every one that was recognised wrongly."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    weights: tuple[float, float, float]
    steps: tuple[tuple[float, float], ...] = Field(min_length=1)
    missed: float = Field(0.0, ge=0)
    n: int = Field(0, description="Characters it was fitted on.")

    def chance(self, own: float, around: float) -> float:
        """The chance that characters are right, from log odds."""
        score = self.weights[0] + self.weights[1] * own + self.weights[2] * around
        index = bisect_right(self.steps, score, key=lambda step: step[0]) - 1
        return self.steps[max(index, 0)][1]

    def applied(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """Segments of one channel whose words carry calibrated confidence. A word without any keeps none."""
        odds = [log_odds(word) for segment in segments for word in segment.words]
        near = around(odds)
        result: list[Segment] = []
        at = 0
        for segment in segments:
            words: list[Word] = []
            for word in segment.words:
                own, mean = odds[at], near[at]
                at += 1
                known = own is not None and mean is not None
                words.append(replace(word, confidence=round(self.chance(own, mean), 3)) if known else word)  # type: ignore[arg-type]
            sure = [word.confidence for word in words if word.confidence is not None]
            confidence = round(fmean(sure), 3) if sure else None
            result.append(replace(segment, words=tuple(words), confidence=confidence))
        return tuple(result)

    def expected_cer(self, turns: Sequence[Turn]) -> float | None:
        """The share of characters that is expected to be wrong or missing, from calibrated words."""
        wrong = chars = 0.0
        for turn in turns:
            for word in turn.words:
                if word.confidence is not None:
                    count = len(spoken_chars(word.text))
                    chars += count
                    wrong += count * (1 - word.confidence)
        return round(min(1.0, wrong * (1 + self.missed) / chars), 3) if chars else None


@runtime_checkable
class Calibrated(Protocol):
    """A recogniser whose confidence can be put right."""

    @property
    def calibration(self) -> Calibration | None:
        """What was learned about the model in use; None where nobody did."""
        ...


def calibration_of(recognizer: object) -> Calibration | None:
    """The calibration of a recogniser that has one."""
    return recognizer.calibration if isinstance(recognizer, Calibrated) else None


@cache
def read_calibration(folder: Path) -> Calibration | None:
    """The calibration beside a model, None where there is none. Raises BadSettings naming file and field."""
    path = folder / CALIBRATION
    if not path.is_file():
        return None
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise BadSettings(
            f"校准文件有误:{field}:{first['msg']}", hint="请重新校准或删除该文件", where=Where(str(path))
        ) from error


def log_odds(word: Word) -> float | None:
    """Of the word's own confidence."""
    if word.confidence is None:
        return None
    sure = min(max(word.confidence, 1 - _SUREST), _SUREST)
    return math.log(sure / (1 - sure))


def around(odds: Sequence[float | None]) -> list[float | None]:
    """For every word the mean of it and the words around it."""
    found: list[float | None] = []
    for index in range(len(odds)):
        known = [value for value in odds[max(0, index - AROUND) : index + AROUND + 1] if value is not None]
        found.append(fmean(known) if known else None)
    return found
