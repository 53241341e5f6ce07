"""Decoded sound in plain values, and the limits within which it is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ: Final = 16_000
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recording may cost before it is refused.

    They are applied to what comes out of the decoder, never to what the header says: two hours of silence are
    1.3 MB of FLAC and 460 MB of samples. `min_sample_rate_hz` is a limit on cost too: at 1 Hz every byte of the
    file becomes 16,000 samples.
    """

    max_decoded_s: float = 7200.0
    max_channels: int = 2
    max_sample_rate_hz: int = 48_000
    min_sample_rate_hz: int = 4_000
    min_s: float = 0.5
    max_wall_s: float = 600.0


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What the file is. `duration_s` is the declared duration after `probe`, the decoded one after `decode`."""

    codec: str
    container: str
    sample_rate_hz: int
    channels: int
    duration_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Decoded sound: `samples` is (channels, n) float32 in [-1, 1] at 16 kHz, read-only.

    Recordings of more than ten minutes lie in an unnamed temporary file that is mapped into memory, so that a
    worker does not hold a long call twice."""

    samples: Samples
    info: MediaInfo

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1] / SAMPLE_RATE_HZ)
