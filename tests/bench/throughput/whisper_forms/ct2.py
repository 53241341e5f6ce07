"""CTranslate2 folders ↔ plain arrays. Layout of `model.bin`: `ctranslate2.specs.model_spec.ModelSpec._serialize`; in it queries,
keys and values are one matrix, and int8 rows carry the scale that made them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO, Final

import ctranslate2.specs as ct2
import numpy as np
import numpy.typing as npt

from tests.bench.throughput.whisper_forms.weights import Size, Tensors, Weights, layer_names

_TYPES: Final = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_COPIED: Final = ("tokenizer.json", "preprocessor_config.json")
# From `linear_N` to the parts that openai-whisper keeps apart.
_SELF: Final = (("query", "key", "value"), ("out",))
_CROSS: Final = (("query",), ("key", "value"), ("out",))


def read(folder: Path) -> Weights:
    """The model of a folder, its int8 and float16 turned into float32."""
    stored = _dequantised(_variables(folder / "model.bin"))
    width = stored["encoder/layer_norm/gamma"].shape[0]
    layers = [
        sum(f"{side}/layer_{at}/ffn/linear_0/bias" in stored for at in range(64))
        for side in ("encoder", "decoder")
    ]
    size = Size(width, *layers)
    tensors: dict[str, npt.NDArray[np.float32]] = {
        "decoder.token_embedding.weight": stored["decoder/embeddings/weight"],
        "encoder.ln_post.weight": stored["encoder/layer_norm/gamma"],
        "encoder.ln_post.bias": stored["encoder/layer_norm/beta"],
        "decoder.ln.weight": stored["decoder/layer_norm/gamma"],
        "decoder.ln.bias": stored["decoder/layer_norm/beta"],
    }
    for side in ("encoder", "decoder"):
        tensors[f"{side}.positional_embedding"] = stored[f"{side}/position_encodings/encodings"]
    for conv in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            tensors[f"encoder.{conv}.{part}"] = stored[f"encoder/{conv}/{part}"]
    for prefix, crosses in layer_names(size):
        side, _, at = prefix.split(".")
        theirs = f"{side}/layer_{at}"
        attentions = [
            ("attn", "self_attention", _SELF),
            *([("cross_attn", "attention", _CROSS)] if crosses else []),
        ]
        for ours, name, parts in attentions:
            tensors |= _normed(f"{prefix}.{ours}_ln", stored, f"{theirs}/{name}/layer_norm")
            tensors |= _parted(f"{prefix}.{ours}", stored, f"{theirs}/{name}", parts)
        tensors |= _normed(f"{prefix}.mlp_ln", stored, f"{theirs}/ffn/layer_norm")
        for ours, name in (("mlp.0", "linear_0"), ("mlp.2", "linear_1")):
            for part in ("weight", "bias"):
                tensors[f"{prefix}.{ours}.{part}"] = stored[f"{theirs}/ffn/{name}/{part}"]
    return Weights(size, tensors)


def write(
    weights: Weights, folder: Path, *, like: Path, heads: Sequence[tuple[int, int]], manifest: dict[str, Any]
) -> None:
    """An int8 folder with the tokenizer of `like`; word times come from `heads` (layer, head)."""
    size = weights.size
    has = {name: value.copy() for name, value in weights.tensors.items()}  # quantised in place below
    spec = ct2.WhisperSpec(size.encoder_layers, size.heads, size.decoder_layers, size.heads)
    for side, last in ((spec.encoder, "encoder.ln_post"), (spec.decoder, "decoder.ln")):
        side.position_encodings.encodings = has[f"{last.split('.')[0]}.positional_embedding"]
        _norm(side.layer_norm, has, last)
    for conv in ("conv1", "conv2"):
        _dense(getattr(spec.encoder, conv), has, [f"encoder.{conv}"])
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = has["decoder.token_embedding.weight"]
    for (prefix, crosses), layer in zip(
        layer_names(size), [*spec.encoder.layer, *spec.decoder.layer], strict=True
    ):
        _attention(layer.self_attention, has, f"{prefix}.attn", _SELF)
        if crosses:
            _attention(layer.attention, has, f"{prefix}.cross_attn", _CROSS)
        _norm(layer.ffn.layer_norm, has, f"{prefix}.mlp_ln")
        _dense(layer.ffn.linear_0, has, [f"{prefix}.mlp.0"])
        _dense(layer.ffn.linear_1, has, [f"{prefix}.mlp.2"])
    known = json.loads((like / "config.json").read_text())
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], known["suppress_ids_begin"]
    spec.config.lang_ids, spec.config.alignment_heads = known["lang_ids"], [list(pair) for pair in heads]
    spec.register_vocabulary(json.loads((like / "vocabulary.json").read_text()))
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    for name in _COPIED:
        shutil.copy(like / name, folder / name)
    (folder / "callqa.json").write_text(json.dumps(manifest))


def _variables(path: Path) -> dict[str, npt.NDArray[Any]]:
    with path.open("rb") as file:
        _number(file, "I")
        _text(file)
        _number(file, "I")
        return dict(_variable(file) for _ in range(_number(file, "I")))


def _variable(file: BinaryIO) -> tuple[str, npt.NDArray[Any]]:
    name = _text(file)
    shape = [_number(file, "I") for _ in range(_number(file, "B"))]
    kind = _TYPES[_number(file, "B")]
    return name, np.frombuffer(file.read(_number(file, "I")), kind).reshape(shape)


def _number(file: BinaryIO, kind: str) -> int:
    form = Struct(f"<{kind}")
    return int(form.unpack(file.read(form.size))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode()


def _dequantised(stored: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[np.float32]]:
    made: dict[str, npt.NDArray[np.float32]] = {}
    for name, value in stored.items():
        scale = stored.get(f"{name}_scale")
        whole = value.astype(np.float32)
        made[name] = whole if scale is None else whole / scale.reshape(-1, *[1] * (value.ndim - 1))
    return made


def _normed(ours: str, stored: Tensors, theirs: str) -> dict[str, npt.NDArray[np.float32]]:
    return {f"{ours}.weight": stored[f"{theirs}/gamma"], f"{ours}.bias": stored[f"{theirs}/beta"]}


def _parted(
    ours: str, stored: Tensors, theirs: str, parts: Sequence[Sequence[str]]
) -> dict[str, npt.NDArray[np.float32]]:
    made: dict[str, npt.NDArray[np.float32]] = {}
    for at, names in enumerate(parts):
        for what in ("weight", "bias"):
            for name, value in zip(
                names, np.split(stored[f"{theirs}/linear_{at}/{what}"], len(names)), strict=True
            ):
                if (what, name) != ("bias", "key"):  # Whisper's keys have none; it is kept as zeros
                    made[f"{ours}.{name}.{what}"] = value
    return made


def _norm(layer: Any, has: Tensors, name: str) -> None:
    layer.gamma, layer.beta = has[f"{name}.weight"], has[f"{name}.bias"]


def _dense(layer: Any, has: Tensors, names: Sequence[str]) -> None:
    weights = [has[f"{name}.weight"] for name in names]
    none = np.zeros(weights[0].shape[0], np.float32)
    layer.weight = np.concatenate(weights)
    layer.bias = np.concatenate([has.get(f"{name}.bias", none) for name in names])


def _attention(layer: Any, has: Tensors, name: str, parts: Sequence[Sequence[str]]) -> None:
    _norm(layer.layer_norm, has, f"{name}_ln")
    for dense, names in zip(layer.linear, parts, strict=True):
        _dense(dense, has, [f"{name}.{one}" for one in names])
