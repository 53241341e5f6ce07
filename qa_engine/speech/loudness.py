"""Programme loudness of a channel by ITU-R BS.1770-4: K-weighting, blocks of 400 ms, two gates.

The filters are the standard's, designed anew for 16 kHz from their analogue form (the published coefficients are for 48 kHz):
a shelf of +4 dB above 1.68 kHz and a high-pass at 38 Hz (Mansbridge, Finn & Reiss, AES 132, 2012)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

_BLOCK_S: Final = 0.4
_STEP_S: Final = 0.1
_ABSOLUTE_LUFS: Final = -70.0
_RELATIVE_LU: Final = -10.0
_OFFSET_LU: Final = -0.691
_FFT_S: Final = 60
_SHELF: Final = (1681.974450955533, 3.999843853973347, 0.7071752369554196)  # Hz, dB, Q
_HIGH_PASS: Final = (38.13547087602444, 0.5003270373238773)  # Hz, Q


def programme_lufs(samples: Samples) -> float | None:
    """Integrated loudness of (n,) float32 at 16 kHz in LUFS, one decimal; None where all is below −70 LUFS.

    A sine of 997 Hz at full scale has −3.01 LUFS. Silence between words is gated out, so that a quiet speaker and a
    silent one differ."""
    power = _step_power(samples)
    size = round(_BLOCK_S / _STEP_S)
    if len(power) < size:
        return None
    blocks = np.convolve(power, np.ones(size) / size, mode="valid")
    loud = blocks[_lufs(blocks) > _ABSOLUTE_LUFS]
    if not loud.size:
        return None
    gate = float(_lufs(np.array([loud.mean()]))[0]) + _RELATIVE_LU
    return round(float(_lufs(np.array([loud[_lufs(loud) > gate].mean()]))[0]), 1)


def _lufs(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(_OFFSET_LU + 10 * np.log10(power + 1e-12))


def _step_power(samples: Samples) -> npt.NDArray[np.float64]:
    """K-weighted mean square of every 100 ms. The filter is applied to minutes at a time in the frequency domain;
    its memory is some 50 ms, so that the edge of a minute touches one step."""
    step = round(_STEP_S * SAMPLE_RATE_HZ)
    size = _FFT_S * SAMPLE_RATE_HZ
    parts = [np.zeros(0)]
    for first in range(0, len(samples) // step * step, size):
        sound = np.asarray(samples[first : first + size], np.float64)
        sound = sound[: len(sound) // step * step]
        spectrum = np.fft.rfft(sound)
        weighted = np.fft.irfft(spectrum * _k_weight(len(sound)), len(sound))
        parts.append(np.square(weighted).reshape(-1, step).mean(axis=1))
    return np.concatenate(parts)


def _k_weight(count: int) -> npt.NDArray[np.complex128]:
    """Response of both filters at the frequencies of `np.fft.rfft`."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(count))
    response = np.ones(len(z), np.complex128)
    for b, a in (_shelf(), _high_pass()):
        response *= (b[0] + b[1] * z + b[2] * z * z) / (1 + a[0] * z + a[1] * z * z)
    return response


Filter = tuple[tuple[float, float, float], tuple[float, float]]


def _shelf() -> Filter:
    hz, gain_db, q = _SHELF
    k = math.tan(math.pi * hz / SAMPLE_RATE_HZ)
    high = 10 ** (gain_db / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    b = ((high + middle * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - middle * k / q + k * k) / a0)
    return b, (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)


def _high_pass() -> Filter:
    hz, q = _HIGH_PASS
    k = math.tan(math.pi * hz / SAMPLE_RATE_HZ)
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0), (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
