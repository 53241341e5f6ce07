"""What the line plays is told by frequency, rhythm and steadiness; voices are neither tone nor music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixtures.builders import line_audio as made
from qa_engine.calls import LineKind, LineSound, Span
from qa_engine.speech.activity import voiced_spans
from qa_engine.speech.audio import Audio, MediaInfo, Samples
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.line_sounds import line_sounds, nobody_spoke, without_line
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"
SOUNDS = {
    "ringback": (made.cadence(made.RINGBACK_S, 20), LineKind.RINGBACK, (0.0, 16.0)),
    "busy": (made.cadence(made.BUSY_S, 5), LineKind.BUSY, (0.0, 4.55)),
    "congestion": (made.cadence(made.CONGESTION_S, 9), LineKind.BUSY, (0.0, 9.0)),
    "dial tone": (made.cadence((60.0, 1.0), 8), LineKind.DIAL, (0.0, 8.0)),
    "a network that strays": (made.cadence((1.1, 3.8), 20, hz=440), LineKind.RINGBACK, (0.0, 15.8)),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_tones_by_their_rhythm(name: str) -> None:
    samples, kind, (start_s, end_s) = SOUNDS[name]
    (found,) = line_sounds(samples, 1)
    assert (found.kind, found.channel) == (kind, 1)
    assert (found.start_s, found.end_s) == pytest.approx((start_s, end_s), abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_music_with_its_times(seed: int) -> None:
    samples = made.joined([made.noise(6), made.music(15, seed=seed), made.noise(6)])
    (found,) = line_sounds(samples)
    assert found.kind is LineKind.MUSIC
    assert (found.start_s, found.end_s) == pytest.approx((6.0, 21.0), abs=2.6)  # a block


@pytest.mark.parametrize("samples", [made.silence(9), made.noise(20, dbfs=-30), made.crackle(20)])
def test_noise_is_nothing(samples: Samples) -> None:
    assert line_sounds(samples) == ()


@pytest.mark.parametrize("name", ["ins-001", "edu-004", "wealth-002"])
def test_voices_are_no_line_sound(name: str) -> None:
    assert [line_sounds(channel) for channel in decode(CALLS / name / "audio.opus").samples] == [(), ()]


def test_the_ringing_of_a_sample_call_is_heard_where_it_is() -> None:
    (found,) = line_sounds(decode(CALLS / "tel-005" / "audio.opus").samples[1], 1)
    assert found.kind is LineKind.RINGBACK


def test_music_is_not_taken_for_a_voice_and_a_voice_over_music_stays() -> None:
    music = (LineSound(LineKind.MUSIC, 0, 0.0, 10.0),)
    assert without_line((Span(1, 5), Span(9, 20)), music) == (Span(9, 20),)


@pytest.mark.parametrize(
    "samples",
    [
        made.joined([made.cadence(made.RINGBACK_S, 20), made.music(20), made.cadence(made.BUSY_S, 5)]),
        made.joined([made.noise(20), made.crackle(20), made.silence(10)]),
        made.music(40, seed=4, beat_s=0.3),
    ],
    ids=["ringing, a song, busy", "noise", "music"],
)
def test_no_text_is_made_of_sound_without_a_voice(samples: Samples) -> None:
    audio = Audio(np.stack([samples, samples]), MediaInfo("made", "made", 16_000, 2, len(samples) / 16_000))
    with pytest.raises(NoSpeech):
        transcribe(audio, load_recognizer("demo", threads=1), call_id="c", agent_channel=0)


def test_what_was_heard_instead_is_said() -> None:
    sounds = line_sounds(made.joined([made.cadence(made.RINGBACK_S, 11), made.cadence(made.BUSY_S, 5)]))
    assert nobody_spoke(sounds) == ",只有忙音 4 秒、振铃 11 秒"
    assert nobody_spoke(()) == ""


def test_a_voice_between_music_is_found() -> None:
    voice = decode(CALLS / "ins-003" / "audio.opus").samples[0]
    samples = made.joined([made.music(15), made.noise(2), voice])
    speech = without_line(voiced_spans(samples), line_sounds(samples))
    expected = sum(span.length_s for span in voiced_spans(voice))
    assert sum(span.length_s for span in speech) == pytest.approx(expected, rel=0.1)
    assert speech[0].start_s > 15
