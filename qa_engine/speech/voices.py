"""Tells two speakers of a one-channel call apart, by pitch and timbre.

A baseline without a trained speaker model: good for a man and a woman, fair for two unlike voices, useless for two
like ones. It says which it was (`separation`), and everything built on it carries that as its confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

Features = npt.NDArray[np.float64]

_FRAME: Final = 512
_HOP: Final = 256
_FFT: Final = 1024
_BANDS: Final = 20
_CEPSTRA: Final = 12
_BAND_HZ: Final = (300.0, 3400.0)
_PITCH_HZ: Final = (70.0, 350.0)
_MIN_PERIODICITY: Final = 0.45
_PITCH_WEIGHT: Final = 2.5
_MAX_FRAMES: Final = 600
_ROUNDS: Final = 30
# Ratio of the distance between the voices to the spread within them, in units where 1 is chance for such data.
_CHANCE_RATIO: Final = 1.2
_CLEAR_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True)
class Voices:
    """`labels` has 0 or 1 for each span that was given; `separation` in 0..1: 0 = one voice or two alike."""

    labels: tuple[int, ...]
    separation: float


def tell_apart(samples: Samples, spans: Sequence[Span]) -> Voices:
    """Groups stretches of one channel, (n,) float32 at 16 kHz, into two voices. The first span is voice 0."""
    if len(spans) < 2:
        return Voices((0,) * len(spans), 0.0)
    features = np.stack([_describe(samples, span) for span in spans])
    weights = np.array([min(max(span.length_s, 0.1), 4.0) for span in spans])
    scaled = _scaled(features, weights)
    labels, ratio = _two_groups(scaled, weights)
    if labels[0] == 1:
        labels = 1 - labels
    separation = float(np.clip((ratio - _CHANCE_RATIO) / (_CLEAR_RATIO - _CHANCE_RATIO), 0.0, 1.0))
    return Voices(tuple(int(label) for label in labels), round(separation, 3))


def _describe(samples: Samples, span: Span) -> Features:
    """(1 + 12,): median log pitch and mean cepstrum of the voiced frames of a span. NaN where nothing is voiced."""
    first = int(span.start_s * SAMPLE_RATE_HZ)
    sound = np.asarray(samples[first : int(span.end_s * SAMPLE_RATE_HZ)], np.float64)
    if len(sound) < _FRAME:
        return np.full(1 + _CEPSTRA, np.nan)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    frames = frames[:: max(1, len(frames) // _MAX_FRAMES)]
    power = np.mean(np.square(frames), axis=1)
    loud = frames[power > np.percentile(power, 90) * 0.03]
    spectra = np.square(np.abs(np.fft.rfft(loud * np.hanning(_FRAME), _FFT, axis=1)))
    pitch, periodic = _pitch(spectra)
    if not periodic.any():
        return np.full(1 + _CEPSTRA, np.nan)
    cepstra = np.log(spectra[periodic] @ _filters().T + 1e-10) @ _cosines().T
    return np.concatenate([[np.median(np.log2(pitch[periodic]))], np.mean(cepstra, axis=0)])


def _pitch(spectra: Features) -> tuple[Features, npt.NDArray[np.bool_]]:
    """Pitch of each frame in Hz from the autocorrelation, and whether the frame is voiced. The telephone band cuts
    the fundamental, but its multiples repeat at its period."""
    correlation = np.fft.irfft(spectra, axis=1)
    low, high = (int(SAMPLE_RATE_HZ / hz) for hz in reversed(_PITCH_HZ))
    lags = correlation[:, low:high] / (correlation[:, :1] + 1e-12)
    # The frame window shrinks the correlation at long lags; without this men are heard an octave up.
    lags = lags / (1 - np.arange(low, high) / (_FRAME * 1.2))
    best = lags.argmax(axis=1)
    return SAMPLE_RATE_HZ / (low + best), lags[np.arange(len(lags)), best] > _MIN_PERIODICITY


def _filters() -> Features:
    """(bands, bins): triangles at equal distances on the mel scale."""
    mel = 2595 * np.log10(1 + np.array(_BAND_HZ) / 700)
    centres = 700 * (10 ** (np.linspace(mel[0], mel[1], _BANDS + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE_HZ)
    rise = (hz - centres[:-2, None]) / (centres[1:-1] - centres[:-2])[:, None]
    fall = (centres[2:, None] - hz) / (centres[2:] - centres[1:-1])[:, None]
    return np.asarray(np.clip(np.minimum(rise, fall), 0, None))


def _cosines() -> Features:
    """(cepstra, bands): the cosine transform without its constant, which is loudness."""
    index = np.arange(1, _CEPSTRA + 1)[:, None]
    return np.asarray(np.cos(np.pi * index * (np.arange(_BANDS) + 0.5) / _BANDS))


def _scaled(features: Features, weights: Features) -> Features:
    """Features around 0 with spread 1, unknown ones at 0; pitch counts for more than one cepstrum."""
    known = ~np.isnan(features)
    heavy = np.where(known, weights[:, None], 0.0)
    total = heavy.sum(axis=0) + 1e-9
    filled = np.where(known, features, 0.0)
    mean = (filled * heavy).sum(axis=0) / total
    spread = np.sqrt((np.square(filled - mean) * heavy).sum(axis=0) / total) + 1e-6
    scaled = np.where(known, (features - mean) / spread, 0.0)
    scaled[:, 0] *= _PITCH_WEIGHT
    return np.asarray(scaled)


def _two_groups(points: Features, weights: Features) -> tuple[npt.NDArray[np.int64], float]:
    """Weighted 2-means from the two extremes of the main axis (no random start), and between-to-within ratio."""
    _, _, axes = np.linalg.svd(points * np.sqrt(weights)[:, None], full_matrices=False)
    labels = (points @ axes[0] > 0).astype(np.int64)
    for _ in range(_ROUNDS):
        if labels.min() == labels.max():
            return labels, 0.0
        centres = np.stack(
            [np.average(points[labels == k], axis=0, weights=weights[labels == k]) for k in (0, 1)]
        )
        distances = np.linalg.norm(points[:, None, :] - centres, axis=2)
        updated = distances.argmin(axis=1)
        if np.array_equal(updated, labels):
            break
        labels = updated
    within = np.average(distances[np.arange(len(points)), labels], weights=weights) + 1e-9
    return labels, float(np.linalg.norm(centres[0] - centres[1]) / within)
