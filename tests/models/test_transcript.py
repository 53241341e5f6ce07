"""The store gives a transcript back as it took it, in milliseconds, and small."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import reading, session
from models.transcript import (
    get_transcript,
    pack_words,
    quantized,
    transcript_row,
    transcript_sha256,
    unpack_words,
)
from qa_engine.calls import Ending, LineKind, LineSound, Removed, Role, Signals, Span, Turn, TurnSound, Word
from qa_engine.errors import NotFound
from qa_engine.exchange import parse_call, transcript_json
from tests.models.builders import add_call, transcript

SAMPLES = sorted((Path(__file__).parents[2] / "fixtures/calls").glob("*/transcript.json"))

seconds = st.floats(0, 7200, allow_nan=False)
words = st.builds(Word, st.text(max_size=4), seconds, seconds, st.none() | st.floats(0, 1, allow_nan=False))
turns = st.builds(
    Turn,
    st.sampled_from(Role),
    seconds,
    seconds,
    st.text(max_size=20),
    st.none() | st.floats(0, 1),
    st.lists(words, max_size=5).map(tuple),
)


@given(st.lists(turns, max_size=6).map(tuple))
def test_words_survive_packing(given_turns: tuple[Turn, ...]) -> None:
    kept = quantized(replace(transcript(), turns=given_turns))
    assert unpack_words(pack_words(kept.turns)) == tuple(turn.words for turn in kept.turns)


def test_a_transcript_comes_back_with_its_signals(engine: Engine) -> None:
    call_id = add_call(engine)
    given_transcript = transcript(call_id)
    signals = Signals(
        ((Span(0.5, 2.0),), (Span(2.5, 3.1),)),
        (-21.5, None),
        Ending.CONVERSATION,
        (TurnSound(-20.1, 1.5, -14.0, 187.5, 4.2, -1.0), TurnSound()),
        (LineSound(LineKind.RINGBACK, 1, 0.0, 5.0),),
        (Removed("loop", 0, 1.0, 2.0, "好的好的"),),
        0.043,
        (-23.4, None),
    )
    with session(engine) as opened:
        opened.add(transcript_row(call_id, given_transcript, signals))
    with reading(engine) as opened:
        assert get_transcript(opened, call_id) == (given_transcript, signals)


def test_signals_stored_before_turns_were_measured_have_none(engine: Engine) -> None:
    call_id = add_call(engine)
    row = transcript_row(call_id, transcript(call_id), Signals(loudness_dbfs=(-20.0,), turns=(TurnSound(),)))
    assert row.signals is not None
    del row.signals["turns"]
    with session(engine) as opened:
        opened.add(row)
    with reading(engine) as opened:
        assert get_transcript(opened, call_id)[1] == Signals(loudness_dbfs=(-20.0,))


def test_what_is_scored_is_what_is_stored(engine: Engine) -> None:
    """Times are rounded before they are hashed, so that a replay from the store has the same hash."""
    call_id = add_call(engine)
    fine = replace(transcript(call_id), duration_s=4.00049)
    row = transcript_row(call_id, fine, None)
    with session(engine) as opened:
        opened.add(row)
    with reading(engine) as opened:
        stored, _ = get_transcript(opened, call_id)
    assert transcript_sha256(stored) == row.sha256


def test_an_untranscribed_call_is_named(engine: Engine) -> None:
    with reading(engine) as opened, pytest.raises(NotFound, match="文字稿"):
        get_transcript(opened, "none")


def with_words(turn: Turn) -> Turn:
    """A turn with a word for every two characters, as a recogniser would give it."""
    pairs = [turn.text[at : at + 2] for at in range(0, len(turn.text), 2)]
    step = (turn.end_s - turn.start_s) / max(1, len(pairs))
    made = tuple(
        Word(
            text,
            turn.start_s + step * at,
            turn.start_s + step * (at + 0.9),
            0.5 + zlib.crc32(f"{at}{text}".encode()) % 500 / 1000,
        )
        for at, text in enumerate(pairs)
    )
    return replace(turn, words=made)


def test_words_of_the_sample_calls_take_a_fraction_of_their_json() -> None:
    transcripts = [
        replace(call.transcript, turns=tuple(map(with_words, call.transcript.turns)))
        for call in (parse_call(path.read_bytes()) for path in SAMPLES)
    ]
    packed = sum(len(pack_words(made.turns)) for made in transcripts)
    plain = sum(len(json.dumps(transcript_json(quantized(made)))) for made in transcripts)
    assert packed < plain / 5
