"""The section of the report: tables with their bars beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.bench.throughput import growth
from tests.bench.throughput.models import SIZES, TOKENS, Forms, demo, made_up
from tests.bench.throughput.short_calls import QueuedCall, short_calls
from tests.bench.throughput.ways import CORES, Way, apart, others, ours, theirs, theirs_in_our_windows

if TYPE_CHECKING:
    from tests.bench.runs import Runs

QUEUE: Final = 200
CALLS_OF_SIZE: Final = {"tiny": 12, "base": 6, "small": 3}
SOME: Final = 25
"""Calls for what would take too long on all of them; every eighth of the queue."""
FEW: Final = 3
"""Calls for engines that are slower still."""
BARS: Final = {"batched": 2.0, "sequential": 3.0, "openai": 15.0, "cpp": 10.0}
"""How many times as fast CallQA is to be (issue 4)."""


def section(runs: Runs) -> list[str]:
    """All of it; a quarter of an hour to half an hour on two cores."""
    calls = short_calls(runs.samples, QUEUE)
    with TemporaryDirectory() as folder:
        at = Path(folder)
        return [*queue_lines(calls, at), *size_lines(calls, at), *growth_lines(calls, at)]


def queue_lines(calls: Sequence[QueuedCall], at: Path) -> list[str]:
    """The queue with the demo model."""
    forms = demo(at)
    some, few = _spread(calls, SOME), _spread(calls, FEW)
    first = apart(ours, forms.folder, calls, judged=True)
    rows = [
        (first, None),
        (apart(ours, forms.folder, some, judged=True, workers=1, threads=CORES), None),
        (apart(theirs_in_our_windows, forms.folder, some, judged=True), BARS["batched"]),
        (apart(theirs, forms.folder, some, batched=True, judged=True), BARS["batched"]),
        (apart(theirs, forms.folder, some, batched=False, judged=True), BARS["sequential"]),
        *_slow(forms, few, at, judged=True),
    ]
    audio_s = sum(one.duration_s for one in calls)
    return [
        "## Throughput of a queue",
        "",
        (
            f"{len(calls)} two-channel calls of 10–60 s out of the samples, each with cuts, gain and noise of its own, "
            f"{audio_s:.0f} s of recording; {CORES} cores. Demo model, the same weights in every engine's own form (int8 "
            "in CTranslate2, float32 and float16 in the others). Workers × threads. Decoding and loading not counted. CallQA makes "
            "words with times, turns and signals too; the others give text, in CallQA's windows also words with times. n: calls, "
            "spread evenly over the queue. Speed: seconds of recording a second. ×: CallQA's speed against it, on "
            "the clock and on CPU seconds."
        ),
        "",
        *_table(first, rows, judged=True),
        "",
    ]


def size_lines(calls: Sequence[QueuedCall], at: Path) -> list[str]:
    """Models of the sizes that real calls are heard with."""
    lines = [
        "### Models of Whisper's sizes",
        "",
        (
            f"Random weights that recite {TOKENS} tokens in every window and end (`whisper_forms/reciting.py`): the same tokens at "
            "the same certainty in every engine, no second attempts, and text that says nothing. All else as above; beam 5 for "
            "CallQA and faster-whisper."
        ),
        "",
    ]
    for name in SIZES:
        forms = made_up(name, at)
        own = _spread(calls, CALLS_OF_SIZE[name])
        first = apart(ours, forms.folder, own, judged=False)
        rows = [
            (first, None),
            (apart(theirs, forms.folder, own, batched=True, judged=False), BARS["batched"]),
            (apart(theirs, forms.folder, own, batched=False, judged=False), BARS["sequential"]),
            *(_slow(forms, _spread(calls, FEW), at, judged=False) if name == "tiny" else []),
        ]
        lines += [f"`{name}` size:", "", *_table(first, rows, judged=False), ""]
    return lines


def growth_lines(calls: Sequence[QueuedCall], at: Path) -> list[str]:
    """What the work grows with."""
    folder, small = demo(at).folder, made_up("small", at).folder
    base = _spread(calls, FEW)
    base_s = sum(one.duration_s for one in base)
    grown = [apart(growth.run, folder, _spread(calls, FEW * times)) for times in (1, 2, 4, 8)]
    silent = [
        apart(growth.run, folder, [growth.with_silence(one, share) for one in base]) for share in (0, 1, 4)
    ]
    hour_s = apart(growth.silent_hour_s)
    parts = apart(growth.parts, small, base, at)
    spoken_s = growth.HOUR_S * parts.total / base_s / CORES
    demo_hour_s = growth.HOUR_S / grown[-1].way.speed
    files = growth.stored(_spread(calls, 16), at)
    peaks = [(times, apart(growth.peak_mb, folder, files, times)) for times in (2, 4)]
    return [
        "### What the work grows with",
        "",
        "| demo model | calls | recording, s | speech, s | seconds | per second of speech |",
        "|---|---|---|---|---|---|",
        *(_grown(f"{times} ×", one) for times, one in zip((1, 2, 4, 8), grown, strict=True)),
        *(
            _grown(f"with {share} × its length of silence", one)
            for share, one in zip((0, 1, 4), silent, strict=True)
        ),
        "",
        (
            f"An hour of line noise without a voice, two channels: {hour_s:.1f} s. An hour of these calls (extrapolated): "
            f"{demo_hour_s:.0f} s with the demo model, of which silence costs {hour_s / demo_hour_s:.1%}; {spoken_s:.0f} s with "
            f"`small` size, {hour_s / spoken_s:.2%} (bar: below 1 %)."
        ),
        "",
        (
            f"Parts of a transcription with `small` size, CPU seconds over {len(base)} calls ({base_s:.0f} s), one thread: "
            f"decoding {parts.decoding:.2f}, voices and levels {parts.activity:.2f}, recognition {parts.recognition:.1f}, turns "
            f"and signals {parts.signals:.2f}: {parts.beside:.1%} beside recognition (bar: 5 %)."
        ),
        "",
        "Most memory of a process that takes a queue of files (demo model, full windows): "
        + ", ".join(f"{peak:.0f} MB for {len(files) * times} calls" for times, peak in peaks)
        + ".",
        "",
    ]


def _slow(forms: Forms, calls: Sequence[QueuedCall], at: Path, *, judged: bool) -> list[tuple[Way, float]]:
    made = []
    for engine, model in (("openai", forms.openai), ("cpp", forms.cpp)):
        with TemporaryDirectory(dir=at) as sounds:
            way = others(engine, model, calls, Path(sounds), judged=judged)
        print(f"  {way}", flush=True)
        made.append((way, BARS[engine]))
    return made


def _spread(calls: Sequence[QueuedCall], count: int) -> list[QueuedCall]:
    """So many of them, evenly over the queue."""
    return [calls[at * len(calls) // count] for at in range(count)]


def _table(first: Way, rows: Sequence[tuple[Way, float | None]], *, judged: bool) -> list[str]:
    return [
        f"| way | n |{' CER | 95 % interval |' if judged else ''} seconds | CPU seconds | speed | × | × CPU | bar |",
        f"|---|---|{'---|---|' if judged else ''}---|---|---|---|---|---|",
        *(_row(first, way, bar, judged=judged) for way, bar in rows),
    ]


def _row(first: Way, way: Way, bar: float | None, *, judged: bool) -> str:
    if way.note:
        return f"| {way.name}: {way.note} | 0 |{' | |' if judged else ''} | | | | | |"
    text = f" {way.rate.rate:.2%} | {way.rate.low:.2%}–{way.rate.high:.2%} |" if way.rate else ""
    times = first.speed / way.speed
    on_cpu = first.audio_s / first.cpu_s / (way.audio_s / way.cpu_s)
    met = "" if bar is None else f"≥ {bar:.0f}: {'met' if times >= bar else 'missed'}"
    took = f"{way.wall_s:.1f} | {way.cpu_s:.1f} | {way.speed:.1f}"
    return f"| {way.name} | {way.calls} |{text} {took} | {times:.2f} | {on_cpu:.2f} | {met} |"


def _grown(name: str, one: growth.Grown) -> str:
    way = one.way
    return (
        f"| {name} | {way.calls} | {way.audio_s:.0f} | {one.voiced_s:.0f} | {way.wall_s:.1f} | "
        f"{way.wall_s / one.voiced_s:.4f} |"
    )
