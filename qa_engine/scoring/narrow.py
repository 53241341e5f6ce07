"""`within` → a window of this call."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from functools import lru_cache

from qa_engine.rubric.base import Distance, Within
from qa_engine.scoring import wording
from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import LAST, WHOLE, Window


@lru_cache(maxsize=1024)
def shared(within: Within | None) -> Within | None:
    """One object for equal limits: forms ask for the first minute in twenty items, and `narrow` looks it up once."""
    return within


def narrow(scene: Scene, window: Window, within: Within | None) -> Window:
    """`window`, limited to `within`."""
    if within is None:
        return window
    key = (id(within), window)
    known = scene.narrowed.get(key)
    if known is None:
        known = scene.narrowed[key] = _narrow(scene, window, within)
    return known


def _narrow(scene: Scene, window: Window, within: Within) -> Window:
    limited = window
    if within.first_s is not None:
        limited = limited.seconds(window.start_s, scene.start_s + within.first_s)
    if within.last_s is not None:
        limited = limited.seconds(scene.end_s - within.last_s, window.end_s)
    if within.from_s is not None:
        limited = limited.seconds(within.from_s, window.end_s)
    if within.to_s is not None:
        limited = limited.seconds(window.start_s, within.to_s)
    if within.percent is not None:
        length_s = scene.end_s - scene.start_s
        low, high = (scene.start_s + length_s * share / 100 for share in within.percent)
        limited = limited.seconds(low, high)
    if within.turns is not None:
        limited = limited.turns(*_turns(within.turns, len(scene.turns)))
    if within.stage is not None:
        stages = [scene.stages.get(stage, frozenset()) for stage in within.stage]
        limited = limited.among(frozenset[int]().union(*stages))
    return limited.seconds(limited.start_s, limited.end_s, wording.where(within))


def _turns(turns: int | tuple[int, int], total: int) -> tuple[int, int]:
    if isinstance(turns, tuple):
        return turns[0] - 1, turns[1] - 1
    return (0, turns - 1) if turns > 0 else (total + turns, sys.maxsize)


def after(scene: Scene, window: Window, anchor: Occurrence, distance: Distance | None) -> Window:
    """What follows `anchor`, as far as `distance` reaches."""
    limited = window.between(anchor.end, LAST, "其后")
    if distance is not None and distance.turns is not None:
        last = _block_end(scene, anchor.end[0], distance.turns)
        limited = limited.turns(0, last, f" {distance.turns} 轮内")
    if distance is not None and distance.seconds is not None:
        end_s = anchor.end_s + distance.seconds
        limited = limited.seconds(window.start_s, end_s, f" {wording.number(distance.seconds)} 秒内")
    return limited


def before(scene: Scene, window: Window, anchor: Occurrence, distance: Distance | None) -> Window:
    """What precedes `anchor`, as far as `distance` reaches."""
    limited = window.between(WHOLE.after, anchor.begin, "其前")
    if distance is not None and distance.turns is not None:
        first = _block_start(scene, anchor.begin[0], distance.turns)
        limited = limited.turns(first, sys.maxsize, f" {distance.turns} 轮内")
    if distance is not None and distance.seconds is not None:
        start_s = anchor.start_s - distance.seconds
        limited = limited.seconds(start_s, window.end_s, f" {wording.number(distance.seconds)} 秒内")
    return limited


def _block_end(scene: Scene, turn: int, blocks: int) -> int:
    """The last turn that is at most `blocks` changes of speaker after `turn`."""
    return bisect_right(scene.blocks, scene.blocks[turn] + blocks, turn) - 1


def _block_start(scene: Scene, turn: int, blocks: int) -> int:
    return bisect_left(scene.blocks, scene.blocks[turn] - blocks, 0, turn)
