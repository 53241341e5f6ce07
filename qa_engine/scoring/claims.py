"""`claim`: only what the speaker says as his own counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from qa_engine.language.claims import ClaimKind, is_claim
from qa_engine.scoring.excuse import Excuser, nothing_excuses
from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.scene import Scene


def claimed(kind: ClaimKind | None) -> Excuser:
    """Keeps the occurrences that are claimed; all of them where no `claim` was written."""
    if kind is None:
        return nothing_excuses

    def keep(scene: Scene, found: Sequence[Occurrence]) -> list[Occurrence]:
        return [occurrence for occurrence in found if _is_claimed(scene, occurrence, kind)]

    return keep


def _is_claimed(scene: Scene, occurrence: Occurrence, kind: ClaimKind) -> bool:
    turn, start = occurrence.begin
    normal = scene.normals[turn]
    first, last = (bisect_left(normal.offsets, place) for place in (start, occurrence.end[1]))
    return is_claim(normal.text, first, last, kind=kind)
