"""sherpa-onnx with models made on the spot: text and times through the real library.

Skipped where sherpa-onnx or onnx is not installed: both are among the packages for development."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_engine.calls import Span
from qa_engine.errors import BadSettings
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.sherpa import SherpaOnnx


def sound(*tones_hz: float) -> Samples:
    """Half a second of silence around every second of tone."""
    moments = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pause = np.zeros(SAMPLE_RATE_HZ // 2)
    parts = [pause, *(part for hz in tones_hz for part in (0.1 * np.sin(2 * np.pi * hz * moments), pause))]
    return np.concatenate(parts).astype(np.float32)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sherpa_onnx", reason="sherpa-onnx is an extra that is not installed")
    pytest.importorskip("onnx", reason="onnx, which writes the test's models, is not installed")
    from tests.qa_engine.speech.engines.tiny_onnx import paraformer, sense_voice

    folder = tmp_path_factory.mktemp("sherpa")
    sense_voice(folder / "sense")
    paraformer(folder / "para")
    return folder


def test_sense_voice_gives_words_at_their_times(models: Path) -> None:
    engine = load_recognizer(f"sherpa:{models / 'sense'}", threads=1)
    heard = sound(300, 1000, 300)
    found = engine.recognize(heard, (Span(0.0, len(heard) / SAMPLE_RATE_HZ),), language="zh", prompt=None)
    words = [word for segment in found for word in segment.words]
    assert [word.text for word in words] == ["你", "好", "你"]
    assert [word.start_s for word in words] == pytest.approx([0.5, 2.0, 3.5], abs=0.15)
    assert all(word.start_s < word.end_s for word in words)
    assert {word.confidence for word in words} == {None}
    assert (engine.info.name, engine.info.model, engine.info.demo) == ("sherpa-onnx", "sense", False)
    assert "+weights-" in engine.info.version


def test_windows_are_mapped_back(models: Path) -> None:
    """Two spans far apart share a window: their words lie where they were said."""
    heard = np.concatenate([sound(300), np.zeros(60 * SAMPLE_RATE_HZ, np.float32), sound(1000)])
    engine = load_recognizer(f"sherpa:{models / 'sense'}", threads=1)
    found = engine.recognize(heard, (Span(0.0, 2.0), Span(62.0, 64.0)), language="zh", prompt="")
    assert [(segment.text, int(segment.start_s)) for segment in found] == [("你", 0), ("好", 62)]


def test_paraformer_without_times(models: Path) -> None:
    engine = load_recognizer(f"sherpa:{models / 'para'}", threads=1)
    found = engine.recognize(sound(1000), (Span(0.0, 2.0),), language="zh", prompt=None)
    assert "".join(segment.text for segment in found) == "好"
    assert all(0 <= word.start_s <= word.end_s <= 3 for segment in found for word in segment.words)


def test_a_folder_that_is_no_model_is_named(models: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"tokens\.txt"):
        SherpaOnnx(tmp_path, name="x")
    (tmp_path / "tokens.txt").write_text("a 0\n")
    (tmp_path / "model.onnx").write_bytes(b"no model")
    broken = SherpaOnnx(tmp_path, name="x")
    with pytest.raises(BadSettings, match="无法载入"):
        broken.recognize(sound(300), (Span(0.0, 2.0),), language="zh")
    assert models.is_dir()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("qa_engine.speech.engines.sherpa.version", missing)
    for name in ("tokens.txt", "model.onnx"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(BadSettings) as caught:
        load_recognizer(f"sherpa:{tmp_path}")
    assert "callqa[sherpa]" in caught.value.hint
