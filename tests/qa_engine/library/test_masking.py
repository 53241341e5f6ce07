"""What a clip hides: in the text as blocks, in the sound as a tone on every channel, and nothing beside it."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from qa_engine.calls import CallId, Role, Transcript, Turn, Word
from qa_engine.language.redaction import BLOCK
from qa_engine.library.masking import PAD_MS, mask
from qa_engine.library.sound import PER_MS, TONE_HZ, as_wav, clip_sound, tone
from qa_engine.speech.audio import SAMPLE_RATE_HZ

NUMBER = "13812345678"


def spoken(text: str, start_s: float, role: Role = Role.CUSTOMER, *, per_s: float = 0.2) -> Turn:
    """A turn whose every character is a word of `per_s` seconds."""
    words = tuple(
        Word(char, round(start_s + place * per_s, 3), round(start_s + (place + 1) * per_s, 3))
        for place, char in enumerate(text)
    )
    return Turn(role, start_s, words[-1].end_s, text, 0.9, words)


def call(*turns: Turn) -> Transcript:
    return Transcript(CallId("c"), turns[-1].end_s + 1, turns)


ASKED = spoken("请问您的手机号是多少", 1.0, Role.AGENT)
TOLD = spoken(f"我的号码是{NUMBER}你记一下", 4.0)
FIRST_MS, LAST_MS = 5000 - PAD_MS, 5000 + len(NUMBER) * 200 + PAD_MS


def test_a_number_is_a_tone_on_both_channels_and_nothing_else_changes() -> None:
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, (2, 10 * SAMPLE_RATE_HZ)).astype(np.float32)
    stretch = (3500, 9500)
    masked = mask(call(ASKED, TOLD), stretch)
    assert masked.tones == ((FIRST_MS - 3500, LAST_MS - 3500),)
    assert masked.found == 1
    heard = clip_sound(noise, stretch, masked.tones)
    first, last = (FIRST_MS - 3500) * PER_MS, (LAST_MS - 3500) * PER_MS
    original = noise[:, 3500 * PER_MS : 9500 * PER_MS]
    assert np.array_equal(heard[:, :first], original[:, :first])
    assert np.array_equal(heard[:, last:], original[:, last:])
    for channel in heard:
        assert np.array_equal(channel[first:last], tone(last - first))
    spectrum = np.abs(np.fft.rfft(heard[0, first:last]))
    assert np.argmax(spectrum) * SAMPLE_RATE_HZ / (last - first) == pytest.approx(TONE_HZ, abs=1)
    assert np.shares_memory(heard, noise) is False


def test_the_text_has_blocks_and_only_what_is_said_inside() -> None:
    lines = mask(call(ASKED, TOLD), (3500, 8000)).lines
    assert [(line.role, line.at_ms, line.text) for line in lines] == [
        (Role.CUSTOMER, 500, f"我的号码是{BLOCK * 11}你记一下")
    ]
    cut = mask(call(ASKED, TOLD), (4000, 5000)).lines
    assert [line.text for line in cut] == ["我的号码是"]


# turn of the number → what must be a tone; each lacks the times of some or all words
UNTIMED = [
    # no words at all: nobody knows where in the turn
    (Turn(Role.CUSTOMER, 4.0, 7.6, TOLD.text, 0.9), (4000 - PAD_MS, 7600 + PAD_MS)),
    # words of the number that the recogniser left out are between those around it
    (
        Turn(Role.CUSTOMER, 4.0, 7.6, TOLD.text, 0.9, (*TOLD.words[:5], *TOLD.words[-4:])),
        (5000 - PAD_MS, 7200 + PAD_MS),
    ),
    # only its second half has times
    (
        Turn(Role.CUSTOMER, 4.0, 7.6, TOLD.text, 0.9, (*TOLD.words[:5], *TOLD.words[11:])),
        (5000 - PAD_MS, 7200 + PAD_MS),
    ),
]


@pytest.mark.parametrize(("turn", "hidden"), UNTIMED)
def test_words_without_times_hide_more_never_less(turn: Turn, hidden: tuple[int, int]) -> None:
    assert mask(call(ASKED, turn), (0, 9000)).tones == (hidden,)


def test_a_number_at_the_edge_is_hidden_where_it_is_inside() -> None:
    assert mask(call(ASKED, TOLD), (6000, 9000)).tones == ((0, LAST_MS - 6000),)


def test_a_person_hides_more() -> None:
    masked = mask(call(ASKED, TOLD), (0, 9000), marked=[(1000, 1400)])
    assert masked.tones == ((1000, 1400), (FIRST_MS, LAST_MS))
    assert masked.lines[0].text == f"{BLOCK * 2}您的手机号是多少"
    assert masked.found == 1


def test_the_file_is_plain_pcm_of_the_clip() -> None:
    sound = np.array([[0.0, 0.5, -1.0, 1.0], [0.25, 0.0, 0.0, -0.25]], dtype=np.float32)
    with wave.open(io.BytesIO(as_wav(sound))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 16_000, 4)
        samples = np.frombuffer(file.readframes(4), "<i2").reshape(4, 2).T
    assert np.allclose(samples / 32767, sound, atol=1e-4)
