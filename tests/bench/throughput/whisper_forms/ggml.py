"""Plain arrays → a model file of whisper.cpp. The layout is described in the head of its `models/convert-pt-to-ggml.py`: sizes, mel
filters, tokens as bytes, then each array with its shape turned round; matrices float16, the rest float32."""

from __future__ import annotations

import json
from pathlib import Path
from struct import pack
from typing import Final

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

from tests.bench.throughput.whisper_forms.weights import MELS, Weights

_MAGIC: Final = 0x67676D6C
_FLOAT16_MATRICES: Final = 1
_WHOLE: Final = ("positional_embedding", "conv1.bias", "conv2.bias")


def write(weights: Weights, path: Path, *, tokenizer: Path) -> None:
    """The file at `path`. `tokenizer` is a tokenizer.json, of which the tokens that are text are taken."""
    dims = weights.size.dims
    filters = FeatureExtractor.get_mel_filters(16_000, 400, n_mels=MELS).astype(np.float32)
    with path.open("wb") as file:
        sizes = [dims[name] for name in dims if name != "n_mels"]
        file.write(pack("<12i", _MAGIC, *sizes, MELS, _FLOAT16_MATRICES))
        file.write(pack("<2i", *filters.shape) + filters.tobytes())
        tokens = _tokens(tokenizer)
        file.write(pack("<i", len(tokens)))
        for token in tokens:
            file.write(pack("<i", len(token)) + token)
        for name, given in weights.tensors.items():
            value = given.reshape(-1, 1) if name.endswith(("conv1.bias", "conv2.bias")) else given
            small = value.ndim < 2 or name.endswith(_WHOLE)
            label = name.encode()
            file.write(pack("<3i", value.ndim, len(label), 0 if small else 1))
            file.write(pack(f"<{value.ndim}i", *reversed(value.shape)) + label)
            file.write(np.ascontiguousarray(value, np.float32 if small else np.float16).tobytes())


def _tokens(tokenizer: Path) -> list[bytes]:
    """Tokens of text in order of their numbers."""
    vocabulary: dict[str, int] = json.loads(tokenizer.read_text("utf-8"))["model"]["vocab"]
    special = {token["content"] for token in json.loads(tokenizer.read_text("utf-8"))["added_tokens"]}
    letters = _letters()
    in_order = sorted((number, token) for token, number in vocabulary.items() if token not in special)
    return [bytes(letters[letter] for letter in token) for _, token in in_order]


def _letters() -> dict[str, int]:
    """The letter that stands for each byte in GPT-2's vocabularies → the byte."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + at): byte for at, byte in enumerate(rest)}
