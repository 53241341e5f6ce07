"""The trained table: hashed character 1–3-grams and what each says about the mood.

Trained by `fixtures/builders/sentiment/train.py`, which shares the features below. Inputs are texts in normal form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BITS = 18
CLASSES = ("negative", "neutral", "positive")
TAIL = 6
"""The last characters of a text, which weigh most (the last clause decides), are features of their own."""
_SHIFT = np.uint32(32 - BITS)
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


class Features(NamedTuple):
    """`owners` is the text that each feature belongs to, `buckets` lie in `[0, 2**BITS)`."""

    owners: NDArray[np.intp]
    buckets: NDArray[np.uint32]


def features(texts: Sequence[str]) -> tuple[Features, Features]:
    """What is in the texts and what is at their ends. Character 1–3-grams, and once more the 2-grams in the scope of
    a negation, so that 不满意 and 满意 differ in every part; at the end the 1- and 2-grams once more."""
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
    inside = Features(
        np.concatenate(
            [owner[within_one], owner[:-1][within_two], owner[:-2][within_three], owner[:-1][in_scope]]
        ),
        np.concatenate(
            [one[within_one], two[within_two], three[within_three], (pairs * _FACTORS[3])[in_scope]]
        )
        >> _SHIFT,
    )
    at_the_end = Features(
        np.concatenate([owner[one_at_end], owner[:-1][two_at_end]]),
        np.concatenate([(points * _TAIL_FACTORS[0])[one_at_end], (pairs * _TAIL_FACTORS[1])[two_at_end]])
        >> _SHIFT,
    )
    return inside, at_the_end


@dataclass(frozen=True, slots=True)
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
        inside, at_the_end = features(texts)
        said, ends = self._sums(inside, len(texts)), self._sums(at_the_end, len(texts))
        if groups is not None:
            members = np.fromiter((text for group in groups for text in group), np.intp)
            starts = np.cumsum([0, *map(len, groups[:-1])])
            said = np.add.reduceat(said[members], starts)
            ends = ends[[group[-1] for group in groups]]
        sums = said + ends
        counts = np.maximum(sums[:, -1:], 1)
        logits = sums[:, :-1] * self.scale / np.sqrt(counts) + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: NDArray[np.float32] = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return result

    def _sums(self, found: Features, texts: int) -> NDArray[np.float64]:
        """(texts, 4): sum of the weights for each class, and the number of features."""
        weights = self.weights[found.buckets]
        columns = [np.bincount(found.owners, weights[:, i], minlength=texts) for i in range(len(CLASSES))]
        return np.stack([*columns, np.bincount(found.owners, minlength=texts)], axis=1)


@lru_cache(maxsize=1)
def shipped_table() -> Table:
    """The table that comes with the product, read once a process."""
    with files("qa_engine.language").joinpath("data/sentiment.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return Table(data["weights"], float(data["scale"]), data["bias"])
