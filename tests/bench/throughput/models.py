"""The models that the ways run on: the demo model and those that recite, in the form of each engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from fixtures.builders.demo_model.evaluate import DEMO_MODEL
from tests.bench.throughput.whisper_forms import ct2, ggml, reciting
from tests.bench.throughput.whisper_forms.weights import Size, Weights

SIZES: Final[Mapping[str, Size]] = {
    "tiny": reciting.TINY,
    "base": reciting.BASE,
    "small": reciting.SMALL,
}
TOKENS: Final = 64
"""Of every window: what 12 s of talk take, the usual window of a side of a short call."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The same weights for CTranslate2 (folder), openai-whisper (.npz, see `engine_process`) and whisper.cpp."""

    folder: Path
    openai: Path
    cpp: Path


def demo(at: Path) -> Forms:
    """The demo model as it is shipped; its int8 weights as float for the others."""
    return _others(ct2.read(DEMO_MODEL), DEMO_MODEL, at)


def made_up(name: str, at: Path) -> Forms:
    """A model of that size of `SIZES` that recites `TOKENS` tokens."""
    size = SIZES[name]
    weights = reciting.reciting(size, _single_characters()[:TOKENS])
    manifest = {"name": f"{name} size, random weights", "prompt": ""}
    ct2.write(weights, at / name, like=DEMO_MODEL, heads=reciting.HEADS[size], manifest=manifest)
    return _others(weights, at / name, at)


def _others(weights: Weights, folder: Path, at: Path) -> Forms:
    forms = Forms(folder, at / f"{folder.name}.npz", at / f"{folder.name}.ggml")
    np.savez(forms.openai, dims=np.array(json.dumps(weights.size.dims)), **weights.tensors)
    ggml.write(weights, forms.cpp, tokenizer=folder / "tokenizer.json")
    return forms


def _single_characters() -> list[int]:
    """Tokens that are one Chinese character each."""
    tokenizer = Tokenizer.from_file(str(DEMO_MODEL / "tokenizer.json"))
    texts = ((number, tokenizer.decode([number])) for number in range(reciting.END))
    return [number for number, text in texts if len(text) == 1 and "一" <= text <= "鿿"]
