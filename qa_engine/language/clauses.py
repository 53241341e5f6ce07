"""Texts as the trained tables read them: what is spoken, clauses between edges, a line a text.

The same could be said in four regular expressions; array operations over all turns of a call at once take a third of
the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

EDGE = "|"
LINE = "\n"
_LAST_POINT = 0xFFFF
_UNSPOKEN, _SPOKEN, _QUESTION, _LINE = range(4)


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """(65536,): what a character is. The last one stands for all beyond it."""
    kinds = np.array([_kind(chr(point)) for point in range(_LAST_POINT + 1)], np.uint8)
    kinds.setflags(write=False)
    return kinds


def _kind(char: str) -> int:
    if char == LINE:
        return _LINE
    if char == "?":
        return _QUESTION
    return _SPOKEN if char.isalnum() or char in "_%" else _UNSPOKEN


def lines(texts: Sequence[str]) -> str:
    """The texts, a line each."""
    joined = LINE.join(texts)
    if joined.count(LINE) == len(texts) - 1:
        return joined
    return LINE.join([text.replace(LINE, EDGE) for text in texts])


def clause_points(text: str) -> NDArray[np.uint32]:
    """The code points of the spoken characters of lines, with one `EDGE` wherever anything else stands, around every line
    and after a question mark, which is kept, for it changes the mood."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds()[np.minimum(points, _LAST_POINT)]
    far = np.flatnonzero(points > _LAST_POINT)
    if len(far):
        kinds[far] = [_kind(chr(point)) for point in points[far].tolist()]
    kept = np.flatnonzero(kinds)
    kinds = kinds[kept]
    edge_before = np.ones(len(kept), bool)
    edge_before[1:] = (kept[1:] - kept[:-1] > 1) | (kinds[1:] == _LINE) | (kinds[:-1] >= _QUESTION)
    places = np.cumsum(edge_before)
    places += np.arange(len(kept))
    found = np.full(places[-1] + 2 if len(kept) else 1, ord(EDGE), np.uint32)
    found[places] = points[kept]
    return found
