"""How a recogniser uses a machine: how many batches at a time, on how many threads each, of how many windows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")
# On a CPU 16 windows at a time gain nothing over 8 (docs/speech.md).
USUAL_BATCH: Final = 8


def own_cores() -> int:
    """Cores that this process may use; those of the machine where the system does not tell (macOS, Windows)."""
    told = getattr(os, "sched_getaffinity", None)
    return len(told(0)) if told else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Layout:
    """`workers` share the weights and decode a batch of at most `batch` windows each on `threads`; 0 = not said."""

    workers: int = 0
    threads: int = 0
    batch: int = 0

    def filled(self, cores: int | None = None) -> Layout:
        """Without zeros. Several workers with one thread each beat one worker with several on a CPU, so that is what holds
        where nothing was said; where only the threads were, there is one worker."""
        cores = cores or own_cores()
        workers = self.workers or (1 if self.threads else cores)
        return Layout(workers, self.threads or max(1, cores // workers), self.batch or USUAL_BATCH)


def in_batches(
    lengths_s: Sequence[float], items: Sequence[T], *, most: int, workers: int
) -> list[tuple[T, ...]]:
    """Items in batches of at most `most`, the longest first: the windows of a batch end together, and a worker that is
    done early takes the next. As many batches for every worker, of about one size: none works on alone at the end."""
    order = sorted(range(len(items)), key=lambda at: -lengths_s[at])
    rounds = -(-len(items) // (most * workers))
    size = max(1, -(-len(items) // max(1, rounds * workers)))
    return [tuple(items[at] for at in order[first : first + size]) for first in range(0, len(order), size)]
