"""How a model is best laid out on this machine, found by trying: workers, threads and windows a batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.engines.layout import USUAL_BATCH, Layout, in_batches
from qa_engine.speech.engines.manifest import read_manifest
from qa_engine.speech.engines.whisper_decode import Decoding, decode_batch, load
from qa_engine.speech.engines.windows import MAX_WINDOW_S

BATCHES: Final = (4, 16)
"""Tried beside the usual one, with the workers that did best."""
RUN_S: Final = 6.0
"""Seconds that one run should last, so that a slow start of threads does not decide."""
MOST_WINDOWS: Final = 64
TOKENS: Final = 96
"""Most tokens of a window: some 28 s of talk; a loop would measure itself."""
REPEATS: Final = 3
WORTH: Final = 1.03
"""A layout has to be this much faster than the usual one: less is noise, and a change is not free of surprise."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A layout and the windows that it decoded in a second: the best of the repeats."""

    layout: Layout
    windows_s: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All layouts that were tried, the usual one first. `windows` is how many each of them decoded a run."""

    tried: tuple[Timed, ...]
    windows: int

    @property
    def usual(self) -> Timed:
        return self.tried[0]

    @property
    def best(self) -> Timed:
        """The fastest, or the usual one where nothing is faster by more than `WORTH`."""
        fastest = max(self.tried, key=lambda timed: timed.windows_s)
        return fastest if fastest.windows_s > WORTH * self.usual.windows_s else self.usual


def splits(cores: int) -> tuple[Layout, ...]:
    """Ways to share the cores among workers, from one thread each to one worker with all; the usual one first."""
    workers = sorted({max(1, n) for n in (cores, cores // 2, cores // 4, min(2, cores), 1)}, reverse=True)
    return tuple(Layout(n, max(1, cores // n), USUAL_BATCH) for n in workers)


def measure(
    folder: Path,
    sound: Samples,
    *,
    device: str,
    compute_type: str,
    cores: int,
    language: str = "zh",
    run_s: float = RUN_S,
    told: Callable[[Timed], None] = lambda _timed: None,
) -> Measured:
    """Decodes windows of `sound` (n,) float32 at 16 kHz, as the model takes them, with one layout after another; `told`
    of each. What is heard is thrown away. Raises BadSettings."""
    manifest = read_manifest(folder)
    length_s = manifest.fill_s or manifest.window_s or MAX_WINDOW_S
    how = Decoding(manifest.beam_size or (1 if manifest.demo else 5), max_tokens=TOKENS)

    def decode(model: Any, sounds: Sequence[Samples]) -> None:
        decode_batch(model, sounds, language=language, prompt="", how=how)

    def run(layout: Layout, windows: Sequence[Samples]) -> float:
        model = load(
            folder,
            device=device,
            compute_type=compute_type,
            threads=layout.threads,
            workers=layout.workers,
        )
        decode(model, windows[:1])  # the first one pays for threads and buffers
        seconds = _run(model, windows, layout, decode)
        told(Timed(layout, len(windows) / seconds))
        return seconds

    def best_of(layouts: Sequence[Layout], windows: Sequence[Samples]) -> list[Timed]:
        """Layouts in turn, not one after another: what else the machine does meets all of them."""
        rounds = [[run(layout, windows) for layout in layouts] for _ in range(REPEATS)]
        return [
            Timed(layout, len(windows) / min(times))
            for layout, times in zip(layouts, zip(*rounds, strict=True), strict=True)
        ]

    pieces = list(_pieces(sound, length_s))
    model = load(folder, device=device, compute_type=compute_type, threads=cores, workers=1)
    decode(model, pieces[:1])
    one_s = _run(model, pieces[:1], Layout(1, cores, 1), decode)
    windows = list(islice(cycle(pieces), max(2 * cores, min(MOST_WINDOWS, round(run_s / one_s)))))
    first = best_of(splits(cores), windows)
    leader = max(first, key=lambda one: one.windows_s).layout
    others = [Layout(leader.workers, leader.threads, batch) for batch in BATCHES]
    again, *second = best_of([leader, *others], windows)
    # the second round may have met a busier machine: its figures count as shares of what the leader did in it
    known = next(one.windows_s for one in first if one.layout == leader)
    second = [Timed(one.layout, known * one.windows_s / again.windows_s) for one in second]
    return Measured((*first, *second), len(windows))


def _run(
    model: Any,
    windows: Sequence[Samples],
    layout: Layout,
    decode: Callable[[Any, Sequence[Samples]], None],
) -> float:
    """Seconds for all windows, in batches shared among the workers as in service."""
    lengths_s = [len(window) / SAMPLE_RATE_HZ for window in windows]
    batches = in_batches(lengths_s, windows, most=layout.batch, workers=layout.workers)
    start = time.perf_counter()
    with ThreadPoolExecutor(layout.workers) as pool:
        for ended in [pool.submit(decode, model, batch) for batch in batches]:
            ended.result()
    return time.perf_counter() - start


def _pieces(sound: Samples, length_s: float) -> Iterator[Samples]:
    size = round(length_s * SAMPLE_RATE_HZ)
    for start in range(0, max(1, len(sound) - size + 1), size):
        yield sound[start : start + size]
