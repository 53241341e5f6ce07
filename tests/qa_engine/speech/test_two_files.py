"""A call of two files is the call of two channels: the same turns, roles and score; what is no side is refused by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from qa_engine.calls import Call, Role, RoleSource, Transcript
from qa_engine.errors import BadInput, CallQAError
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, Limits, MediaInfo
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.errors import TooLong, TooManyChannels
from qa_engine.speech.media import decode
from qa_engine.speech.signals import measure
from qa_engine.speech.transcribe import Transcribed, transcribe
from qa_engine.speech.two_files import decode_sides, join_sides, write_flac
from tests.sound import wav

CALL = Path(__file__).parents[3] / "fixtures/calls/ins-006/audio.opus"
SECOND = SAMPLE_RATE_HZ


def sound(*levels: float, rate_hz: int = SAMPLE_RATE_HZ) -> Audio:
    """A second at each level, one channel."""
    samples = np.repeat(np.asarray(levels, np.float32), SECOND)[None]
    return Audio(samples, MediaInfo("pcm_s16le", "wav", rate_hz, 1, float(len(levels))))


def write_wav(path: Path, lanes: np.ndarray, rate_hz: int) -> Path:
    layout = "stereo" if len(lanes) == 2 else "mono"
    with av.open(str(path), "w", format="wav") as target:
        stream = target.add_stream("pcm_s16le", rate=rate_hz, layout=layout)
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate_hz)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(lanes), format="fltp", layout=layout)
        frame.sample_rate = SAMPLE_RATE_HZ
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            piece.pts = None
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("offset_s", "agent", "customer"),
    [
        (0.0, [1, 2, 0], [3, 4, 5]),
        (1.0, [1, 2, 0, 0], [0, 3, 4, 5]),
        (-2.0, [0, 0, 1, 2], [3, 4, 5, 0]),
        (4.0, [1, 2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 3, 4, 5]),
    ],
)
def test_sides_of_any_length_lie_at_their_times(
    offset_s: float, agent: list[int], customer: list[int]
) -> None:
    joined = join_sides(sound(0.1, 0.2), sound(0.3, 0.4, 0.5), customer_offset_s=offset_s)
    by_second = joined.samples[:, SECOND // 2 :: SECOND]
    assert np.allclose(by_second, np.asarray([agent, customer]) / 10)
    assert joined.info.channels == 2
    assert joined.info.duration_s == len(agent)


@pytest.mark.parametrize("offset_s", [float("nan"), float("inf"), 1e9, -1e9])
def test_an_offset_that_is_no_time_is_refused(offset_s: float) -> None:
    with pytest.raises(BadInput, match="customer_offset_s"):
        join_sides(sound(0.1), sound(0.2), customer_offset_s=offset_s)


def test_what_an_offset_makes_too_long_is_refused() -> None:
    with pytest.raises(TooLong, match="两路"):
        join_sides(sound(0.1), sound(0.2, 0.2), customer_offset_s=9.0, limits=Limits(max_decoded_s=9.0))


def test_a_side_that_a_recorder_wrote_on_two_channels(tmp_path: Path) -> None:
    (tmp_path / "mono.wav").write_bytes(wav(1.0, channels=1))
    one = decode(tmp_path / "mono.wav").samples
    for name, lanes in {
        "same": [one[0], one[0]],
        "left": [one[0], 0 * one[0]],
        "right": [0 * one[0], one[0]],
    }.items():
        write_wav(tmp_path / f"{name}.wav", np.stack(lanes), 16_000)
        joined = decode_sides(tmp_path / f"{name}.wav", tmp_path / "mono.wav")
        assert np.allclose(joined.samples[0], one[0], atol=1e-3)


def test_a_file_with_both_sides_is_no_side(tmp_path: Path) -> None:
    (tmp_path / "mono.wav").write_bytes(wav(1.0, channels=1))
    (tmp_path / "both.wav").write_bytes(wav(1.0, channels=2))
    with pytest.raises(TooManyChannels) as caught:
        decode_sides(tmp_path / "mono.wav", tmp_path / "both.wav")
    assert caught.value.where
    assert caught.value.where.file == "both.wav"


@pytest.mark.parametrize(("rate_hz", "kept_hz"), [(8_000, 8_000), (11_025, 11_025), (48_000, 16_000)])
def test_it_is_kept_at_its_own_rate_without_loss_that_counts(
    tmp_path: Path, rate_hz: int, kept_hz: int
) -> None:
    moments = np.arange(25 * SECOND) / SAMPLE_RATE_HZ
    lanes = [0.5 * np.sin(2 * np.pi * hz * moments).astype(np.float32)[None] for hz in (440, 1000)]
    info = MediaInfo("pcm_alaw", "wav", rate_hz, 1, 25.0)
    joined = join_sides(*(Audio(lane, info) for lane in lanes))
    write_flac(joined, tmp_path / "kept.flac")
    kept = decode(tmp_path / "kept.flac")
    assert kept.info.sample_rate_hz == kept_hz
    assert abs(kept.duration_s - 25.0) < 0.01
    length = min(kept.samples.shape[1], 25 * SECOND) - SECOND
    difference = kept.samples[:, SECOND:length] - joined.samples[:, SECOND:length]
    assert float(np.abs(difference).max()) < 1e-3


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Transcribed]:
    """One sample call as dialers may hand it in."""
    folder = tmp_path_factory.mktemp("sides")
    samples = decode(CALL).samples
    two = decode(write_wav(folder / "two.wav", samples, 8_000))
    agent, customer = (write_wav(folder / f"{n}.wav", samples[n : n + 1], 8_000) for n in (0, 1))
    late = write_wav(folder / "late.wav", samples[1:, SECOND // 4 : -SECOND], 16_000)
    write_flac(decode_sides(agent, customer), folder / "kept.flac")
    sounds = {
        "two channels": (two, 0),
        "wrong map": (two, 1),
        "two files": (decode_sides(agent, customer), 0),
        "two files, stored": (decode(folder / "kept.flac"), 0),
        "files given the wrong way round": (decode_sides(customer, agent), 0),
        "unlike lengths, rates and starts": (decode_sides(agent, late, customer_offset_s=0.25), 0),
        "mono": (replace(two, samples=two.samples.mean(axis=0, keepdims=True)), None),
    }
    recognizer = load_recognizer("demo", threads=1)
    return {
        name: transcribe(audio, recognizer, call_id="c", agent_channel=channel)
        for name, (audio, channel) in sounds.items()
    }


def said(transcript: Transcript) -> list[str]:
    return ["".join(turn.text for turn in transcript.turns if turn.role is role) for role in Role]


def verdicts(heard: Transcribed) -> dict[str, str]:
    plan = compile_rubric(
        load_rubric(find_rubric("telesales-standard")), zone=ZoneInfo("Asia/Shanghai"), code_version="test"
    )
    call = Call(heard.transcript, signals=heard.signals)
    assert measure(call)
    return {item.id: str(item.verdict) for item in evaluate(call, plan).items}


def test_two_files_are_the_same_call_to_the_millisecond(variants: dict[str, Transcribed]) -> None:
    assert variants["two files"].transcript == variants["two channels"].transcript
    assert variants["two files"].signals == variants["two channels"].signals


@pytest.mark.parametrize(
    ("name", "swapped"),
    [
        ("wrong map", True),
        ("files given the wrong way round", True),
        ("two files, stored", False),
        ("unlike lengths, rates and starts", False),
    ],
)
def test_the_story_is_the_same(variants: dict[str, Transcribed], name: str, swapped: bool) -> None:
    """Other rates and rounding move a few characters of a model that is as sure of itself as the demo model."""
    base, other = variants["two channels"], variants[name]
    assert other.transcript.role_source is (RoleSource.SWAPPED if swapped else RoleSource.CHANNEL)
    for mine, theirs in zip(said(other.transcript), said(base.transcript), strict=True):
        assert Levenshtein.distance(mine, theirs) <= 0.08 * len(theirs)
    assert abs(len(other.transcript.turns) - len(base.transcript.turns)) <= 1
    assert verdicts(other) == verdicts(base)


def test_one_channel_hardly_contradicts_what_two_say(variants: dict[str, Transcribed]) -> None:
    """Voices mixed into one channel are guessed apart: what depends on that is unknown, not another verdict. A word that one
    voice covers is there for nobody; whether 安(心保险) is heard here depends on the processor's int8 arithmetic."""
    base, mono = verdicts(variants["two channels"]), verdicts(variants["mono"])
    assert variants["mono"].transcript.role_confidence < 0.8
    contradicted = {name for name, verdict in mono.items() if verdict not in {base[name], "unknown"}}
    lost = "安心保险" not in "".join(turn.text for turn in variants["mono"].transcript.turns)
    assert contradicted <= ({"opening.identity"} if lost else set())


def test_what_is_wrong_is_said_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(1.0, channels=1))
    (tmp_path / "c.wav").write_bytes(b"no sound")
    with pytest.raises(CallQAError) as caught:
        decode_sides(tmp_path / "a.wav", tmp_path / "c.wav")
    assert caught.value.where
    assert caught.value.where.file == "c.wav"
