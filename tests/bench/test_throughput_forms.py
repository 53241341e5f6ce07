"""What the bench of throughput stands on: one model in several forms, a recital for every search, calls that differ."""

from __future__ import annotations

from pathlib import Path
from struct import unpack

import numpy as np
import pytest

from fixtures.builders.demo_model.evaluate import DEMO_MODEL
from tests.bench.samples import load_samples
from tests.bench.throughput.models import _single_characters
from tests.bench.throughput.short_calls import LONGEST_S, SHORTEST_S, short_calls
from tests.bench.throughput.whisper_forms import ct2, ggml, reciting
from tests.bench.throughput.whisper_forms.weights import Size


def test_a_folder_written_from_what_was_read_holds_the_same_weights(tmp_path: Path) -> None:
    weights = ct2.read(DEMO_MODEL)
    ct2.write(weights, tmp_path, like=DEMO_MODEL, heads=((2, 0),), manifest={})
    again = ct2.read(tmp_path)
    assert again.size == weights.size == Size(128, 4, 3)
    assert again.tensors.keys() == weights.tensors.keys()
    for name, value in weights.tensors.items():
        assert np.allclose(again.tensors[name], value, atol=np.abs(value).max() / 100), name


def test_a_ggml_file_says_its_sizes_and_has_every_token_of_text(tmp_path: Path) -> None:
    ggml.write(ct2.read(DEMO_MODEL), tmp_path / "m", tokenizer=DEMO_MODEL / "tokenizer.json")
    data = (tmp_path / "m").read_bytes()
    assert unpack("<12i", data[:48]) == (0x67676D6C, 51865, 1500, 128, 2, 4, 448, 128, 2, 3, 80, 1)
    at = 48 + 8 + 80 * 201 * 4
    assert unpack("<2i", data[at : at + 8]) == (50_257, 1)  # so many tokens, the first of one byte


@pytest.mark.parametrize("times", [False, True])
@pytest.mark.parametrize("beam", [1, 5])
def test_a_recital_is_the_same_for_every_search(tmp_path: Path, times: bool, beam: int) -> None:
    from faster_whisper import WhisperModel

    text = _single_characters()[:40]
    weights = reciting.reciting(Size(256, 1, 1), text)
    ct2.write(weights, tmp_path, like=DEMO_MODEL, heads=((0, 0),), manifest={})
    model = WhisperModel(str(tmp_path), device="cpu", compute_type="int8", cpu_threads=1)
    noise = np.random.default_rng(0).normal(0.0, 0.1, 32_000).astype(np.float32)
    heard, _ = model.transcribe(noise, language="zh", beam_size=beam, without_timestamps=not times)
    segment = next(heard)
    assert [token for token in segment.tokens if token < reciting.END] == text
    assert segment.avg_logprob > -0.2  # certain enough for every engine to leave it at that


def test_short_calls_are_all_different_and_as_long_as_said() -> None:
    wanted = [one for one in load_samples() if one.id in ("ins-006", "edu-004")]
    calls = short_calls(wanted, 9)
    assert len({one.id for one in calls}) == 9
    assert len({one.audio.samples[:, :8000].tobytes() for one in calls}) == 9
    assert all(SHORTEST_S <= one.duration_s <= LONGEST_S for one in calls)
    assert all("".join(one.said) for one in calls)
