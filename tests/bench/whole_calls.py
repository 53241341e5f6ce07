"""How often the form's verdicts are the reviewer's on the frozen set of whole calls, item by item.

Aggregates alone are printed: a look at single misses would tune the rules to the set. What is `unclear` counts neither way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa_engine.scoring import Plan, evaluate
from qa_engine.scoring.evaluation import Verdict
from tests.bench.labelled_calls import LabelledCall, load_calls
from tests.bench.runs import Runs
from tests.bench.statistics import share
from tests.bench.verdicts import standard_plan


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """Counts of one item. `differs` counts (labelled, found) where they are not the same."""

    judged: int
    agreed: int
    differs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        return sum(n for (_, found), n in self.differs.items() if found == Verdict.UNKNOWN.value)

    def confusions(self) -> str:
        """`fail→pass 2, na→fail 1`, most frequent first."""
        ordered = sorted(self.differs.items(), key=lambda pair: -pair[1])
        return ", ".join(f"{labelled}→{found} {n}" for (labelled, found), n in ordered)


def item_agreement(calls: Sequence[LabelledCall], plan: Plan) -> dict[str, ItemAgreement]:
    """Item → its counts, in the order of the form."""
    judged, agreed = Counter[str](), Counter[str]()
    differs: dict[str, Counter[tuple[str, str]]] = {}
    for labelled in calls:
        for item in evaluate(labelled.call, plan).items:
            label = labelled.verdicts.get(item.id)
            if label is None:
                continue
            judged[item.id] += 1
            agreed[item.id] += label.value == item.verdict.value
            if label.value != item.verdict.value:
                differs.setdefault(item.id, Counter())[label.value, item.verdict.value] += 1
    return {name: ItemAgreement(judged[name], agreed[name], differs.get(name, {})) for name in judged}


def markdown() -> list[str]:
    """The table of the frozen set, a row an item and one for all."""
    items = item_agreement(load_calls(), standard_plan())
    judged, agreed = (sum(getattr(i, name) for i in items.values()) for name in ("judged", "agreed"))
    unknown = sum(i.unknown for i in items.values())
    return [
        "| item | agreed | of the rest unknown | labelled→found |",
        "|---|---|---|---|",
        *(
            f"| {name} | {share(i.agreed, i.judged)} | {i.unknown} of {i.judged - i.agreed} | {i.confusions()} |"
            for name, i in items.items()
        ),
        f"| all | {share(agreed, judged)} | {unknown} of {judged - agreed} | |",
    ]


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    return [
        "## Whole calls",
        "",
        "Verdicts of one reviewer on calls that no rule was written with; what is `unclear` counts neither way.",
        "",
        *markdown(),
        "",
    ]


if __name__ == "__main__":
    print("\n".join(markdown()))
