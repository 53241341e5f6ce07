"""Programme loudness against the values that the standard gives."""

from __future__ import annotations

import numpy as np
import pytest

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.loudness import programme_lufs


def sine(hz: float, dbfs: float, seconds: float = 10.0) -> Samples:
    moments = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * moments)).astype(np.float32)


@pytest.mark.parametrize(("dbfs", "lufs"), [(0.0, -3.0), (-20.0, -23.0), (-40.0, -43.0)])
def test_a_sine_of_997_hz(dbfs: float, lufs: float) -> None:
    """BS.1770: full scale on one channel is −3.01 LKFS."""
    assert programme_lufs(sine(997, dbfs)) == pytest.approx(lufs, abs=0.1)


def test_silence_is_gated_out() -> None:
    half = np.concatenate([sine(997, -20), np.zeros(10 * SAMPLE_RATE_HZ, np.float32)])
    assert programme_lufs(half) == pytest.approx(-23.0, abs=0.2)


def test_a_quiet_part_is_gated_out_relative_to_the_loud_one() -> None:
    assert programme_lufs(np.concatenate([sine(997, -20), sine(997, -45)])) == pytest.approx(-23.0, abs=0.2)


def test_high_tones_weigh_more_and_rumble_less() -> None:
    middle, high, low = (programme_lufs(sine(hz, -20)) for hz in (997, 3000, 30))
    assert middle is not None
    assert high == pytest.approx(middle + 3.3, abs=0.7)
    assert low is not None
    assert low < middle - 4


@pytest.mark.parametrize(
    "samples", [np.zeros(SAMPLE_RATE_HZ, np.float32), np.zeros(0, np.float32), sine(997, -80)]
)
def test_nothing_to_hear_has_no_loudness(samples: Samples) -> None:
    assert programme_lufs(samples) is None
