"""Where somebody speaks: voices are found, tones and noise and silence are not."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from qa_engine.calls import Role, Span
from qa_engine.speech.activity import PAD_S, voiced_spans
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.media import decode
from qa_engine.speech.peaks import peaks
from qa_engine.speech.tones import find_tones

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"
RNG = np.random.default_rng(11)


def tone(*hz: float, seconds: float = 2.0, level: float = 0.1) -> Samples:
    moments = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.asarray(sum(level * np.sin(2 * np.pi * f * moments) for f in hz), np.float32)


def noise(seconds: float, level: float) -> Samples:
    return (level * RNG.standard_normal(int(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def ringback(times: int = 3) -> Samples:
    """450 Hz, one second in five: what a Chinese network plays while it rings."""
    return np.concatenate([part for _ in range(times) for part in (tone(450, seconds=1.0), noise(4.0, 1e-4))])


NOBODY = {
    "digital silence": np.zeros(20 * SAMPLE_RATE_HZ, np.float32),
    "line noise": noise(20, 10 ** (-62 / 20)),
    "loud steady noise": noise(20, 0.05),
    "ringback": ringback(),
    "busy tone": np.concatenate([p for _ in range(10) for p in (tone(450, seconds=0.35), noise(0.35, 1e-4))]),
    "key tones": np.concatenate(
        [p for _ in range(6) for p in (tone(770, 1336, seconds=0.7), noise(0.7, 1e-4))]
    ),
    "nothing at all": np.zeros(0, np.float32),
}


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_speaks(name: str) -> None:
    assert voiced_spans(NOBODY[name]) == ()


@pytest.mark.parametrize("name", ["ins-001", "credit-003", "tel-003", "edu-004"])
def test_what_is_said_is_found_within_what_the_recogniser_gets_around_it(name: str) -> None:
    audio = decode(CALLS / name / "audio.opus")
    turns = json.loads((CALLS / name / "transcript.json").read_text("utf-8"))["turns"]
    for channel, role in enumerate((Role.AGENT, Role.CUSTOMER)):
        spans = voiced_spans(audio.samples[channel])
        assert all(later.start_s - one.end_s >= 0.5 for one, later in itertools.pairwise(spans))
        for turn in turns:
            if turn["role"] == role:
                inside = [s for s in spans if s.start_s < turn["end_s"] and s.end_s > turn["start_s"]]
                assert inside, turn["text"]
                assert min(s.start_s for s in inside) <= turn["start_s"] + PAD_S + 0.05
                assert max(s.end_s for s in inside) >= turn["end_s"] - PAD_S


def test_a_quiet_side_is_found_as_well() -> None:
    channel = decode(CALLS / "ins-001" / "audio.opus").samples[1]
    usual, quiet = voiced_spans(channel), voiced_spans(channel * np.float32(0.1))
    assert sum(span.length_s for span in quiet) == pytest.approx(
        sum(span.length_s for span in usual), rel=0.1
    )


def test_tones_are_told_with_their_times() -> None:
    (found,) = find_tones(np.concatenate([noise(1.0, 1e-4), tone(450, seconds=1.0), noise(1.0, 1e-4)]))
    assert (found.start_s, found.end_s) == pytest.approx((1.0, 2.0), abs=0.05)


def test_a_voice_is_no_tone() -> None:
    channel = decode(CALLS / "ins-003" / "audio.opus").samples[0]
    assert sum(span.length_s for span in find_tones(channel)) == 0


def test_peaks_are_the_loudest_sample_of_each_bucket() -> None:
    audio = decode(CALLS / "ins-003" / "audio.opus")
    lanes = peaks(audio)
    assert len(lanes) == 2
    assert len(lanes[0]) == pytest.approx(audio.duration_s * 20, abs=1)
    first = int(np.rint(np.abs(audio.samples[0][: SAMPLE_RATE_HZ // 20]).max() * 127))
    assert lanes[0][0] == first
    assert max(lanes[0]) <= 127


def test_spans_of_speech_lie_inside_the_recording() -> None:
    audio = decode(CALLS / "wealth-001" / "audio.opus")
    for channel in audio.samples:
        for span in voiced_spans(channel):
            assert Span(0, 0).start_s <= span.start_s < span.end_s <= audio.duration_s + 0.02
