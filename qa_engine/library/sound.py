"""The sound of a clip: its own stretch of the recording, with a tone where somebody is named."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Iterable
from typing import Final

import numpy as np

from qa_engine.library.masking import Stretch
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

TONE_HZ: Final = 1000.0
TONE_LEVEL: Final = 0.12
MEDIA_TYPE: Final = "audio/wav"
PER_MS: Final = SAMPLE_RATE_HZ // 1000


def tone(samples: int) -> Samples:
    """A steady tone, as quiet as speech on the telephone."""
    times = np.arange(samples, dtype=np.float32) / SAMPLE_RATE_HZ
    return (TONE_LEVEL * np.sin(2 * math.pi * TONE_HZ * times)).astype(np.float32)


def clip_sound(samples: Samples, stretch: Stretch, tones: Iterable[Stretch]) -> Samples:
    """A copy of the stretch of (channels, n) samples at 16 kHz with the tone, on every channel, in place of `tones`
    (milliseconds from the start of the clip): what one line hears of the other is hidden too."""
    cut = np.array(samples[:, stretch[0] * PER_MS : stretch[1] * PER_MS], dtype=np.float32)
    for start, end in tones:
        first, last = max(0, start * PER_MS), min(cut.shape[1], end * PER_MS)
        if first < last:
            cut[:, first:last] = tone(last - first)
    return cut


def as_wav(samples: Samples) -> bytes:
    """16-bit PCM, which every browser plays and seeks in at once."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(np.round(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").T.tobytes())
    return target.getvalue()
