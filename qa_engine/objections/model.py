"""The trained tables beside the taxonomy: they propose where no phrase or pattern of the taxonomy is said.

`types` tells objections apart (and none), `replies` the handling steps in an agent's sentence, `reactions` how a
customer takes an answer. Trained by `fixtures/builders/objections/train.py` on lines written for it. All three are
linear in the grams of `features`, so that reading a call costs one pass over its characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_engine.objections.features import Grams

Head: TypeAlias = Literal["types", "replies", "reactions"]


def model_file() -> Traversable:
    """Where the tables lie: what changes them changes evaluations, so the lexicon pin covers the file."""
    return files("qa_engine.objections").joinpath("data/objections.npz")


@dataclass(frozen=True, slots=True)
class Table:
    """`weights`: (2**BITS + 1, classes) int8, zero for no feature; times `scale` and over the square root of a text's
    grams they add up, with `bias`, to logits."""

    classes: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]

    def logits(self, read: Grams) -> NDArray[np.float32]:
        """(texts, classes)."""
        sums = np.add.reduceat(
            np.take(self.weights, read.buckets, axis=0), read.starts, axis=0, dtype=np.int32
        )
        result: NDArray[np.float32] = sums * (np.float32(self.scale) * read.damping)[:, None] + self.bias
        return result

    def shares(self, read: Grams) -> NDArray[np.float32]:
        """(texts, classes): probabilities of classes that exclude each other."""
        logits = self.logits(read)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
        return result

    def odds(self, read: Grams) -> NDArray[np.float32]:
        """(texts, classes): probabilities of classes that may go together."""
        result: NDArray[np.float32] = np.float32(1) / (np.float32(1) + np.exp(-self.logits(read)))
        return result


@lru_cache(maxsize=1)
def tables() -> dict[Head, Table]:
    """The tables that come with the product, read once a process."""
    heads: tuple[Head, ...] = ("types", "replies", "reactions")
    with model_file().open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return {
            head: Table(
                tuple(map(str, data[f"{head}_classes"])),
                data[f"{head}_weights"],
                float(data[f"{head}_scale"]),
                data[f"{head}_bias"],
            )
            for head in heads
        }
