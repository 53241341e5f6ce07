"""A queue of calls through the recogniser together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from qa_engine.calls import EngineInfo
from qa_engine.errors import CallQAError
from qa_engine.speech import batch
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, MediaInfo
from qa_engine.speech.batch import Asked, transcribe_many
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Segment, Voice
from qa_engine.speech.engines.catalog import demo_folder
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.engines.sharing import Sharing
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import Recording, transcribe

CALLS = Path(__file__).parents[3] / "fixtures/calls"
SHORT = ("ins-006", "tel-001", "edu-004")


def beginning(name: str, seconds: float = 20.0) -> Recording:
    audio = decode(CALLS / name / "audio.opus")
    samples = audio.samples[:, : int(seconds * SAMPLE_RATE_HZ)]
    return Recording(Audio(samples, audio.info), name, agent_channel=0)


def silence(seconds: float = 5.0) -> Audio:
    info = MediaInfo("pcm", "wav", SAMPLE_RATE_HZ, 2, seconds)
    return Audio(np.zeros((2, int(seconds * SAMPLE_RATE_HZ)), np.float32), info)


def asked(name: str) -> Asked[str]:
    return Asked(name, lambda: beginning(name))


def test_a_call_has_the_same_transcript_alone_and_among_others() -> None:
    """To the word, the millisecond and the probability: neither neighbours nor workers may show."""
    alone = load_recognizer("demo", threads=1)
    together = FasterWhisper(demo_folder(), name="demo", workers=2, threads=1, batch=5)
    found = {one.key: one.made for one in transcribe_many(map(asked, SHORT), together, threads=2)}
    assert list(found) == list(SHORT)
    for name in SHORT:
        call = beginning(name)
        assert found[name] == transcribe(call.audio, alone, call_id=name, agent_channel=0)


def test_what_is_wrong_with_one_call_is_its_own() -> None:
    def broken() -> Recording:
        raise CallQAError("damaged")

    queue = [
        Asked("broken", broken),
        asked("ins-006"),
        Asked("silent", lambda: Recording(silence(), "silent")),
        Asked("channel", lambda: Recording(silence(), "channel", agent_channel=7)),
    ]
    ended = list(transcribe_many(queue, load_recognizer("demo", threads=1)))
    assert [one.key for one in ended] == ["broken", "ins-006", "silent", "channel"]
    assert ended[1].made is not None
    assert ended[1].made.transcript.turns
    assert [type(one.error) for one in ended] == [CallQAError, type(None), NoSpeech, type(ended[3].error)]
    assert isinstance(ended[3].error, CallQAError)


class Fragile:
    """Raises whenever the call of that name is among the voices; counts how many it got at a time."""

    info = EngineInfo("fragile", "x", "1")

    def __init__(self, bad: str) -> None:
        self.bad = bad
        self.seen: list[int] = []

    def recognize(self, *_: object, **__: object) -> tuple[Segment, ...]:
        raise AssertionError("the batch is asked for")

    def recognize_all(self, voices: Sequence[Voice]) -> tuple[tuple[Segment, ...], ...]:
        self.seen.append(len(voices))
        if any(voice.call == self.bad for voice in voices):
            raise RuntimeError("out of memory")
        return tuple(() for _ in voices)


def test_where_hearing_a_group_fails_the_others_are_heard_alone() -> None:
    recognizer = Fragile("tel-001")
    ended = list(transcribe_many(map(asked, SHORT), recognizer))
    assert recognizer.seen == [6, 2, 2, 2]
    assert [type(one.error) for one in ended] == [type(None), RuntimeError, type(None)]


@pytest.fixture
def counted() -> tuple[list[str], Callable[[str], Asked[int]]]:
    opened: list[str] = []
    sound = beginning("ins-006").audio

    def ask(name: str) -> Asked[int]:
        def open_it() -> Recording:
            opened.append(name)
            return Recording(sound, name, agent_channel=0)

        return Asked(int(name), open_it)

    return opened, ask


def test_only_one_group_is_open_at_a_time(
    counted: tuple[list[str], Callable[[str], Asked[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, ask = counted
    monkeypatch.setattr(batch, "MOST_CALLS", 3)
    results = transcribe_many((ask(str(number)) for number in range(8)), Fragile("none"))
    seen = [len(opened) for _ in results]
    assert seen == [3, 3, 3, 6, 6, 6, 8, 8]


def test_a_lonely_call_waits_for_nobody(counted: tuple[list[str], Callable[[str], Asked[int]]]) -> None:
    opened, ask = counted
    recognizer = Fragile("none")
    assert [one.key for one in transcribe_many([ask("1")], recognizer)] == [1]
    assert (opened, recognizer.seen) == (["1"], [2])


def test_calls_share_windows_only_where_that_is_asked_for() -> None:
    """The demo model was never measured to bear it, so its manifest does not ask; a window shared by two channels gives each
    its own words back, and none outside of its speech."""
    call = beginning("ins-006", 12.0)
    shared = FasterWhisper(demo_folder(), name="demo", threads=1, fill_s=28, sharing=Sharing.CALL)
    made = transcribe(call.audio, shared, call_id="c", agent_channel=0)
    channels = {turn.channel for turn in made.transcript.turns}
    assert channels == {0, 1}
    for turn in made.transcript.turns:
        for word in turn.words:
            middle = (word.start_s + word.end_s) / 2
            spans = made.signals.speech[turn.channel or 0]
            assert any(span.start_s - 0.5 <= middle <= span.end_s + 0.5 for span in spans)
