"""Half-empty windows of several voices joined to full ones, and what was heard in them given back to each voice.

The encoder costs the same for 3 s and for 30 s of speech, and a short call fills no window. Whether voices may share one is
measured for each model (see docs/speech.md): text may run over from one into the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from qa_engine.calls import Word
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

# Silence between two voices, beside the padding around each span: enough for a word to be given to the right one.
GAP_S: Final = 0.5
# Whisper hears 30 s.
MAX_SHARED_S: Final = 29.0


class Sharing(StrEnum):
    """Who may be heard in one encoder window: one channel alone, the channels of a call, or any calls."""

    CHANNEL = "channel"
    CALL = "call"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Part:
    """A window of one voice (its index in the batch), placed at `at_s` of a shared one."""

    index: int
    at_s: float
    length_s: float


def share(
    lengths_s: Sequence[float],
    owners: Sequence[Hashable],
    *,
    max_s: float = MAX_SHARED_S,
    gap_s: float = GAP_S,
) -> tuple[tuple[Part, ...], ...]:
    """Windows with their lengths → shared windows, in order; neighbours of the same owner share one as long as it holds
    them with `gap_s` of silence between. Each window is in exactly one part. Linear."""
    made: list[tuple[Part, ...]] = []
    parts: list[Part] = []
    for index, length_s in enumerate(lengths_s):
        at_s = parts[-1].at_s + parts[-1].length_s + gap_s if parts else 0.0
        if parts and (owners[parts[-1].index] != owners[index] or at_s + length_s > max_s):
            made.append(tuple(parts))
            parts, at_s = [], 0.0
        parts.append(Part(index, at_s, length_s))
    if parts:
        made.append(tuple(parts))
    return tuple(made)


def joined(parts: Sequence[Part], sounds: Sequence[Samples]) -> Samples:
    """The sound of a shared window; `sounds` by index."""
    last = parts[-1]
    sound = np.zeros(_at(last) + len(sounds[last.index]), np.float32)
    for part in parts:
        sound[_at(part) : _at(part) + len(sounds[part.index])] = sounds[part.index]
    return sound


def words_apart(parts: Sequence[Part], words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """The words of each part at its own times. A word belongs where its middle is; half of the silence goes to either
    side."""
    own: list[list[Word]] = [[] for _ in parts]
    ends = [(part.at_s + part.length_s + after.at_s) / 2 for part, after in pairwise(parts)]
    for word in words:
        middle_s = (word.start_s + word.end_s) / 2
        at = int(np.searchsorted(ends, middle_s, side="right"))
        part = parts[at]
        start_s = min(max(word.start_s - part.at_s, 0.0), part.length_s)
        end_s = min(max(word.end_s - part.at_s, start_s), part.length_s)
        own[at].append(replace(word, start_s=start_s, end_s=end_s))
    return tuple(tuple(one) for one in own)


def _at(part: Part) -> int:
    return round(part.at_s * SAMPLE_RATE_HZ)
