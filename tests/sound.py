"""Small recordings made on the spot: tones, no voices."""

from __future__ import annotations

import io
import wave

import numpy as np


def wav(
    seconds: float = 2.0,
    *,
    channels: int = 2,
    rate_hz: int = 8000,
    tone_hz: float = 300.0,
    level: float = 0.3,
) -> bytes:
    """A PCM WAV with one tone a channel; level 0 is digital silence."""
    moments = np.arange(int(seconds * rate_hz)) / rate_hz
    lanes = [level * np.sin(2 * np.pi * tone_hz * (lane + 1) * moments) for lane in range(channels)]
    samples = (np.stack(lanes, axis=1) * 32767).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return target.getvalue()
