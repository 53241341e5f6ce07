"""What a transcription endpoint answers, in its three forms, as words at the times of the window that was sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_engine.calls import Word

# Whisper's own thresholds: silence that was put into words.
NO_SPEECH: Final = 0.6
MIN_MEAN_LOGPROB: Final = -1.0
# A Hanzi with the marks that follow it, or a run of other letters and digits with theirs.
_UNIT: Final = re.compile(r"(?:[\u3400-\u9fff]|[^\W\u3400-\u9fff]+)[^\w]*|[^\w]+")


class Malformed(ValueError):
    """A reply that is none; the message names the field."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Word(_Loose):
    word: str
    start: float
    end: float
    probability: float | None = Field(default=None, ge=0, le=1)


class _Segment(_Loose):
    text: str
    start: float
    end: float
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    words: list[_Word] | None = None

    @property
    def is_silence(self) -> bool:
        unlikely = self.avg_logprob is not None and self.avg_logprob < MIN_MEAN_LOGPROB
        return unlikely and self.no_speech_prob is not None and self.no_speech_prob > NO_SPEECH

    @property
    def confidence(self) -> float | None:
        return None if self.avg_logprob is None else round(math.exp(min(0.0, self.avg_logprob)), 3)


class _Reply(_Loose):
    text: str
    words: list[_Word] | None = None
    segments: list[_Segment] | None = None


def read_reply(document: object, length_s: float) -> tuple[Word, ...]:
    """The words of a reply to a window of `length_s`. Words with times as they are, with the marks of the text;
    segments spread evenly over their time; bare text over the window. Raises Malformed."""
    try:
        reply = _Reply.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Malformed(f"{'.'.join(map(str, first['loc'])) or 'JSON'}:{first['msg']}") from error
    segments = [segment for segment in reply.segments or () if not segment.is_silence]
    if reply.segments and not segments:
        return ()
    own = [word for segment in segments for word in segment.words or ()]
    timed = [word for word in own or reply.words or () if word.word.strip()]
    if timed:
        text = "".join(segment.text for segment in segments) or reply.text
        return _clipped(_with_marks([_word(word, segments) for word in timed], text), length_s)
    if segments:
        spread = (word for s in segments for word in _spread(s.text, s.start, s.end, s.confidence))
        return _clipped(spread, length_s)
    return tuple(_spread(reply.text, 0.0, length_s, None))


def _word(word: _Word, segments: Sequence[_Segment]) -> Word:
    middle = (word.start + word.end) / 2
    around = next((s.confidence for s in segments if s.start <= middle <= s.end), None)
    return Word(
        word.word.strip(), word.start, word.end, word.probability if word.probability is not None else around
    )


def _with_marks(words: Sequence[Word], text: str) -> Iterator[Word]:
    """OpenAI's words come without the marks that its text has: each takes those that follow it there."""
    at = 0
    for word in words:
        found = text.find(word.text, at)
        if found < 0:
            yield word
            continue
        end = found + len(word.text)
        marks = re.match(r"[^\w\s]*", text[end:])
        kept = marks.group() if marks else ""
        at = end + len(kept)
        yield Word(word.text + kept, word.start_s, word.end_s, word.confidence)


def _spread(text: str, start_s: float, end_s: float, confidence: float | None) -> Iterator[Word]:
    units = [unit for unit in _UNIT.findall(text.strip()) if unit.strip()]
    step_s = max(0.0, end_s - start_s) / max(1, len(units))
    for index, unit in enumerate(units):
        yield Word(unit.strip(), start_s + index * step_s, start_s + (index + 1) * step_s, confidence)


def _clipped(words: Iterator[Word], length_s: float) -> tuple[Word, ...]:
    """Times inside the window: endpoints round, and pad to 30 s."""
    return tuple(
        Word(
            w.text,
            min(max(0.0, w.start_s), length_s),
            min(max(w.start_s, w.end_s, 0.0), length_s),
            w.confidence,
        )
        for w in words
    )
