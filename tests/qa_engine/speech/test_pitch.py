"""Pitch of known sounds: tones with harmonics, sweeps, the telephone band, and what is no voice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.pitch import pitch_track, semitones

Sound = npt.NDArray[np.float32]


def voice(pitch_hz: npt.NDArray[np.float64], harmonics: int = 12) -> Sound:
    """A buzz whose pitch at every sample is given."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    sound = sum(np.sin(number * phase) / number for number in range(1, harmonics + 1))
    return np.asarray(sound * 0.1, np.float32)


def steady(pitch_hz: float, seconds: float = 1.0) -> Sound:
    return voice(np.full(int(seconds * SAMPLE_RATE_HZ), pitch_hz))


def telephone(sound: Sound) -> Sound:
    """Only what a telephone line lets through: the fundamental of a low voice is gone."""
    band = butter(4, [300, 3400], "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return np.asarray(sosfilt(band, sound), np.float32)


@pytest.mark.parametrize("pitch_hz", [80.0, 110.0, 150.0, 220.0, 300.0, 400.0])
def test_a_steady_voice_has_its_pitch(pitch_hz: float) -> None:
    assert np.nanmedian(pitch_track(steady(pitch_hz))) == pytest.approx(pitch_hz, rel=0.01)


@pytest.mark.parametrize("pitch_hz", [90.0, 120.0, 180.0, 240.0])
def test_so_does_a_voice_whose_fundamental_the_line_cuts_off(pitch_hz: float) -> None:
    assert np.nanmedian(pitch_track(telephone(steady(pitch_hz)))) == pytest.approx(pitch_hz, rel=0.02)


def test_a_rise_of_an_octave_is_twelve_semitones() -> None:
    pitch = pitch_track(voice(np.geomspace(120, 240, 2 * SAMPLE_RATE_HZ)))
    tones = semitones(pitch[~np.isnan(pitch)])
    assert tones[-3:].mean() - tones[:3].mean() == pytest.approx(12, abs=0.5)


def test_steady_noise_beside_the_voice_changes_little() -> None:
    noise = np.random.default_rng(7).normal(0, 0.02, SAMPLE_RATE_HZ).astype(np.float32)
    assert np.nanmedian(pitch_track(steady(140) + noise)) == pytest.approx(140, rel=0.02)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(SAMPLE_RATE_HZ, np.float32),
        np.random.default_rng(3).normal(0, 0.1, SAMPLE_RATE_HZ).astype(np.float32),
    ],
    ids=["silence", "noise"],
)
def test_what_does_not_repeat_itself_has_no_pitch(sound: Sound) -> None:
    assert np.isnan(pitch_track(sound)).mean() == pytest.approx(1, abs=0.05)


def test_less_than_one_frame_has_none_either() -> None:
    assert not len(pitch_track(np.zeros(10, np.float32)))
