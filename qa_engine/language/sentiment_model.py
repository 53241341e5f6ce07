"""The trained table: hashed character 1–3-grams and what each says about the mood.

Trained by `fixtures/builders/sentiment/train.py`, which shares the features below. Inputs are texts in normal form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

BITS = 18
CLASSES = ("negative", "neutral", "positive")
TAIL = 6
"""The last characters of a text, which weigh most (the last clause decides), are features of their own."""
_EDGE = "|"
_TURN = "\n"
_NOT_SPOKEN = re.compile(r"[^\w%?|\n]+")
_REPEATED_EDGE = re.compile(r"\|{2,}")
_NEGATED = re.compile(r"[不没别无未非勿]([^|\n]{1,5})")
_FACTORS = np.array([2654435761, 2246822519, 3266489917, 668265263], np.uint32)
_TAIL_FACTORS = np.array([3266489909, 2654435789], np.uint32)
_MIX = np.uint32(40503)


def _prepared(texts: Sequence[str]) -> str:
    """All texts, a line each, as clauses between edges; a question keeps its mark, for it changes the mood."""
    lines = _TURN.join(text.replace(_TURN, _EDGE) for text in texts)
    marked = lines.replace("?", f"?{_EDGE}").replace(_TURN, f"{_EDGE}{_TURN}{_EDGE}")
    return _REPEATED_EDGE.sub(_EDGE, _NOT_SPOKEN.sub(_EDGE, f"{_EDGE}{marked}{_EDGE}"))


def grams(texts: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
    """All features of all texts: the text each belongs to, and its bucket in `[0, 2**BITS)`. Character 1–3-grams,
    once more the 2-grams in the scope of a negation, so that 不满意 and 满意 differ in every part, and once more the
    1- and 2-grams at the end of the text."""
    joined = _prepared(texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    breaks = points == ord(_TURN)
    owner = np.cumsum(breaks)
    negated = np.zeros(len(points), bool)
    for hit in _NEGATED.finditer(joined):
        negated[hit.start(1) : hit.end(1)] = True
    one = points * _FACTORS[0]
    pairs = points[:-1] * _MIX + points[1:]
    two = pairs * _FACTORS[1]
    three = (pairs[:-1] * _MIX + points[2:]) * _FACTORS[2]
    within_one = ~breaks & (points != ord(_EDGE))
    within_two = ~(breaks[:-1] | breaks[1:])
    within_three = within_two[:-1] & ~breaks[2:]
    in_scope = within_two & negated[:-1] & negated[1:]
    ends = np.append(np.flatnonzero(breaks), len(points))
    at_end = ends[owner] - np.arange(len(points)) <= TAIL + 1
    one_at_end, two_at_end = within_one & at_end, within_two & at_end[:-1]
    buckets = np.concatenate(
        [
            one[within_one],
            two[within_two],
            three[within_three],
            (pairs * _FACTORS[3])[in_scope],
            (points * _TAIL_FACTORS[0])[one_at_end],
            (pairs * _TAIL_FACTORS[1])[two_at_end],
        ]
    )
    owners = np.concatenate(
        [
            owner[within_one],
            owner[:-1][within_two],
            owner[:-2][within_three],
            owner[:-1][in_scope],
            owner[one_at_end],
            owner[:-1][two_at_end],
        ]
    )
    return owners, buckets >> np.uint32(32 - BITS)


@dataclass(frozen=True, slots=True)
class Table:
    """`weights`: (2**BITS, 3) int8 in the order of `CLASSES`; times `scale` they are log-odds; `bias`: (3,)."""

    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, 3): probability of each class for every text."""
        if not texts:
            return np.zeros((0, len(CLASSES)), np.float32)
        owners, buckets = grams(texts)
        said = self.weights[buckets]
        sums = np.stack(
            [np.bincount(owners, said[:, i], minlength=len(texts)) for i in range(len(CLASSES))], axis=1
        ).astype(np.float32)
        counts = np.maximum(np.bincount(owners, minlength=len(texts)), 1).astype(np.float32)
        logits = sums * np.float32(self.scale) / np.sqrt(counts)[:, None] + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
        return result


@lru_cache(maxsize=1)
def shipped_table() -> Table:
    """The table that comes with the product, read once a process."""
    with files("qa_engine.language").joinpath("data/sentiment.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return Table(data["weights"], float(data["scale"]), data["bias"])
