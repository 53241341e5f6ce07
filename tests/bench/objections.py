"""How well objections, handling steps and outcomes are found on the frozen set: `python -m tests.bench.objections`.

Prints figures only. The set's cases are never listed, so that no rule can be written for one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_engine.calls import Turn
from qa_engine.objections import Taxonomy, find_objections, load_taxonomy
from qa_engine.rubric.load import taxonomy_path
from qa_engine.scoring.evaluation import ObjectionFound
from tests.bench.labelled import OBJECTION_TYPES, OUTCOMES, STEPS, ObjectionCase, load_objections
from tests.bench.runs import Runs
from tests.bench.statistics import share

_RESAMPLES = 2_000
_SEED = 11
_SECONDS_A_TURN = 4.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits, false alarms and misses of one class."""

    hits: int
    false: int
    missed: int

    @property
    def n(self) -> int:
        return self.hits + self.missed

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.n)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.false + self.missed)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is measured. Steps and outcomes are those of objections whose handling is labelled; one that was not
    found has neither."""

    types: dict[str, Counts]
    macro_f1: float
    low: float
    high: float
    cases: int
    look_alikes_hit: int
    look_alikes: int
    steps: dict[str, Counts]
    outcomes: dict[str, Counts]
    outcome_hits: int
    handled: int
    handled_found: int


def found_in(case: ObjectionCase, taxonomy: Taxonomy) -> tuple[ObjectionFound, ...]:
    """What the product finds in a case; times play no part."""
    turns = [
        Turn(turn.role, at * _SECONDS_A_TURN, (at + 1) * _SECONDS_A_TURN, turn.text)
        for at, turn in enumerate(case.turns)
    ]
    return find_objections(turns, taxonomy).found


def measure(cases: Sequence[ObjectionCase], taxonomy: Taxonomy) -> Figures:
    """The figures over these cases. An objection is a hit where type and turn are right."""
    found = [found_in(case, taxonomy) for case in cases]
    tables = np.array([_table(case, ours) for case, ours in zip(cases, found, strict=True)])
    draws = np.random.default_rng(_SEED).integers(0, len(cases), (_RESAMPLES, len(cases)))
    macro = [_macro_f1(tables[draw].sum(axis=0)) for draw in draws]
    total = tables.sum(axis=0)
    nothing = [ours for case, ours in zip(cases, found, strict=True) if not case.objections]
    pairs = list(_handling(cases, found))
    return Figures(
        types={kind: Counts(*map(int, total[at])) for at, kind in enumerate(OBJECTION_TYPES)},
        macro_f1=_macro_f1(total),
        low=float(np.quantile(macro, 0.025)),
        high=float(np.quantile(macro, 0.975)),
        cases=len(cases),
        look_alikes_hit=sum(bool(ours) for ours in nothing),
        look_alikes=len(nothing),
        steps={step: _counts([(step in want, step in got) for want, got, _, _ in pairs]) for step in STEPS},
        outcomes={
            name: _counts([(want == name, got == name) for _, _, want, got in pairs]) for name in OUTCOMES
        },
        outcome_hits=sum(want == got for _, _, want, got in pairs),
        handled=len(pairs),
        handled_found=sum(got != "" for _, _, _, got in pairs),
    )


def _table(case: ObjectionCase, found: Sequence[ObjectionFound]) -> np.ndarray:
    """(types, 3): hits, false alarms, misses of a case."""
    wanted = Counter((one.type, one.turn) for one in case.objections)
    ours = Counter((one.type, one.turn) for one in found)
    parts = (wanted & ours, ours - wanted, wanted - ours)
    return np.array(
        [
            [sum(n for (kind, _), n in part.items() if kind == name) for part in parts]
            for name in OBJECTION_TYPES
        ]
    )


def _macro_f1(table: np.ndarray) -> float:
    hits, false, missed = table.T
    return float(np.mean(2 * hits / np.maximum(1, 2 * hits + false + missed)))


def _handling(
    cases: Sequence[ObjectionCase], found: Sequence[Sequence[ObjectionFound]]
) -> list[tuple[frozenset[str], frozenset[str], str, str]]:
    """Wanted and found steps, wanted and found outcome ("" where the objection was not found)."""
    pairs = []
    for case, ours in zip(cases, found, strict=True):
        by_place = {(one.type, one.turn): one for one in ours}
        for one in case.objections:
            if one.outcome is None:
                continue
            got = by_place.get((one.type, one.turn))
            pairs.append(
                (
                    frozenset(one.steps or ()),
                    frozenset(got.steps if got else ()),
                    one.outcome,
                    got.outcome if got else "",
                )
            )
    return pairs


def _counts(pairs: Sequence[tuple[bool, bool]]) -> Counts:
    return Counts(
        sum(want and got for want, got in pairs),
        sum(got and not want for want, got in pairs),
        sum(want and not got for want, got in pairs),
    )


def report(cases: Sequence[ObjectionCase] | None = None, taxonomy: Taxonomy | None = None) -> list[str]:
    """The figures as lines of Markdown. By default the frozen set and the shipped taxonomy."""
    figures = measure(cases or load_objections(), taxonomy or load_taxonomy(taxonomy_path()))
    steps = [one for one in figures.steps.values() if one.n]
    step_f1 = sum(one.f1 for one in steps) / max(1, len(steps))
    return [
        (
            f"Types: macro-F1 {figures.macro_f1:.3f} (95 % interval by bootstrap over cases {figures.low:.3f}–"
            f"{figures.high:.3f}), n = {sum(one.n for one in figures.types.values())} objections in {figures.cases} "
            f"cases. False alarms on cases without one: {share(figures.look_alikes_hit, figures.look_alikes)}."
        ),
        "",
        *_rows("type", figures.types),
        "",
        (
            f"Handling, on objections whose handling is labelled (found: {figures.handled_found} of {figures.handled}; "
            f"what was not found counts as missed): steps macro-F1 {step_f1:.3f}, outcome right "
            f"{share(figures.outcome_hits, figures.handled)}."
        ),
        "",
        *_rows("step", figures.steps),
        "",
        *_rows("outcome", figures.outcomes),
    ]


def _rows(head: str, counts: dict[str, Counts]) -> list[str]:
    return [
        f"| {head} | precision | recall | F1 | n |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {one.precision:.3f} | {one.recall:.3f} | {one.f1:.3f} | {one.n} |"
            for name, one in counts.items()
        ),
    ]


def section(_runs: Runs) -> list[str]:
    """Types, handling and outcome, over the frozen set."""
    return [
        "## Objections",
        "",
        "On the frozen set `tests/bench/sets/objections.yaml`, by another writer.",
        "",
        *report(),
        "",
    ]
