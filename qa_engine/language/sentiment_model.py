"""The trained table: hashed character 1–3-grams and what each says about the mood.

Trained by `fixtures/builders/sentiment/train.py`, which shares the features below. Inputs are texts in normal form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_engine.language.clauses import EDGE, LINE, clause_points, lines

BITS = 18
CLASSES = ("negative", "neutral", "positive")
TAIL = 6
"""The last characters of a text, which weigh most (the last clause decides), are features of their own."""
_SHIFT = np.uint32(32 - BITS)
_LANE = 10
_HALF_LANE = 1 << (_LANE - 1)
_INSIDE = 4
"""Kinds of features inside a text; those after them are of its end."""
_NEGATED = re.compile(r"[不没别无未非勿]([^|\n]{1,5})")
_FACTORS = np.array([2654435761, 2246822519, 3266489917, 668265263], np.uint32)
_TAIL_FACTORS = np.array([3266489909, 2654435789], np.uint32)
_MIX = np.uint32(40503)


class _Hashed(NamedTuple):
    """`buckets`: (6, characters) in `[0, 2**BITS)`, a row a kind of feature, the last two of the ends of texts; `valid`
    where there is one; `starts` where each text begins."""

    buckets: NDArray[np.uint32]
    valid: NDArray[np.bool_]
    starts: NDArray[np.intp]


def _hashed(texts: Sequence[str]) -> _Hashed:
    points = clause_points(lines(texts))
    size = len(points)
    breaks = points == ord(LINE)
    two = ~(breaks[:-1] | breaks[1:])
    pairs = points[:-1] * _MIX + points[1:]
    buckets = np.zeros((6, size), np.uint32)
    np.multiply(points, _FACTORS[0], out=buckets[0])
    np.multiply(pairs, _FACTORS[1], out=buckets[1, :-1])
    np.multiply(pairs[:-1] * _MIX + points[2:], _FACTORS[2], out=buckets[2, :-2])
    np.multiply(pairs, _FACTORS[3], out=buckets[3, :-1])
    np.multiply(points, _TAIL_FACTORS[0], out=buckets[4])
    np.multiply(pairs, _TAIL_FACTORS[1], out=buckets[5, :-1])
    buckets >>= _SHIFT
    negated = _negated(points)
    starts = np.flatnonzero(breaks)
    ends = np.append(starts, size)
    at_end = ends[np.cumsum(breaks)] - np.arange(size) <= TAIL + 1
    valid = np.zeros((6, size), bool)
    valid[0] = ~breaks & (points != ord(EDGE))
    valid[1, :-1] = two
    valid[2, :-2] = two[:-1] & two[1:]
    valid[3, :-1] = two & negated[:-1] & negated[1:]
    np.logical_and(valid[:2], at_end, out=valid[_INSIDE:])
    return _Hashed(buckets, valid, np.concatenate([[0], starts]))


def _negated(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which characters are in the scope of a negation."""
    negated = np.zeros(len(points), bool)
    for hit in _NEGATED.finditer(points.tobytes().decode("utf-32-le", "surrogatepass")):
        negated[hit.start(1) : hit.end(1)] = True
    return negated


class Features(NamedTuple):
    """`owners` is the text that each feature belongs to, `buckets` lie in `[0, 2**BITS)`."""

    owners: NDArray[np.intp]
    buckets: NDArray[np.uint32]


def features(texts: Sequence[str]) -> tuple[Features, Features]:
    """What is in the texts and what is at their ends. Character 1–3-grams, and once more the 2-grams in the scope of
    a negation, so that 不满意 and 满意 differ in every part; at the end the 1- and 2-grams once more."""
    read = _hashed(texts)
    owners = np.zeros(read.valid.shape[1], np.intp)
    owners[read.starts[1:]] = 1
    owners = np.broadcast_to(np.cumsum(owners), read.valid.shape)
    inside, at_the_end = (
        Features(owners[rows][read.valid[rows]], read.buckets[rows][read.valid[rows]])
        for rows in (slice(_INSIDE), slice(_INSIDE, None))
    )
    return inside, at_the_end


@dataclass(frozen=True)
class Table:
    """`weights`: (2**BITS, 3) int8 in the order of `CLASSES`; times `scale` they are log-odds; `bias`: (3,)."""

    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]

    def probabilities(
        self, texts: Sequence[str], groups: Sequence[Sequence[int]] | None = None
    ) -> NDArray[np.float32]:
        """(texts, 3): probability of each class for every text; or (groups, 3), for every group of texts read one after
        the other as one. A group costs a few additions, for its features are those of its texts and its last end."""
        if not texts or (groups is not None and not groups):
            return np.zeros((0, len(CLASSES)), np.float32)
        said, ends = self._sums(_hashed(texts))
        if groups is not None:
            members = np.array(list(chain.from_iterable(groups)), np.intp)
            starts = np.array(list(accumulate(map(len, groups[:-1]), initial=0)), np.intp)
            said = np.add.reduceat(said[members], starts)
            ends = ends[[group[-1] for group in groups]]
        sums = said + ends
        counts = np.maximum(sums[:, -1:], 1)
        logits = sums[:, :-1] * self.scale / np.sqrt(counts) + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: NDArray[np.float32] = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return result

    def _sums(self, read: _Hashed) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(texts, 4) twice, for what is in the texts and for their ends: sum of the weights for each class, and the
        number of features."""
        weights = self._packed.take(read.buckets)
        weights *= read.valid
        parts = slice(_INSIDE), slice(_INSIDE, None)
        rest = np.stack([weights[part].sum(axis=0, dtype=np.int32) for part in parts])
        sums = np.empty((len(parts), len(read.starts), len(CLASSES) + 1))
        for place in range(len(CLASSES)):
            lane = ((rest + _HALF_LANE) & (2 * _HALF_LANE - 1)) - _HALF_LANE
            sums[:, :, place] = np.add.reduceat(lane, read.starts, axis=1)
            rest = (rest - lane) >> _LANE
        counts = np.stack([read.valid[part].sum(axis=0, dtype=np.int32) for part in parts])
        sums[:, :, -1] = np.add.reduceat(counts, read.starts, axis=1)
        return sums[0], sums[1]

    @cached_property
    def _packed(self) -> NDArray[np.int32]:
        """(2**BITS,): the weights of the three classes in one number, so that one look finds all of them. A lane of ten
        bits holds the sum of the four that a character can have."""
        weights = self.weights.astype(np.int32)
        packed: NDArray[np.int32] = weights[:, 0] + (weights[:, 1] << _LANE) + (weights[:, 2] << 2 * _LANE)
        return packed


@lru_cache(maxsize=1)
def shipped_table() -> Table:
    """The table that comes with the product, read once a process."""
    with files("qa_engine.language").joinpath("data/sentiment.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return Table(data["weights"], float(data["scale"]), data["bias"])
