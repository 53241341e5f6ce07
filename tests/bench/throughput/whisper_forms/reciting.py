"""A Whisper of any size that recites one sentence whatever it hears.

Where no real weights can be had, speed has to be measured on made-up ones. Drawn at random they end after one token or never, and
every engine then searches, tries again and stops in its own way. These are random too, but a share of the width is set aside:
the blocks leave it alone, each position of the text writes a code of its own into it, and the token that belongs there has that
code. So every engine, whatever its search, gives the same tokens with near certainty and then ends, after all the arithmetic of a
real model of that size. Prompts shift positions and must be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tests.bench.throughput.whisper_forms.weights import (
    AUDIO_POSITIONS,
    MELS,
    TEXT_POSITIONS,
    VOCABULARY,
    Size,
    Weights,
    layer_names,
)

Array: TypeAlias = npt.NDArray[np.float32]
TINY: Final = Size(384, 4, 4)
BASE: Final = Size(512, 6, 6)
SMALL: Final = Size(768, 12, 12)
# Heads that follow the sound, of OpenAI's own models: their number decides what word times cost.
HEADS: Final = {
    TINY: ((2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)),
    BASE: ((3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6)),
    SMALL: ((5, 3), (5, 9), (8, 0), (8, 4), (8, 7), (8, 8), (9, 0), (9, 7), (9, 9), (10, 5)),
}
END: Final = 50_257
FIRST_TIME: Final = 50_364
LAST_TIME: Final = FIRST_TIME + 1500
"""30 s, said after the text: engines that want times take a window without an end for a failure."""
OPENING: Final = 4
"""Start, language, task and "no times" (or the first time): the text begins at the position after."""
_CODE: Final = 128
_QUIET: Final = 0.05  # what blocks of the decoder add: beside a loud rest the last norm would drown the code
_LOUD: Final = 0.25  # of a token's code against a position's: the token before must not win again


def reciting(size: Size, text: Sequence[int], *, seed: int = 0) -> Weights:
    """The model that says `text` (token numbers, all different), then ends."""
    rng = np.random.default_rng(seed)
    width = size.width
    tensors = {
        "encoder.conv1.weight": _drawn(rng, width, MELS, 3),
        "encoder.conv1.bias": _drawn(rng, width),
        "encoder.conv2.weight": _drawn(rng, width, width, 3),
        "encoder.conv2.bias": _drawn(rng, width),
        "encoder.positional_embedding": _drawn(rng, AUDIO_POSITIONS, width),
    }
    for prefix, crosses in layer_names(size):
        tensors |= _block(rng, prefix, width, crosses=crosses)
    tensors |= _norm("encoder.ln_post", width) | _norm("decoder.ln", width)
    return Weights(size, tensors | _recital(rng, width, text))


def _block(rng: np.random.Generator, prefix: str, width: int, *, crosses: bool) -> dict[str, Array]:
    made = _norm(f"{prefix}.mlp_ln", width)
    made |= _dense(rng, f"{prefix}.mlp.0", 4 * width, width) | _dense(
        rng, f"{prefix}.mlp.2", width, 4 * width
    )
    ends = [f"{prefix}.mlp.2.weight"]
    for attention in ("attn", "cross_attn") if crosses else ("attn",):
        made |= _norm(f"{prefix}.{attention}_ln", width)
        for part in ("query", "key", "value", "out"):
            made |= _dense(rng, f"{prefix}.{attention}.{part}", width, width)
        del made[f"{prefix}.{attention}.key.bias"]
        ends.append(f"{prefix}.{attention}.out.weight")
    if crosses:
        for name in ends:
            made[name] *= _QUIET
            made[name][:_CODE] = 0.0
    return made


def _recital(rng: np.random.Generator, width: int, text: Sequence[int]) -> dict[str, Array]:
    said = [*text, LAST_TIME]
    codes = rng.choice(np.float32([-1.0, 1.0]), (len(said) + 2, _CODE))
    positions, table = _drawn(rng, TEXT_POSITIONS, width), _drawn(rng, VOCABULARY, width)
    positions[:, :_CODE] = codes[-1]
    positions[OPENING - 1 : OPENING - 1 + len(said), :_CODE] = codes[: len(said)]
    positions[: OPENING - 1, :_CODE] = codes[-2]  # where engines that want times ask for the first
    table[:, :_CODE] = 0.0
    for token, code in zip([*said, FIRST_TIME, END], codes, strict=True):
        table[token, :_CODE] = _LOUD * code
    return {"decoder.positional_embedding": positions, "decoder.token_embedding.weight": table}


def _drawn(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(0.0, 0.02, shape).astype(np.float32)


def _dense(rng: np.random.Generator, name: str, rows: int, columns: int) -> dict[str, Array]:
    weight = rng.normal(0.0, columns**-0.5, (rows, columns)).astype(np.float32)
    return {f"{name}.weight": weight, f"{name}.bias": np.zeros(rows, np.float32)}


def _norm(name: str, width: int) -> dict[str, Array]:
    return {f"{name}.weight": np.ones(width, np.float32), f"{name}.bias": np.zeros(width, np.float32)}
