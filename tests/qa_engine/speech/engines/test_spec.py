"""An engine and its options in one line."""

from __future__ import annotations

import pytest

from qa_engine.errors import BadInput
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.engines.spec import parse_spec


def test_model_and_options() -> None:
    spec = parse_spec("/models/belle, beam=2,window=15,compute=int8,hotwords=off")
    assert spec.model == "/models/belle"
    assert spec.options == {"beam_size": 2, "window_s": 15.0, "compute_type": "int8"}
    assert not spec.hotwords
    assert parse_spec("demo").options == {}
    assert parse_spec("demo").hotwords


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("demo,beam", "beam"),
        ("demo,beam=0", "'0'"),
        ("demo,beam=x", "'x'"),
        ("demo,speed=9", "speed"),
        (",beam=1", "模型"),
        ("demo,hotwords=yes", "'yes'"),
    ],
)
def test_what_is_wrong_is_named(text: str, found: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_spec(text)
    assert found in caught.value.message
    assert caught.value.hint


def test_options_reach_the_engine() -> None:
    plain, wide = (
        load_recognizer("demo", threads=1),
        load_recognizer("demo", threads=1, beam_size=1, window_s=20.0),
    )
    assert isinstance(plain, FasterWhisper)
    assert isinstance(wide, FasterWhisper)
    assert (wide._beam_size, wide._window_s) == (1, 20.0)
    assert (plain._beam_size, plain._window_s) != (1, 20.0)
    assert load_recognizer("demo", threads=1) is plain
