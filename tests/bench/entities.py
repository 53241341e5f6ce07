"""How often entities and numerals are those of the labelled sets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from qa_engine.calls import Role, Turn
from qa_engine.language.entities import PII, find_entities
from qa_engine.language.normalize import normalize
from tests.bench.labelled_text import PiiCase, numeral_cases, numeral_faults, pii_cases
from tests.bench.runs import Runs
from tests.bench.statistics import share

EVERY = "all"
DICTATED = "phone, id_card, bank_card"


@dataclass(slots=True)
class Counts:
    """Entities of a kind: `hits` found with the labelled span, `touched` labelled ones that a span of the kind overlaps."""

    expected: int = 0
    found: int = 0
    hits: int = 0
    touched: int = 0

    @property
    def recall(self) -> str:
        return share(self.hits, self.expected)

    @property
    def precision(self) -> str:
        return share(self.hits, self.found)


@dataclass(slots=True)
class EntityFigures:
    """Counts by kind, and what differs as `case turn kind wanted found`."""

    kinds: dict[str, Counts] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def entity_figures(cases: tuple[PiiCase, ...] | None = None) -> EntityFigures:
    """Recall and precision on whole spans, by kind, for the dictated numbers together, and for all."""
    figures = EntityFigures()
    for case in pii_cases() if cases is None else cases:
        turns = [Turn(Role(line.role), float(i), i + 1.0, line.text) for i, line in enumerate(case.turns)]
        found = {
            (turn, e.kind, e.start, e.end)
            for turn, entities in enumerate(find_entities(turns))
            for e in entities
            if e.kind in PII
        }
        expected = {(e.turn, e.kind, e.start, e.end) for e in case.entities}
        for kind in PII:
            groups = [kind, EVERY, *([DICTATED] if kind in DICTATED else [])]
            wanted = {e for e in expected if e[1] == kind}
            got = {e for e in found if e[1] == kind}
            for group in groups:
                counts = figures.kinds.setdefault(group, Counts())
                counts.expected += len(wanted)
                counts.found += len(got)
                counts.hits += len(wanted & got)
                counts.touched += sum(any(_overlap(w, g) for g in got) for w in wanted)
        figures.differences += [f"{case.id} missed {e}" for e in sorted(expected - found)]
        figures.differences += [f"{case.id} invented {e}" for e in sorted(found - expected)]
    return figures


def _overlap(one: tuple[int, str, int, int], other: tuple[int, str, int, int]) -> bool:
    return one[0] == other[0] and one[2] < other[3] and other[2] < one[3]


def numeral_figures() -> tuple[str, Counter[str]]:
    """Share of sentences in which every number is normalised and every word left alone; faults by case."""
    faults: Counter[str] = Counter()
    cases = numeral_cases()
    for case in cases:
        if numeral_faults(case, normalize(case.text).text):
            faults[case.id] += 1
    return share(len(cases) - len(faults), len(cases)), faults


def table() -> list[str]:
    """Lines of a Markdown table of all kinds."""
    kinds = entity_figures().kinds
    return [
        "| kind | recall (whole span) | precision | overlapped |",
        "|---|---|---|---|",
        *(
            f"| {kind} | {counts.recall} | {counts.precision} | {share(counts.touched, counts.expected)} |"
            for kind, counts in sorted(kinds.items(), key=lambda item: (item[0] == EVERY, item[0]))
        ),
    ]


def section(_runs: Runs) -> list[str]:
    """Personal data and numerals, over the frozen sets."""
    return [
        "## Personal data and numerals",
        "",
        (
            "Spans right to the character, on `tests/bench/sets/pii.yaml` (spoken, written, dictated over turns, look-alikes); "
            f"numerals: every number of a sentence right and every other word left alone in {numeral_figures()[0]} sentences."
        ),
        "",
        *table(),
        "",
    ]
