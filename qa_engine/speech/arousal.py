"""A hint from the sound alone: whether somebody speaks with more or less tension than is usual for the same voice in the call.

Raised loudness, pitch and pace go together with arousal, angry or glad (Scherer 2003, "Vocal communication of emotion"); which
of the two it is, sound does not tell, so that this is kept apart from what the words say. No baseline but the speaker's own
median in this call; a hint, never a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, median
from typing import Final

from qa_engine.calls import Call, Role
from qa_engine.speech.cleanup import spoken_chars

MIN_TURNS: Final = 5
"""Fewer turns of a speaker are no baseline."""
RAISED: Final = 1.5
_MIN_CHARS: Final = 4
_LIMIT: Final = 4.0
_MIN_SPREAD: Final = (1.5, 1.0, 30.0)
"""Least spread of loudness in dB, pitch in semitones, pace in characters a minute: less is no way of speaking but chance."""
_DEVIATIONS: Final = 1.4826  # from the median absolute deviation to a standard deviation


def arousal(call: Call) -> tuple[float | None, ...]:
    """For every turn the mean of loudness, pitch and pace in robust standard deviations above the speaker's median;
    None where sound was not measured, where the turn is short, or where the speaker has fewer than five such turns."""
    turns = call.transcript.turns
    sounds = call.signals.turns if call.signals else ()
    found: list[float | None] = [None] * len(turns)
    if len(sounds) != len(turns):
        return tuple(found)
    for role in Role:
        rows: dict[int, tuple[float, float, float]] = {}
        for index, (turn, sound) in enumerate(zip(turns, sounds, strict=True)):
            chars = len(spoken_chars(turn.text))
            if turn.role is not role or chars < _MIN_CHARS or turn.end_s <= turn.start_s:
                continue
            if sound.loudness_dbfs is not None and sound.pitch_hz:
                pace = chars / (turn.end_s - turn.start_s) * 60
                rows[index] = (sound.loudness_dbfs, _semitones(sound.pitch_hz), pace)
        if len(rows) >= MIN_TURNS:
            scores = [_scores([row[k] for row in rows.values()], _MIN_SPREAD[k]) for k in range(3)]
            for at, index in enumerate(rows):
                found[index] = round(fmean(column[at] for column in scores), 2)
    return tuple(found)


def _semitones(hz: float) -> float:

    return 12 * math.log2(hz / 100)


def _scores(values: Sequence[float], least: float) -> list[float]:
    middle = median(values)
    spread = max(_DEVIATIONS * median(abs(value - middle) for value in values), least)
    return [max(-_LIMIT, min(_LIMIT, (value - middle) / spread)) for value in values]
