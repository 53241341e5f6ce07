"""Pitch of a voice over time, from the autocorrelation of short frames.

On the telephone the lowest harmonic is often cut off; the period is still there in the autocorrelation (de Cheveigné &
Kawahara 2002, whose rule — the first dip that is nearly as deep as the deepest — keeps the octave right).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.speech.audio import Samples

RATE_HZ: Final = 8_000
STEP_S: Final = 0.02
LOWEST_HZ: Final = 65.0
HIGHEST_HZ: Final = 450.0
PERIODIC: Final = 0.6
"""Share of a frame's power that must repeat after one period for the frame to count as voiced."""
_NEARLY: Final = 0.85
_FRAME: Final = 320  # 40 ms: two and a half periods of the lowest voice
_FFT: Final = 512
_SHORTEST: Final = int(RATE_HZ / HIGHEST_HZ)
_LONGEST: Final = int(RATE_HZ / LOWEST_HZ) + 1
_LAGS: Final = _LONGEST + 2
_OCTAVE_ST: Final = 12.0
_FRAMES_AT_A_TIME: Final = 128  # stays in the processor's cache: twice as fast as thousands


def pitch_track(samples: Samples) -> npt.NDArray[np.float32]:
    """(n,) float32 at 16 kHz → Hz for every 20 ms; NaN where no voice is heard."""
    pairs = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    # To 8 kHz; what is folded down lies above the telephone band.
    sound = pairs.mean(axis=1, dtype=np.float32)
    step = int(STEP_S * RATE_HZ)
    if len(sound) < _FRAME:
        return np.full(len(sound) // step, np.nan, np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::step]
    parts = [
        _frame_pitch(frames[first : first + _FRAMES_AT_A_TIME])
        for first in range(0, len(frames), _FRAMES_AT_A_TIME)
    ]
    return _without_jumps(np.concatenate(parts))


def semitones(pitch_hz: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Semitones above 100 Hz."""
    return (12 * np.log2(pitch_hz / 100)).astype(np.float32)


def _frame_pitch(frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(frames, 320) → Hz, NaN where a frame does not repeat itself."""
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, _FFT)
    likeness = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, _FFT)[:, :_LAGS]
    # Energy of the two stretches that a lag compares, so that long lags are not punished for their shorter overlap.
    energy = np.cumsum(np.square(centred), axis=1)
    left = energy[:, _FRAME - 1 : _FRAME - 1 - _LAGS : -1]
    right = energy[:, -1:] - energy[:, :_LAGS] + np.square(centred[:, :_LAGS])
    alike = likeness / np.sqrt(np.maximum(left * right, np.float32(1e-18)))
    inner = alike[:, _SHORTEST : _LONGEST + 1]
    peaks = (inner >= alike[:, _SHORTEST - 1 : _LONGEST]) & (inner >= alike[:, _SHORTEST + 1 : _LAGS])
    heights = inner * peaks
    best = heights.max(axis=1, keepdims=True)
    first = (heights >= np.maximum(best * _NEARLY, PERIODIC)).argmax(axis=1)
    rows = np.arange(len(frames))
    lag = first + _SHORTEST
    before, here, after = alike[rows, lag - 1], alike[rows, lag], alike[rows, lag + 1]
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1.0, bend), 0.0)
    pitch = RATE_HZ / (lag + np.clip(shift, -0.5, 0.5))
    return np.where(best[:, 0] >= PERIODIC, pitch, np.nan).astype(np.float32)


def _without_jumps(pitch_hz: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Leaves out voiced stretches of a single frame and frames nearly an octave from the median of their voice."""
    voiced = ~np.isnan(pitch_hz)
    if not voiced.any():
        return pitch_hz
    beside = np.zeros_like(voiced)
    beside[1:] |= voiced[:-1]
    beside[:-1] |= voiced[1:]
    kept = np.where(voiced & beside, pitch_hz, np.float32(np.nan))
    if np.isnan(kept).all():
        return kept
    distance = np.abs(12 * np.log2(kept / np.nanmedian(kept)))
    return np.where(distance < _OCTAVE_ST, kept, np.float32(np.nan)).astype(np.float32)
