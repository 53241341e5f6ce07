"""Hits that count only with certain words beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE


def near_phrases(
    scene: Scene, found: Sequence[Occurrence], numbers: tuple[int, ...], chars: int | None
) -> list[Occurrence]:
    """The occurrences in whose turn one of the phrases is said, at most `chars` characters away (None: anywhere)."""
    turns = frozenset(occurrence.begin[0] for occurrence in found)
    places: dict[int, list[tuple[int, int]]] = {}
    for turn, hit in scene.phrase_hits(numbers, WHOLE.among(turns), None) if turns else ():
        places.setdefault(turn, []).append((hit.start, hit.end))
    starts = {turn: [start for start, _ in spans] for turn, spans in places.items()}
    reach = {turn: list(accumulate((end for _, end in spans), max)) for turn, spans in places.items()}

    def beside(occurrence: Occurrence) -> bool:
        turn, begin = occurrence.begin
        if turn not in places or chars is None:
            return turn in places
        following = bisect_left(starts[turn], begin)
        right = following < len(starts[turn]) and starts[turn][following] - occurrence.end[1] <= chars
        return right or (following > 0 and begin - reach[turn][following - 1] <= chars)

    return [occurrence for occurrence in found if beside(occurrence)]
