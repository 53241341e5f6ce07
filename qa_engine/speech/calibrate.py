"""What a recogniser heard beside what was said, character by character: what a `Calibration` is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from qa_engine.calls import EngineInfo, Span, Word
from qa_engine.speech.audio import Samples
from qa_engine.speech.calibration import Calibration, around, log_odds
from qa_engine.speech.calibration_fit import Heard, fit
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.engines.base import Recognizer, Segment


class Uncalibrated:
    """A recogniser whose words carry the model's own probabilities."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    @property
    def info(self) -> EngineInfo:
        """Of the recogniser."""
        return self._recognizer.info

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None
    ) -> tuple[Segment, ...]:
        """As the recogniser does."""
        return self._recognizer.recognize(samples, spans, language=language, prompt=prompt)


@dataclass(frozen=True, slots=True)
class Channel:
    """What was recognised of one channel, character by character. `missed` of its `said` characters are nowhere."""

    recording: str
    heard: tuple[Heard, ...]
    raw: tuple[float, ...]
    missed: int
    said: int
    errors: int


def compared(name: str, said: str, words: Sequence[Word]) -> Channel:
    """Characters of `words` marked right or wrong by the cheapest alignment with `said`. Words without confidence teach
    nothing."""
    said = spoken_chars(said)
    odds = [log_odds(word) for word in words]
    text, owners = "", []
    for index, word in enumerate(words):
        text += spoken_chars(word.text)
        owners += [index] * len(spoken_chars(word.text))
    right = [False] * len(text)
    missed = 0
    for block in Levenshtein.opcodes(said, text):
        if block.tag == "equal":
            right[block.dest_start : block.dest_end] = [True] * (block.dest_end - block.dest_start)
        elif block.tag == "delete":
            missed += block.src_end - block.src_start
    near = around(odds)
    known = [
        (own, mean, good, words[index].confidence or 0.0)
        for index, good in zip(owners, right, strict=True)
        if (own := odds[index]) is not None and (mean := near[index]) is not None
    ]
    heard = tuple(Heard(own, mean, good) for own, mean, good, _ in known)
    raw = tuple(confidence for *_, confidence in known)
    return Channel(name, heard, raw, missed, len(said), Levenshtein.distance(said, text))


def learned(found: Sequence[Channel]) -> Calibration:
    """The calibration of these channels. Raises ValueError where all of it is right, or all wrong."""
    return fit(
        [one for channel in found for one in channel.heard], missed=sum(channel.missed for channel in found)
    )
