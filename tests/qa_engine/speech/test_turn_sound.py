"""Level and pitch of turns, on sound of known gain and pitch."""

from __future__ import annotations

import numpy as np
import pytest

from qa_engine.calls import Role, Span, Turn, TurnSound
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.levels import measure_levels
from qa_engine.speech.turn_sound import turn_sounds
from tests.qa_engine.speech.test_pitch import Sound, steady, voice


def of(*stretches: Sound, length_s: float = 2.0) -> tuple[TurnSound, ...]:
    """The turns of one channel, each one stretch with half a second of silence around it."""
    pause = np.zeros(SAMPLE_RATE_HZ // 2, np.float32)
    samples = np.concatenate([part for stretch in stretches for part in (pause, stretch)] + [pause])
    spans = [
        Span(0.5 + index * (length_s + 0.5), 0.5 + index * (length_s + 0.5) + length_s)
        for index in range(len(stretches))
    ]
    turns = [Turn(Role.AGENT, span.start_s, span.end_s, "您好", channel=0) for span in spans]
    return turn_sounds(samples[None], [measure_levels(samples)], [spans], turns)


def test_ten_times_the_power_is_ten_decibels() -> None:
    quiet, loud = of(steady(140, 2.0), steady(140, 2.0) * np.float32(np.sqrt(10)))
    assert quiet.loudness_dbfs is not None
    assert loud.loudness_dbfs == pytest.approx(quiet.loudness_dbfs + 10, abs=0.2)
    assert loud.peak_dbfs == pytest.approx((quiet.peak_dbfs or 0) + 10, abs=0.2)


def test_a_voice_that_is_raised_changes_within_its_turn() -> None:
    gain = np.geomspace(1, 4, 2 * SAMPLE_RATE_HZ).astype(np.float32)
    (raised,) = of(steady(140, 2.0) * gain)
    # The middles of the first and the last third are two thirds of the whole rise of 12 dB apart.
    assert raised.loudness_change_db == pytest.approx(8, abs=0.5)
    assert raised.pitch_change_st == pytest.approx(0, abs=0.2)


def test_a_rising_pitch_has_its_range_and_its_direction() -> None:
    (up,) = of(voice(np.geomspace(120, 240, 2 * SAMPLE_RATE_HZ)))
    (down,) = of(voice(np.geomspace(240, 120, 2 * SAMPLE_RATE_HZ)))
    assert up.pitch_range_st == pytest.approx(10.8, abs=0.6)  # 5th to 95th percentile of an octave
    assert up.pitch_change_st == pytest.approx(8, abs=0.6)
    assert down.pitch_change_st == pytest.approx(-8, abs=0.6)


def test_a_monotone_voice_hardly_moves() -> None:
    (flat,) = of(steady(200, 2.0))
    assert flat.pitch_hz == pytest.approx(200, abs=2)
    assert flat.pitch_range_st == pytest.approx(0, abs=0.3)


def test_a_single_syllable_is_not_measured() -> None:
    (short,) = of(steady(200, 0.2), length_s=0.2)
    assert short == TurnSound()


def test_a_turn_on_a_silent_channel_is_not_measured() -> None:
    samples = np.stack([steady(140, 2.0), np.zeros(2 * SAMPLE_RATE_HZ, np.float32)])
    turns = [Turn(Role.CUSTOMER, 0.0, 2.0, "喂", channel=1)]
    levels = [measure_levels(channel) for channel in samples]
    assert turn_sounds(samples, levels, [[Span(0.0, 2.0)], []], turns) == (TurnSound(),)
