"""What a recogniser is to the rest of the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from qa_engine.calls import EngineInfo, Span, Word
from qa_engine.speech.audio import Samples


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of recognised text of one channel. Times are seconds from the start of the recording; the words
    are ordered and, punctuation included, concatenate to the text. `confidence` is the mean of the words'."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One channel of a call to be recognised: `samples` (n,) float32 at 16 kHz, its voiced `spans` ordered by start. `call`
    tells calls apart; the rest as in `Recognizer.recognize`."""

    call: str
    samples: Samples
    spans: tuple[Span, ...]
    language: str
    prompt: str | None


class Recognizer(Protocol):
    """Sound of one speaker's channel → text with times. One file an engine; the same sound and model give the
    same text."""

    @property
    def info(self) -> EngineInfo:
        """Which engine and model this is, exactly enough to tell two transcripts apart."""
        ...

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None
    ) -> tuple[Segment, ...]:
        """Text of the voiced `spans` of one channel, (n,) float32 at 16 kHz, ordered by start.

        `prompt` is text in the style that is wanted; None leaves the choice to the engine, "" means none.
        Raises Unavailable kinds when the model cannot be had."""
        ...


@runtime_checkable
class Prompted(Protocol):
    """A recogniser that may be told which words to expect."""

    def prompt_with(self, hot_words: Sequence[str]) -> str | None:
        """The prompt that names these words, the most important first, as many as it has room for; None where the model in
        use is better left alone."""
        ...


@runtime_checkable
class BatchRecognizer(Protocol):
    """A recogniser that is faster with many voices at once."""

    def recognize_all(self, voices: Sequence[Voice]) -> tuple[tuple[Segment, ...], ...]:
        """The segments of each voice, the same as `recognize` gives for it alone. Memory does not grow with the number of
        voices beyond their sound."""
        ...
