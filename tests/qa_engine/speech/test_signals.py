"""Figures of a call: what counts as silence, interruption, response, pace; None where it cannot be measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_engine.calls import (
    Call,
    CallFacts,
    CallId,
    Ending,
    LineKind,
    LineSound,
    Role,
    Signals,
    Span,
    Transcript,
    Turn,
    Word,
)
from qa_engine.speech.backchannels import is_backchannel
from qa_engine.speech.signals import interruptions, measure, silences, yields

A, C = Role.AGENT, Role.CUSTOMER


def call(
    *turns: tuple[Role, float, float, str], speech: tuple[tuple[Span, ...], ...] = (), duration_s: float = 60
) -> Call:
    made = tuple(
        Turn(role, start_s, end_s, text, channel=0 if role is A else 1)
        for role, start_s, end_s, text in turns
    )
    signals = Signals(speech, (None, None), Ending.CONVERSATION) if speech else None
    return Call(Transcript(CallId("c"), duration_s, made), CallFacts(), signals)


TALK = (
    (A, 2.0, 8.0, "您好我是安心保险的李晓梅请问您现在方便吗"),
    (C, 9.0, 11.0, "方便你说"),
    (A, 11.5, 21.5, "我们这款产品一年只要三百六十五元"),
    (C, 30.0, 32.0, "有点贵"),
)


def test_shares_and_times() -> None:
    found = measure(call(*TALK))
    assert found["talk_ratio"] == pytest.approx(16 / 20)
    assert found["agent_talk_s"] == 16
    assert found["longest_silence_s"] == 8.5  # 21.5 → 30; the ringing before 2.0 does not count
    assert found["silence_ratio"] == pytest.approx((1 + 0.5 + 8.5) / 30, abs=1e-3)
    assert found["response_time_s"] == 0.5
    assert found["agent_chars_per_min"] == pytest.approx((20 + 16) / 16 * 60, abs=0.1)
    assert found["turns"] == 4


def test_voiced_spans_of_both_channels_go_before_the_edges_of_turns() -> None:
    speech = ((Span(2, 5), Span(12, 20)), (Span(9, 10),))
    found = measure(call(*TALK[:3], speech=speech))
    assert (found["agent_talk_s"], found["customer_talk_s"]) == (11, 1)


def test_too_little_speech_gives_no_rate() -> None:
    found = measure(call((A, 0.0, 2.0, "您好"), (C, 2.5, 3.0, "喂")))
    assert found["talk_ratio"] is None  # below 10 s
    assert found["agent_chars_per_min"] is None  # below 3 s


def test_an_empty_call_has_no_figures() -> None:
    found = measure(call())
    assert found["longest_silence_s"] is None
    assert found["silence_ratio"] is None
    assert found["agent_interruptions"] is None
    assert silences(call(), 1.0) == ()


def test_a_pause_between_words_is_a_silence_only_in_a_turn_as_long() -> None:
    words = (Word("您", 1.0, 1.5), Word("好", 3.0, 3.5))
    turns = (Turn(A, 1.0, 3.5, "您好", words=words), Turn(C, 6.0, 7.0, "喂"))
    subject = Call(Transcript(CallId("c"), 8.0, turns))
    assert silences(subject, 1.0) == (Span(1.5, 3.0), Span(3.5, 6.0))
    assert silences(subject, 2.5) == (Span(3.5, 6.0),)


CUTS = [
    # the customer speaks 0–5; the agent comes in …
    ("您先听我说完", 2.0, True),
    ("嗯嗯", 2.0, False),  # … only to show that he listens
    ("您先听我说完", 4.9, False),  # … as the customer ends: a quick answer
    ("您先听我说完", 0.3, False),  # … before he has heard that the customer speaks
]


@pytest.mark.parametrize(("text", "at_s", "counts"), CUTS)
def test_what_is_an_interruption(text: str, at_s: float, counts: bool) -> None:
    made = call((C, 0.0, 5.0, "我跟你说我上次买的那个保险"), (A, at_s, at_s + 3, text))
    assert bool(interruptions(made, A)) is counts
    assert interruptions(made, C) == ()


def test_coming_in_while_the_other_pauses_is_no_interruption() -> None:
    words = (Word("我跟你说", 0.0, 1.0), Word("上次", 3.0, 4.0))
    customer = Turn(C, 0.0, 4.0, "我跟你说上次", words=words)
    agent = Turn(A, 1.6, 2.9, "您说的是哪一份")
    paused = Call(Transcript(CallId("c"), 9.0, (customer, agent)), CallFacts(), None)
    assert interruptions(paused, A) == ()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("嗯", True),
        ("对对对", True),
        ("好的，好的", True),
        ("", True),
        ("好的我不需要", False),
        ("是吗怎么会这样", False),
    ],
)
def test_backchannels(text: str, is_one: bool) -> None:
    assert is_backchannel(text) is is_one


def test_music_on_hold_is_no_silence_and_ringing_comes_before_the_greeting() -> None:
    line = (LineSound(LineKind.RINGBACK, 1, 0.0, 1.0), LineSound(LineKind.MUSIC, 1, 22.5, 28.5))
    held = replace(call(*TALK), signals=Signals(line=line))
    found = measure(held)
    assert found["hold_s"] == 6.0
    assert found["longest_silence_s"] == 1.5  # of 21.5 → 30 six seconds are music
    assert found["silence_ratio"] == pytest.approx((1 + 0.5 + 1.0 + 1.5) / (30 - 6), abs=1e-3)
    assert found["greeting_s"] == 1.0  # the agent speaks at 2.0
    assert silences(held, 1.2) == (Span(28.5, 30.0),)


def test_without_sound_nothing_is_known_of_the_line() -> None:
    found = measure(call(*TALK))
    assert (found["hold_s"], found["greeting_s"], found["expected_cer"]) == (None, None, None)


@pytest.mark.parametrize(("customer_ends_s", "count"), [(4.0, 1), (9.0, 0)])
def test_who_stops_first_when_the_other_cuts_in(customer_ends_s: float, count: int) -> None:
    made = call((C, 0.0, customer_ends_s, "我跟你说我上次买的那个保险"), (A, 2.0, 6.0, "您先听我说完"))
    assert yields(made, C) == count
