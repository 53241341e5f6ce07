"""Many voices through any recogniser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qa_engine.calls import Span
from qa_engine.speech.engines.base import BatchRecognizer, Recognizer, Segment, Voice

# Speech handed to a recogniser at a time that takes one voice after the other: a service has limits on what it accepts.
MOST_SPEECH_S: Final = 220.0


def recognize_all(recognizer: Recognizer, voices: Sequence[Voice]) -> tuple[tuple[Segment, ...], ...]:
    """The segments of each voice: together where the recogniser can, else one after the other. Raises what engines do."""
    if isinstance(recognizer, BatchRecognizer):
        return recognizer.recognize_all(voices)
    return tuple(
        tuple(
            segment
            for spans in _parts(voice.spans)
            for segment in recognizer.recognize(
                voice.samples, spans, language=voice.language, prompt=voice.prompt
            )
        )
        for voice in voices
    )


def _parts(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Spans that add up to about `MOST_SPEECH_S`."""
    part: list[Span] = []
    speech_s = 0.0
    for span in spans:
        part.append(span)
        speech_s += span.length_s
        if speech_s >= MOST_SPEECH_S:
            yield tuple(part)
            part, speech_s = [], 0.0
    if part:
        yield tuple(part)
