"""An agent's score as it is written: "86 ± 4, 23 calls", beside the own four weeks before and the team; the funnel of
objections; marks of new versions of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from api.pages.figures import number
from models.agent_score import AgentScore, Handled, MeanScore
from qa_engine.kpi.registry import BY_ID

FEWEST = BY_ID["qa_score"].minimum_n


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """`text` is "" where there is no scored call."""

    text: str
    n: int
    is_few: bool
    href: str


@dataclass(frozen=True, slots=True)
class ScoreCompared:
    """The own score, the team's, and the median of the own four weeks before; `sign` of the difference to that: up, down or
    same, "" where it is unknown or smaller than the own interval."""

    own: ScoreLine
    team: ScoreLine
    before: str
    before_n: int
    sign: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the funnel; `share` in percent of what was raised."""

    name: str
    n: int
    share: float | None
    width: float
    href: str


def _line(found: MeanScore, query: Mapping[str, str]) -> ScoreLine:
    if found.mean is None:
        return ScoreLine("", 0, is_few=False, href="")
    half = "" if found.half is None else f" ± {number(found.half)}"
    return ScoreLine(
        f"{number(found.mean)}{half}",
        found.n,
        is_few=found.n < FEWEST,
        href=f"/?{urlencode({**query, 'min': '0'})}",
    )


def score_view(found: AgentScore, query: Mapping[str, str], team_query: Mapping[str, str]) -> ScoreCompared:
    """Both queries open the calls of the range."""
    sign = ""
    if found.before is not None and found.own.mean is not None and found.own.half is not None:
        off = found.own.mean - found.before
        sign = ("up" if off > 0 else "down") if abs(off) > found.own.half else "same"
    return ScoreCompared(
        _line(found.own, query),
        _line(found.team, team_query),
        "" if found.before is None else number(found.before),
        found.before_n,
        sign,
    )


def handled_view(found: Handled, calls: str) -> list[StepView]:
    """Raised → met with understanding → answered → resolved; empty where nothing was raised."""
    if not found.raised:
        return []
    steps = (
        ("raised", found.raised, ""),
        ("acknowledged", found.acknowledged, ""),
        ("answered", found.answered, ""),
        ("resolved", found.resolved, f"{calls}&{urlencode({'outcome': 'resolved'})}"),
    )
    return [
        StepView(name, n, n / found.raised * 100, round(240 * n / found.raised, 1), href)
        for name, n, href in steps
    ]


def version_marks(versions: Sequence[tuple[date, int]]) -> list[tuple[date, str]]:
    """The weeks in which a new version of the form began to score; the first one known is no change."""
    return [(day - timedelta(days=day.weekday()), f"v{version}") for day, version in versions[1:]]
