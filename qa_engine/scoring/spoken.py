"""How many letters, digits and Hanzi were said, counted for all turns of a call at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_CODE_POINTS = 0x10000


def spoken_counts(texts: Sequence[str]) -> Sequence[int]:
    """For every text the number of characters for which `str.isalnum` holds."""
    joined = "".join(texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(points) or points.max() >= _CODE_POINTS:
        return [sum(map(str.isalnum, text)) for text in texts]
    spoken = np.zeros(len(points) + 1, np.int64)
    np.cumsum(_is_spoken()[points], out=spoken[1:])
    ends = np.cumsum([0, *map(len, texts)])
    counts: list[int] = np.diff(spoken[ends]).tolist()
    return counts


@lru_cache(maxsize=1)
def _is_spoken() -> NDArray[np.bool_]:
    """By code point of the basic plane."""
    return np.fromiter((chr(point).isalnum() for point in range(_CODE_POINTS)), np.bool_, _CODE_POINTS)
