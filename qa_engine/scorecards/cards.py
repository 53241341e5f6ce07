"""KPI = Σ w·f(x) / Σ w over the metrics that are known: one card a person, with its interval and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from qa_engine.kpi.registry import BY_ID
from qa_engine.scorecards.estimates import UNKNOWN, Estimate, draw_group
from qa_engine.scorecards.schedule import Measure, Period


class PartState(StrEnum):
    """Whether a metric counts."""

    SCORED = "scored"
    UNKNOWN = "unknown"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Part:
    """One metric of a card. `points` 0-120, `low`/`high` its range over the figure's interval; all None where it does
    not count. `share` is the weight after metrics that do not count have left: the shares of a card add up to 1."""

    metric: str
    weight: float
    share: float
    figure: Estimate
    state: PartState
    points: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One person's KPI, 0-120, with its 95 % interval; None where no metric counts. `covered`: weight that counts."""

    key: str
    score: float | None
    low: float | None
    high: float | None
    covered: float
    parts: tuple[Part, ...]

    @property
    def half(self) -> float:
        """Half the width of the interval before it is cut off at 0 and 120."""
        found = [part for part in self.parts if part.low is not None and part.high is not None]
        return sqrt(sum((part.share * ((part.high or 0.0) - (part.low or 0.0)) / 2) ** 2 for part in found))


def make_cards(
    period: Period, people: Mapping[str, Mapping[str, Estimate]], *, shrinks: bool = True
) -> list[Card]:
    """The cards of a group, by key. `people`: key → metric → estimate as measured; a metric that is missing is unknown."""
    drawn = {measure.metric: _group(measure.metric, people, shrinks=shrinks) for measure in period.measures}
    return [
        make_card(key, [(measure, drawn[measure.metric].get(key, UNKNOWN)) for measure in period.measures])
        for key in sorted(people)
    ]


def _group(
    metric: str, people: Mapping[str, Mapping[str, Estimate]], *, shrinks: bool
) -> dict[str, Estimate]:
    found = {key: figures[metric] for key, figures in people.items() if metric in figures}
    return draw_group(metric, found) if shrinks else found


def make_card(key: str, measured: Sequence[tuple[Measure, Estimate]]) -> Card:
    """One card. The interval adds the metrics' own in quadrature: it takes them for independent."""
    states = [_state(measure, figure) for measure, figure in measured]
    covered = sum(
        measure.weight
        for (measure, _), state in zip(measured, states, strict=True)
        if state is PartState.SCORED
    )
    parts = tuple(
        _part(measure, figure, state, covered)
        for (measure, figure), state in zip(measured, states, strict=True)
    )
    if covered <= 0:
        return Card(key, None, None, None, 0.0, parts)
    score = sum(part.share * part.points for part in parts if part.points is not None)
    half = Card(key, score, None, None, covered, parts).half
    return Card(key, score, max(score - half, 0.0), min(score + half, 120.0), covered, parts)


def _state(measure: Measure, figure: Estimate) -> PartState:
    if figure.used is None:
        return PartState.UNKNOWN
    metric = BY_ID[measure.metric]
    few = metric.denominator is not None and figure.n < metric.minimum_n
    return PartState.TOO_FEW if few else PartState.SCORED


def _part(measure: Measure, figure: Estimate, state: PartState, covered: float) -> Part:
    if state is not PartState.SCORED or figure.used is None:
        return Part(measure.metric, measure.weight, 0.0, figure, state)
    value, low, high = figure.used
    least, most = measure.curve.span(low, high)
    points = measure.curve.points(value)
    return Part(measure.metric, measure.weight, measure.weight / covered, figure, state, points, least, most)
