"""Character error rate of the demo model on sentences that it was not trained on."""

from __future__ import annotations

from fixtures.builders.demo_model import evaluate
from tests.bench.runs import Runs


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    return [
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
            for report in evaluate.evaluate()
        ),
        "",
    ]
