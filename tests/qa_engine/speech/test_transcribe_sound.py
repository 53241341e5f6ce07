"""A sample call from its sound: every turn is measured along with the words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from qa_engine.calls import Role
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import Transcribed, transcribe, transcribe_file

CALL = Path(__file__).parents[3] / "fixtures/calls/ins-006/audio.opus"


@pytest.fixture(scope="module")
def heard() -> Transcribed:
    return transcribe_file(CALL, load_recognizer("demo", threads=1), call_id="c", agent_channel=0)


def test_every_turn_has_its_sound(heard: Transcribed) -> None:
    assert len(heard.signals.turns) == len(heard.transcript.turns)
    measured = [sound for sound in heard.signals.turns if sound.loudness_dbfs is not None]
    assert len(measured) >= len(heard.transcript.turns) // 2


def test_levels_are_those_of_the_channel(heard: Transcribed) -> None:
    for turn, sound in zip(heard.transcript.turns, heard.signals.turns, strict=True):
        level = heard.signals.loudness_dbfs[turn.channel or 0]
        if sound.loudness_dbfs is not None and level is not None:
            assert abs(sound.loudness_dbfs - level) < 12


def test_two_voices_have_two_pitches(heard: Transcribed) -> None:
    pitches = {role: [] for role in Role}
    for turn, sound in zip(heard.transcript.turns, heard.signals.turns, strict=True):
        if sound.pitch_hz is not None:
            pitches[turn.role].append(sound.pitch_hz)
    assert all(60 < pitch < 450 for found in pitches.values() for pitch in found)
    # Within a call a voice stays near its own median.
    for found in pitches.values():
        middle = sorted(found)[len(found) // 2]
        assert sum(abs(pitch / middle - 1) < 0.2 for pitch in found) >= 0.8 * len(found)


def test_nothing_said_over_the_other_side_is_lost() -> None:
    """Each channel is heard as if the other were silent: both sides of an overlap keep all their words."""
    audio = decode(CALL.parents[1] / "edu-004" / "audio.opus")
    recognizer = load_recognizer("demo", threads=1)
    together = transcribe(audio, recognizer, call_id="c", agent_channel=0).transcript
    assert any(later.start_s < turn.end_s for turn, later in pairwise(together.turns)), "they do overlap"
    for channel in (0, 1):
        alone = np.zeros_like(audio.samples)
        alone[channel] = audio.samples[channel]
        heard = transcribe(
            replace(audio, samples=alone), recognizer, call_id="c", agent_channel=0, trust_channels=True
        ).transcript
        both = [word for turn in together.turns if turn.channel == channel for word in turn.words]
        assert both == [word for turn in heard.turns for word in turn.words]
