"""Steps one after the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from qa_engine.rubric.base import Distance
from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.scene import Scene

Steps: TypeAlias = Sequence[Sequence[Occurrence] | None]
"""Occurrences of every step in order; None for a step that may have happened unheard, which fits anywhere."""


def first_chain(
    scene: Scene | None, steps: Steps, within: Distance | None, *, strict: bool
) -> tuple[Occurrence, ...] | None:
    """The first occurrences that follow each other within the distance (`scene` counts the turns); None where there
    are none. `strict`: no step occurs before the step ahead of it has."""
    heard = [step for step in steps if step is not None]
    if any(not step for step in heard):
        return None
    if strict and any(later[0].begin < earlier[0].end for earlier, later in pairwise(heard)):
        return None
    if not heard:
        return ()
    starts = [[occurrence.begin for occurrence in step] for step in heard]
    for first in heard[0]:
        chain = _chain_from(first, heard, starts)
        if chain is None:
            return None  # a later start finds no more than an earlier one
        if _near_enough(scene, chain[0], chain[-1], within):
            return chain
    return None


def _chain_from(
    first: Occurrence, steps: Sequence[Sequence[Occurrence]], starts: Sequence[Sequence[tuple[int, int]]]
) -> tuple[Occurrence, ...] | None:
    chain = [first]
    for step, begins in zip(steps[1:], starts[1:], strict=True):
        index = bisect_left(begins, chain[-1].end)
        if index == len(step):
            return None
        chain.append(step[index])
    return tuple(chain)


def _near_enough(scene: Scene | None, first: Occurrence, last: Occurrence, within: Distance | None) -> bool:
    if within is None:
        return True
    if within.seconds is not None and last.start_s - first.end_s > within.seconds:
        return False
    if within.turns is None or scene is None:
        return True
    return scene.blocks[last.begin[0]] - scene.blocks[first.end[0]] <= within.turns
