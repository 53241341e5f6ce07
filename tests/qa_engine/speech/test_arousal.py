"""Arousal is measured against the speaker's own way of speaking in this call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_engine.calls import Call, CallFacts, CallId, Role, Signals, Transcript, Turn, TurnSound
from qa_engine.speech.arousal import RAISED, arousal

USUAL = TurnSound(loudness_dbfs=-26.0, pitch_hz=180.0)
TEXT = "这款产品一年只要三百元"


def call(*sounds: TurnSound) -> Call:
    turns = tuple(Turn(Role.AGENT, 4.0 * i, 4.0 * i + 3, TEXT) for i in range(len(sounds)))
    return Call(Transcript(CallId("c"), 60, turns), CallFacts(), Signals(turns=sounds))


def test_louder_and_higher_than_usual_is_raised() -> None:
    found = arousal(call(*[USUAL] * 6, TurnSound(loudness_dbfs=-16.0, pitch_hz=260.0)))
    assert all(value == 0 for value in found[:-1])
    assert found[-1] is not None
    assert found[-1] > RAISED


def test_a_voice_that_is_loud_all_the_time_is_not_raised() -> None:
    assert set(arousal(call(*[TurnSound(loudness_dbfs=-12.0, pitch_hz=300.0)] * 6))) == {0.0}


@pytest.mark.parametrize("sounds", [[USUAL] * 4, [TurnSound()] * 8])
def test_too_little_is_no_baseline(sounds: list[TurnSound]) -> None:
    assert set(arousal(call(*sounds))) == {None}


def test_an_imported_transcript_has_no_sound() -> None:
    assert set(arousal(replace(call(*[USUAL] * 6), signals=None))) == {None}
