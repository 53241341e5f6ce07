"""How much of a clip somebody has really heard, from the stretches that were played."""

from __future__ import annotations

from collections.abc import Iterable

from qa_engine.library.masking import Stretch, joined

HEARD_FROM = 0.95
"""From this share on a clip counts as heard: players stop a little before the end."""


def heard(known: Iterable[Stretch], played: Iterable[Stretch], *, length_ms: int) -> tuple[Stretch, ...]:
    """Everything heard so far within a clip of that length; hearing something twice counts once."""
    cut = [(max(0, start), min(length_ms, end)) for start, end in [*known, *played]]
    return joined((start, end) for start, end in cut if start < end)


def share(stretches: Iterable[Stretch], length_ms: int) -> float:
    """Heard ms / length, 0..1."""
    return min(1.0, sum(end - start for start, end in stretches) / length_ms) if length_ms > 0 else 0.0
