"""Turns with words that only sound right written as they are meant, so that a pattern finds 報本報息 too."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE


def respelled(scene: Scene, words: Mapping[int, str]) -> Mapping[int, str]:
    """Turn → its normal form with every hit of `words` (number of the phrase → its normal form) written as the phrase;
    only turns that change by it. The length stays, so that offsets do; a hit of another length stays as it is.
    Computed once a call for every vocabulary."""
    key = tuple(words)
    known = scene.respelled.get(key)
    if known is None:
        known = scene.respelled[key] = _respelled(scene, words)
    return known


def _respelled(scene: Scene, words: Mapping[int, str]) -> dict[int, str]:
    """Words that are written right stay: 红包给我 holds no 报给我. Of two that overlap the longer one is meant."""
    hits = sorted(scene.phrase_hits(words, WHOLE, None), key=lambda found: -len(words[found[1].phrase]))
    taken: dict[int, set[int]] = {}
    misheard: list[tuple[int, int, str]] = []
    for turn, hit in hits:
        normal, meant = scene.normals[turn], words[hit.phrase]
        start = bisect_left(normal.offsets, hit.start)
        end = bisect_left(normal.offsets, hit.end)
        if normal.text[start:end] == meant:
            taken.setdefault(turn, set()).update(range(start, end))
        elif end - start == len(meant):
            misheard.append((turn, start, meant))
    texts: dict[int, str] = {}
    for turn, start, meant in misheard:
        places = set(range(start, start + len(meant)))
        if taken.setdefault(turn, set()).isdisjoint(places):
            taken[turn] |= places
            text = texts.get(turn, scene.normals[turn].text)
            texts[turn] = text[:start] + meant + text[start + len(meant) :]
    return texts
