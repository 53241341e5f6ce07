"""The waveform of a recording in a few numbers, for drawing."""

from __future__ import annotations

from typing import Final

import numpy as np

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio

PEAK_MAX: Final = 127


def peaks(audio: Audio, per_second: int = 20) -> tuple[tuple[int, ...], ...]:
    """Per channel, the largest |sample| of each bucket of 1/`per_second` s, as 0..127 (127 = full scale).

    The last bucket may be shorter. `per_second` must divide 16,000 for buckets of equal length."""
    bucket = SAMPLE_RATE_HZ // per_second
    starts = np.arange(0, audio.samples.shape[1], bucket)
    if not starts.size:
        return tuple(() for _ in audio.samples)
    return tuple(_channel_peaks(channel, starts, bucket) for channel in audio.samples)


def _channel_peaks(channel: np.ndarray, starts: np.ndarray, bucket: int) -> tuple[int, ...]:
    step = 4096  # buckets at a time: a long recording is not copied as a whole
    values: list[int] = []
    for first in range(0, len(starts), step):
        part = np.abs(channel[starts[first] : starts[min(first + step, len(starts)) - 1] + bucket])
        largest = np.maximum.reduceat(part, np.arange(0, len(part), bucket))
        values.extend(np.minimum(np.rint(largest * PEAK_MAX), PEAK_MAX).astype(int).tolist())
    return tuple(values)
