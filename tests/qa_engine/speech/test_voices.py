"""Two voices on one line: told apart where they differ, and said to be alike where they are one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa_engine.calls import Role, Span
from qa_engine.speech.activity import voiced_spans
from qa_engine.speech.audio import Audio, Samples
from qa_engine.speech.media import decode
from qa_engine.speech.mono import MIN_SEPARATION
from qa_engine.speech.two_groups import two_groups
from qa_engine.speech.voices import Voices, tell_apart

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"
UNLIKE = ("tel-003", "ins-008", "edu-004", "wealth-005")


def mixed(audio: Audio) -> Samples:
    return np.asarray(np.mean(audio.samples, axis=0), np.float32)


def right_share(name: str, voices: Voices) -> float:
    """Share of the seconds of one speaker that are given to one and the same voice."""
    turns = json.loads((CALLS / name / "transcript.json").read_text("utf-8"))["turns"]
    hits = [
        voices.at(at_s) == (turn["role"] == Role.AGENT)
        for turn in turns
        for at_s in np.arange(turn["start_s"], turn["end_s"], 0.1)
        if sum(other["start_s"] <= at_s < other["end_s"] for other in turns) == 1
    ]
    return max(float(np.mean(hits)), 1 - float(np.mean(hits)))


@pytest.mark.parametrize("name", UNLIKE)
def test_unlike_voices_of_a_mix_are_told_apart(name: str) -> None:
    sound = mixed(decode(CALLS / name / "audio.opus"))
    voices = tell_apart(sound, voiced_spans(sound))
    assert voices.separation >= MIN_SEPARATION
    assert right_share(name, voices) > 0.95


@pytest.mark.parametrize("name", ["ins-001", "tel-001", "credit-001"])
def test_one_voice_is_not_taken_for_two(name: str) -> None:
    sound = decode(CALLS / name / "audio.opus").samples[0]
    assert tell_apart(sound, voiced_spans(sound)).separation < MIN_SEPARATION


@pytest.mark.parametrize("voiced", [(), (Span(0.0, 0.01),), (Span(0.0, 1.0),)])
def test_nothing_to_hear_is_one_voice(voiced: tuple[Span, ...]) -> None:
    voices = tell_apart(np.zeros(16_000, np.float32), voiced)
    assert voices.separation == 0.0
    assert voices.at(0.5) == 0


def test_a_stray_point_does_not_change_the_group() -> None:
    # two clear groups in time with one point of the second inside the first
    points = np.array([[0.0], [0.1], [5.0], [0.0], [0.1], [5.0], [5.1], [4.9], [5.0]])
    times = 0.2 * np.arange(9)
    labels, ratio = two_groups(points, times, weights=np.ones(9), scale=np.array([0.5]))
    assert labels[2] == labels[1] == labels[3]
    assert set(labels[5:]) == {1 - labels[0]}
    assert ratio > 1


def test_equal_points_have_no_division() -> None:
    labels, ratio = two_groups(np.ones((4, 2)), np.arange(4.0), weights=np.ones(4), scale=np.ones(2))
    assert ratio == 0.0
    assert len(set(labels)) == 1
