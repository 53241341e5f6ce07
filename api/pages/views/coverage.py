"""Who was heard how often: agents by weeks, the draw with its weights, who is not covered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from models.coverage import Coverage
from qa_engine.quality.stratified import Stratified, Stratum, stratified_mean


@dataclass(frozen=True, slots=True)
class WeekCell:
    """One agent's week. `calls` and `heard` open those calls; `weight` "" where nobody heard a drawn call."""

    calls: int
    heard: int
    drawn: int
    drawn_heard: int
    weight: str
    calls_href: str
    heard_href: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """An agent over the weeks; a cell is None for weeks without a scored call."""

    key: str
    name: str
    calls: int
    heard: int
    share: float
    cells: tuple[WeekCell | None, ...]
    calls_href: str
    heard_href: str


@dataclass(frozen=True, slots=True)
class CoverageView:
    """`bare` are the agents of whom nobody heard any call."""

    weeks: tuple[date, ...]
    rows: tuple[CoverageRow, ...]
    bare: tuple[CoverageRow, ...]
    calls: int
    heard: int
    drawn: int
    drawn_heard: int
    estimate: Stratified
    calls_href: str
    heard_href: str


def coverage_view(
    found: Sequence[Coverage],
    scores: Sequence[tuple[str, date, float]],
    weeks: Sequence[date],
    names: Mapping[str, str],
    query: Mapping[str, str],
    *,
    none: str,
) -> CoverageView:
    """`query` are days (whole weeks), scope and form; agents least covered first."""
    of_agent: dict[str, dict[date, Coverage]] = {}
    for one in found:
        of_agent.setdefault(one.agent_id, {})[one.monday] = one
    rows = [_row(key, names.get(key) or key or none, own, weeks, query) for key, own in of_agent.items()]
    rows.sort(key=lambda row: (row.share, -row.calls, row.key))
    measured: dict[tuple[str, date], list[float]] = {}
    for agent, monday, score in scores:
        measured.setdefault((agent, monday), []).append(score)
    strata = [Stratum(one.calls, measured.get((one.agent_id, one.monday), ())) for one in found]
    return CoverageView(
        tuple(weeks),
        tuple(rows),
        tuple(row for row in rows if not row.heard),
        sum(one.calls for one in found),
        sum(one.heard for one in found),
        sum(one.drawn for one in found),
        sum(one.drawn_heard for one in found),
        stratified_mean(strata),
        _calls(query),
        _calls(query, reviewed="yes"),
    )


def _row(
    key: str, name: str, own: Mapping[date, Coverage], weeks: Sequence[date], query: Mapping[str, str]
) -> CoverageRow:
    calls, heard = sum(one.calls for one in own.values()), sum(one.heard for one in own.values())
    scope = {**query, "agent": key}
    return CoverageRow(
        key,
        name,
        calls,
        heard,
        heard / calls,
        tuple(_cell(own[week], scope) if week in own else None for week in weeks),
        _calls(scope),
        _calls(scope, reviewed="yes"),
    )


def _cell(one: Coverage, query: Mapping[str, str]) -> WeekCell:
    days = {"from": one.monday.isoformat(), "to": (one.monday + timedelta(days=6)).isoformat()}
    return WeekCell(
        one.calls,
        one.heard,
        one.drawn,
        one.drawn_heard,
        "" if one.weight is None else f"{one.weight:.1f}",
        _calls({**query, **days}),
        _calls({**query, **days}, reviewed="yes"),
    )


def _calls(query: Mapping[str, str], **more: str) -> str:
    # a lowest score of 0 keeps calls out that the form has not scored
    return f"/?{urlencode({**query, 'min': '0', **more})}"
