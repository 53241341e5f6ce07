"""A Whisper model as plain arrays under the names of openai-whisper's checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Tensors: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
MELS: Final = 80
AUDIO_POSITIONS: Final = 1500
TEXT_POSITIONS: Final = 448
VOCABULARY: Final = 51_865


@dataclass(frozen=True, slots=True)
class Size:
    """Width, heads (64 wide each, as in every Whisper) and layers of a side."""

    width: int
    encoder_layers: int
    decoder_layers: int

    @property
    def heads(self) -> int:
        return self.width // 64

    @property
    def dims(self) -> dict[str, int]:
        """`ModelDimensions` of openai-whisper; ggml has the same fields in the same order but for `n_mels`."""
        return {
            "n_mels": MELS,
            "n_vocab": VOCABULARY,
            "n_audio_ctx": AUDIO_POSITIONS,
            "n_audio_state": self.width,
            "n_audio_head": self.heads,
            "n_audio_layer": self.encoder_layers,
            "n_text_ctx": TEXT_POSITIONS,
            "n_text_state": self.width,
            "n_text_head": self.heads,
            "n_text_layer": self.decoder_layers,
        }


@dataclass(frozen=True, slots=True)
class Weights:
    """All parameters, float32. The vocabulary's table is both the first and the last layer."""

    size: Size
    tensors: Tensors


def layer_names(size: Size) -> list[tuple[str, bool]]:
    """Prefix of every block, and whether it looks at the sound too (decoder)."""
    encoder = [(f"encoder.blocks.{at}", False) for at in range(size.encoder_layers)]
    return [*encoder, *((f"decoder.blocks.{at}", True) for at in range(size.decoder_layers))]
