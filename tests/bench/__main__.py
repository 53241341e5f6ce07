"""`python -m tests.bench [--verbose]`: prints every figure with n and interval, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from fixtures.builders.demo_model import evaluate as demo_model
from tests.bench import sentiment, speech, verdicts
from tests.bench.labelled import load_sentiment
from tests.bench.samples import load_samples
from tests.bench.statistics import share

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verbose", action="store_true", help="list every verdict that differs")
    verbose = options.parse_args().verbose
    samples = load_samples()
    audio_s = sum(sample.script.transcript.duration_s for sample in samples)
    print("transcribing the sample calls…", flush=True)
    ours = speech.product_run(samples)
    usual = speech.usual_run(samples)
    print("measuring the demo model on held-out sentences…", flush=True)
    model = demo_model.evaluate()
    plan = verdicts.standard_plan()
    scripts = {sample.id: sample.script for sample in samples}
    on_script = verdicts.agreement(samples, scripts, plan)
    on_sound = verdicts.agreement(samples, ours.calls, plan)
    speed, characters = verdicts.calls_per_second(list(scripts.values()), plan)

    lines = [
        "# Benchmarks",
        "",
        (
            f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {cpu_count()} cores, Python "
            f"{platform.python_version()}, faster-whisper {version('faster-whisper')}, ctranslate2 {version('ctranslate2')}. "
            "Speeds are ratios of runs side by side on the same machine; another machine gives other absolute figures."
        ),
        "",
        "## Demo model: character error rate",
        "",
        (
            "Characters only (marks and spaces left out), 95 % interval by bootstrap over recordings. The held-out "
            "sentences are spoken by the same synthetic voices and occur nowhere in training. Real voices: not usable."
        ),
        "",
        "| set | CER | 95 % interval | characters | n |",
        "|---|---|---|---|---|",
        *(
            f"| {report.title} | {report.rate.rate:.2%} | {report.rate.low:.2%}–{report.rate.high:.2%} "
            f"| {report.rate.characters} | {report.rate.units} |"
            for report in model
        ),
        "",
        "## Transcription of the sample calls",
        "",
        f"{len(samples)} calls, {audio_s:.0f} s of recording, {speech.THREADS} threads, decoding not counted.",
        "",
        "| way | CER | 95 % interval | seconds | × real time | speed against CallQA |",
        "|---|---|---|---|---|---|",
        *(
            f"| {run.name} | {run.rate.rate:.2%} | {run.rate.low:.2%}–{run.rate.high:.2%} | {run.wall_s:.1f} "
            f"| {audio_s / run.wall_s:.0f} | {ours.wall_s / run.wall_s:.2f} |"
            for run in (ours, usual)
        ),
        "",
        "## Verdicts against one reviewer's expectations (`fixtures/calls/expected.yaml`)",
        "",
        (
            "The rules were written with these calls in sight, so the first row says that the parts fit together, not how "
            "well they do on other calls. Items left `unknown` count as not agreed."
        ),
        "",
        "| text | items agreed | of the rest unknown | objections: recall | objections: precision |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {share(found.agreed, found.judged)} | {found.unknown} of {found.judged - found.agreed} "
            f"| {share(found.objection_hits, found.objections_expected)} "
            f"| {share(found.objection_hits, found.objections_found)} |"
            for name, found in (("script", on_script), ("recognised", on_sound))
        ),
        "",
        "## Sentiment",
        "",
        "The customer's stance over windows of one to four turns, on a frozen set by another writer (`tests/bench/sets`).",
        "",
        *sentiment.table(load_sentiment()),
        "",
        "## Scoring",
        "",
        (
            f"{speed:.0f} calls a second on one core (`telesales-standard`, {characters:.0f} characters a call, analysis, "
            f"evidence and JSON included; n = {len(samples)} calls × 5): {speed * ours.wall_s / len(samples):.0f} times as "
            "fast as transcribing them."
        ),
        "",
    ]
    text = "\n".join(lines)
    PAGE.write_text(text, "utf-8")
    print(text)
    if verbose:
        for name, found in (("script", on_script), ("recognised", on_sound)):
            print(f"\n{name}:", *found.misses, *found.objection_misses, sep="\n  ")


if __name__ == "__main__":
    main()
