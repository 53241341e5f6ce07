"""How well the compliance items of the shipped form tell violations from what only looks like one.

Over the frozen set `sets/compliance.yaml`. Aggregates alone are printed: a look at single misses would tune the rules to the set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from qa_engine.rubric.examples import SEPARATOR, example_call
from qa_engine.scoring import Plan
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import judge_item
from tests.bench.labelled_text import ComplianceCase, compliance_cases
from tests.bench.runs import Runs
from tests.bench.statistics import share
from tests.bench.verdicts import standard_plan

_LABELS = {"agent": "坐席", "customer": "客户"}


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts over the cases of an item. A violation is the verdict `fail`; `agreed` counts cases whose verdict is the
    labelled one, pass and n/a told apart; `unknown` verdicts are never right."""

    n: int
    agreed: int
    unknown: int
    hits: int
    found: int
    violations: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 × hits / (found + violations)."""
        total = self.found + self.violations
        return 2 * self.hits / total if total else 1.0

    def __add__(self, other: Detection) -> Detection:
        return Detection(
            self.n + other.n,
            self.agreed + other.agreed,
            self.unknown + other.unknown,
            self.hits + other.hits,
            self.found + other.found,
            self.violations + other.violations,
        )


def detection(cases: Sequence[ComplianceCase], plan: Plan) -> dict[str, Detection]:
    """Item → its counts, in the order in which the items first occur."""
    found: dict[str, Detection] = defaultdict(lambda: Detection(0, 0, 0, 0, 0, 0))
    for case in cases:
        line = SEPARATOR.join(f"{_LABELS[turn.role]}:{turn.text}" for turn in case.lines)
        verdict = judge_item(example_call(line), plan, case.item).verdict
        wrong, failed = case.verdict == "fail", verdict is Verdict.FAIL
        found[case.item] += Detection(
            n=1,
            agreed=verdict.value == case.verdict,
            unknown=verdict is Verdict.UNKNOWN,
            hits=wrong and failed,
            found=failed,
            violations=wrong,
        )
    return dict(found)


def markdown() -> list[str]:
    """The table of the frozen set, a row an item and one for all."""
    by_item = detection(compliance_cases(), standard_plan())
    rows = [*by_item.items(), ("all", sum(by_item.values(), start=Detection(0, 0, 0, 0, 0, 0)))]
    return [
        "| item | n | verdicts agreed | precision | recall | F1 | false hits | unknown |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {d.n} | {share(d.agreed, d.n)} | {share(d.hits, d.found)} "
            f"| {share(d.hits, d.violations)} | {d.f1:.3f} | {d.found - d.hits} | {d.unknown} |"
            for name, d in rows
        ),
    ]


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    return [
        "## Compliance items",
        "",
        "Short exchanges with one item each, labelled by another writer from the definitions alone (`tests/bench/sets`).",
        "",
        *markdown(),
        "",
    ]


if __name__ == "__main__":
    print("\n".join(markdown()))
