"""`python -m tests.bench [--only NAME…] [--verbose]`: prints every figure with n and interval; all sections together are
docs/benchmarks.md."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from tests.bench import (
    alerts,
    compliance,
    demo_model,
    entities,
    figures,
    hot_words,
    hour_call,
    listening,
    matching,
    objections,
    pages,
    reliability,
    scoring,
    sentiment,
    speech,
    throughput,
    verdicts,
    whole_calls,
)  # fmt: skip
from tests.bench.runs import Runs

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
SECTIONS: Mapping[str, Callable[[Runs], list[str]]] = {
    "model": demo_model.section,
    "transcription": speech.section,
    "throughput": throughput.section,
    "listening": listening.section,
    "hot_words": hot_words.section,
    "confidence": reliability.section,
    "verdicts": verdicts.section,
    "calls": whole_calls.section,
    "compliance": compliance.section,
    "matching": matching.section,
    "sentiment": sentiment.section,
    "objections": objections.section,
    "entities": entities.section,
    "scoring": scoring.section,
    "hour_call": hour_call.section,
    "alerts": alerts.section,
    "figures": figures.section,
    "pages": pages.section,
}
"""One line a section, in the order of the page; each gives its lines in Markdown."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--only", nargs="+", choices=SECTIONS, default=[], help="these sections, without the page"
    )
    options.add_argument("--verbose", action="store_true", help="list every verdict that differs")
    options.add_argument("--large", action="store_true", help="figures: a million rows, 50 million dials")
    chosen = options.parse_args()
    runs = Runs(verbose=chosen.verbose, large=chosen.large)
    lines = ["# Benchmarks", "", _machine(), ""]
    for name, section in SECTIONS.items():
        if not chosen.only or name in chosen.only:
            print(f"{name}…", flush=True)
            lines += section(runs)
    text = "\n".join(lines)
    if not chosen.only:
        PAGE.write_text(text, "utf-8")
    print(text)
    for line in runs.differences:
        print(line)


def _processor() -> str:
    """Its name where Linux tells it, the architecture otherwise."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text("utf-8").splitlines() if known.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _machine() -> str:
    return (
        f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {cpu_count()} cores, Python "
        f"{platform.python_version()}, faster-whisper {version('faster-whisper')}, ctranslate2 {version('ctranslate2')}. "
        "Speeds are ratios of runs side by side on the same machine; another machine gives other absolute figures. So does "
        "recognition: int8 arithmetic differs between processors, and the demo model's errors with it.\n\n"
        "Totals of the frozen sets (`tests/bench/sets`) were in sight while thresholds and training lines were chosen; their "
        "cases were not read, but for the first few of `pii.yaml` and `numerals.yaml`. Figures on them flatter a little."
    )


if __name__ == "__main__":
    main()
