"""How well each agent does with each segment, for a dialer that routes calls: a share drawn to the segment's agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from models.dial_kpi import By
from models.figure_table import Names
from models.figures import read_figures
from qa_engine.insight.sheet import Table
from qa_engine.kpi.registry import Ratio
from qa_engine.quality.estimates import share
from qa_engine.statistics.shrinkage import shrink_shares

METRIC = "conversion_contacts"
FORMAT = "callqa.skills/1"
COLUMNS = (
    *("segment", "segment_name", "agent", "agent_name", "from", "to", "metric", "sales", "contacts", "raw"),
    *("value", "low", "high", "weight", "index"),
)


@dataclass(frozen=True, slots=True)
class Skill:
    """An agent in a segment (a campaign): `raw` sales per contact, `value` drawn to the segment's agents with its 95 %
    interval, `weight` the part of it that is the agent's own. `index` 100 = the segment's share over all its agents. Below
    three agents with contacts nothing can be drawn: `value` is the raw share with Wilson's interval then."""

    segment: str
    agent: str
    sales: int
    contacts: int
    raw: float
    value: float
    low: float
    high: float
    weight: float
    index: float | None


def skills(opened: Session, *, first: date, last: date) -> Sequence[Skill]:
    """By segment, the best first. Agents without a contact in a segment are unknown there and left out."""
    segments = read_figures(opened, [METRIC], first=first, last=last, by=By.CAMPAIGN)
    return [one for segment in segments if segment.key for one in _segment(opened, segment.key, first, last)]


def _segment(opened: Session, segment: str, first: date, last: date) -> Sequence[Skill]:
    readings = read_figures(
        opened, [METRIC], first=first, last=last, by=By.AGENT, where={By.CAMPAIGN: segment}
    )
    known = [
        (one.key, one.figure.num, one.figure.den)
        for one in readings
        if one.key
        and isinstance(one.figure, Ratio)
        and one.figure.den
        and 0 <= one.figure.num <= one.figure.den
    ]
    whole = sum(n for _, _, n in known)
    mean = sum(hits for _, hits, _ in known) / whole if whole else 0.0
    found = []
    drawn_all = shrink_shares([(hits, n) for _, hits, n in known])
    for (agent, hits, n), drawn in zip(known, drawn_all, strict=True):
        plain = share(hits, n, decimals=12)
        value, low, high, weight = (
            (drawn.value, drawn.low, drawn.high, drawn.weight)
            if drawn
            else (hits / n, plain.low or 0.0, 1.0 if plain.high is None else plain.high, 1.0)
        )
        index = 100 * value / mean if mean else None
        found.append(Skill(segment, agent, int(hits), int(n), hits / n, value, low, high, weight, index))
    return sorted(found, key=lambda one: (-one.value, one.agent))


def skills_document(found: Sequence[Skill], *, first: date, last: date) -> dict[str, Any]:
    """`callqa.skills/1`."""
    return {
        "format": FORMAT,
        "metric": METRIC,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "skills": [asdict(one) for one in found],
    }


def skills_table(found: Sequence[Skill], names: Names, *, first: date, last: date) -> Table:
    """One agent and segment a row; the columns are the same in every language."""
    agents, segments = names.get(By.AGENT, {}), names.get(By.CAMPAIGN, {})
    rows = tuple(
        (
            *(one.segment, segments.get(one.segment, ""), one.agent, agents.get(one.agent, "")),
            *(first.isoformat(), last.isoformat(), METRIC, one.sales, one.contacts, one.raw),
            *(one.value, one.low, one.high, one.weight, one.index),
        )
        for one in found
    )
    return Table("skills", COLUMNS, rows)
