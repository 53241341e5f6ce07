"""How each turn sounds: level, pitch, and how both change within the turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, SupportsFloat

import numpy as np
import numpy.typing as npt

from qa_engine.calls import Span, Turn, TurnSound
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.levels import FRAME_S, Levels
from qa_engine.speech.pitch import STEP_S, pitch_track, semitones
from qa_engine.speech.spans import intersection

MIN_VOICED_S: Final = 0.4
"""Two syllables: less says nothing about a way of speaking."""
MIN_CHANGE_VOICED_S: Final = 0.9
"""Three thirds of one to two syllables."""
_MIN_FRAMES: Final = 5
_PEAK_PERCENTILE: Final = 95  # a click of one frame is no loud voice


def turn_sounds(
    samples: Samples, levels: Sequence[Levels], speech: Sequence[Sequence[Span]], turns: Sequence[Turn]
) -> tuple[TurnSound, ...]:
    """One for every turn. `samples` is (channels, n) float32 at 16 kHz, `levels` and `speech` (voiced spans) are by
    channel. Only what is voiced inside a turn is looked at, on the turn's own channel."""
    found: list[TurnSound] = []
    for turn in turns:
        channel = turn.channel or 0
        spans = intersection((Span(turn.start_s, turn.end_s),), speech[channel])
        found.append(_sound(samples[channel], levels[channel], spans))
    return tuple(found)


def _sound(samples: Samples, levels: Levels, spans: Sequence[Span]) -> TurnSound:
    if sum(span.length_s for span in spans) < MIN_VOICED_S:
        return TurnSound()
    loud = np.concatenate([levels.within(span) for span in spans])
    loud = loud[loud > levels.floor_dbfs + 6]  # pauses between words carry no voice
    pitch = np.concatenate([_pitch(samples, span) for span in spans])
    pitch = pitch[~np.isnan(pitch)]
    tones = semitones(pitch)
    return TurnSound(
        loudness_dbfs=_mean_db(loud),
        loudness_change_db=_change(loud, FRAME_S),
        peak_dbfs=_rounded(np.percentile(loud, _PEAK_PERCENTILE)) if loud.size else None,
        pitch_hz=_rounded(np.median(pitch)) if pitch.size * STEP_S >= MIN_VOICED_S / 2 else None,
        pitch_range_st=_spread(tones) if pitch.size * STEP_S >= MIN_VOICED_S / 2 else None,
        pitch_change_st=_change(tones, STEP_S),
    )


def _pitch(samples: Samples, span: Span) -> npt.NDArray[np.float32]:
    return pitch_track(samples[int(span.start_s * SAMPLE_RATE_HZ) : int(span.end_s * SAMPLE_RATE_HZ)])


def _mean_db(frames_dbfs: npt.NDArray[np.float32]) -> float | None:
    if frames_dbfs.size < _MIN_FRAMES:
        return None
    return _rounded(10 * np.log10(np.mean(10 ** (frames_dbfs.astype(np.float64) / 10))))


def _spread(tones: npt.NDArray[np.float32]) -> float:
    """From the 5th to the 95th percentile, so that a wrong frame makes no leap."""
    low, high = np.percentile(tones, (5, 95))
    return _rounded(high - low)


def _change(values: npt.NDArray[np.float32], step_s: float) -> float | None:
    """Median of the last third minus median of the first."""
    if values.size * step_s < MIN_CHANGE_VOICED_S * (2 / 3):
        return None
    third = values.size // 3
    return _rounded(np.median(values[-third:]) - np.median(values[:third]))


def _rounded(value: SupportsFloat) -> float:
    return round(float(value), 1)
