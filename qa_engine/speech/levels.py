"""Loudness of a channel over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

FRAME_S: Final = 0.02
FRAME: Final = int(FRAME_S * SAMPLE_RATE_HZ)
SILENCE_DBFS: Final = -96.0  # 16 bits: what lies below is digital zero
_FRAMES_AT_A_TIME: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """`frames_dbfs` is (n // 320,): RMS level of each 20 ms. `floor_dbfs` is the line noise between words,
    `speech_dbfs` the level of the louder part, both estimated from the frames."""

    frames_dbfs: npt.NDArray[np.float32]
    floor_dbfs: float
    speech_dbfs: float

    @property
    def range_db(self) -> float:
        """How far the loud part stands out. Steady noise and digital silence have next to none."""
        return self.speech_dbfs - self.floor_dbfs

    def within(self, span: Span) -> npt.NDArray[np.float32]:
        """Frames of a span, at least one where the span touches the recording."""
        first = int(span.start_s / FRAME_S)
        return self.frames_dbfs[first : max(first + 1, round(span.end_s / FRAME_S))]


def measure_levels(samples: Samples) -> Levels:
    """Levels of one channel, (n,) float32 at 16 kHz. The floor is the 10th percentile of all frames, the speech
    level the 90th percentile of those more than 6 dB above it."""
    count = len(samples) // FRAME
    frames = np.full(count, SILENCE_DBFS, np.float32)
    for first in range(0, count, _FRAMES_AT_A_TIME):
        last = min(first + _FRAMES_AT_A_TIME, count)
        block = np.asarray(samples[first * FRAME : last * FRAME], np.float32).reshape(-1, FRAME)
        power = np.mean(np.square(block), axis=1)
        frames[first:last] = np.maximum(10 * np.log10(power + 1e-12), SILENCE_DBFS)
    if not count:
        return Levels(frames, SILENCE_DBFS, SILENCE_DBFS)
    floor = float(np.percentile(frames, 10))
    loud = frames[frames > floor + 6]
    speech = float(np.percentile(loud, 90)) if loud.size else floor
    return Levels(frames, floor, speech)


def mean_dbfs(levels: Levels, spans: tuple[Span, ...]) -> float | None:
    """Mean power within the spans in dB relative to full scale; None without spans."""
    parts = [levels.within(span) for span in spans]
    frames = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    if not frames.size:
        return None
    return round(float(10 * np.log10(np.mean(10 ** (frames.astype(np.float64) / 10)))), 1)
