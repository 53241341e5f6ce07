"""Coaching as its pages show it: findings with titles, plans with what is due, the picture of a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.coaching import CoachingPlanRow, PlanState
from models.coaching_cycle import Measurement
from qa_engine.coaching.findings import Finding
from qa_engine.coaching.note import Clip, stamp

OPEN = (PlanState.DRAFT, PlanState.GIVEN, PlanState.RUNNING)
WIDTH, HEIGHT, LEFT, TOP = 420, 200, 44, 16


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its title, figures in points of a hundred."""

    agent_id: str
    item_id: str
    title: str
    n: int
    peers: int
    lost: float
    expected: float
    excess: float
    low: float
    high: float
    points: float


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan on the board."""

    row: CoachingPlanRow
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ClipView:
    """A stretch of a call with the address that opens it there."""

    call_id: str
    at: str
    quote: str
    reason: str
    href: str
    keep_href: str
    """The same place with the stretch marked, to keep it as an example."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Levels before and after as points of an SVG: the agent's two, the peers' mean, and the predicted level with its
    interval."""

    pre_y: float
    post_y: float
    predicted_y: float
    low_y: float
    high_y: float
    target_y: float
    ticks: tuple[tuple[float, int], ...]


def finding_views(
    found: Mapping[str, Sequence[Finding]], titles: Mapping[str, str]
) -> Mapping[str, list[FindingView]]:
    """By agent."""
    return {
        agent: [
            FindingView(
                one.agent_id,
                one.item_id,
                titles.get(one.item_id, one.item_id),
                one.n,
                one.peers,
                one.lost * 100,
                one.expected * 100,
                one.excess * 100,
                one.low * 100,
                one.high * 100,
                one.points,
            )
            for one in own
        ]
        for agent, own in found.items()
    }


def plan_lines(rows: Sequence[CoachingPlanRow], today: date) -> list[PlanLine]:
    """Open plans first by due date, then the others, the latest first."""
    opened = [row for row in rows if row.state in OPEN]
    closed = [row for row in reversed(rows) if row.state not in OPEN]
    return [
        *(PlanLine(row, row.due_on < today and row.state != PlanState.RUNNING) for row in opened),
        *(PlanLine(row, is_overdue=False) for row in closed),
    ]


def clip_view(clip: Mapping[str, object] | Clip | None, rubric: str, item_id: str) -> ClipView | None:
    """The clip and its link: two seconds before it, with the item in hand."""
    if not clip:
        return None
    one = clip if isinstance(clip, Clip) else Clip(**clip)  # type: ignore[arg-type]
    place = f"/calls/{one.call_id}?rubric={rubric}&at={max(one.start_s - 2, 0):.1f}"
    marked = f"{place}&in={max(one.start_s - 2, 0):.1f}&out={one.end_s + 2:.1f}"
    return ClipView(
        one.call_id,
        stamp(one.start_s),
        one.quote,
        one.reason,
        f"{place}#item-{item_id}",
        f"{marked}#item-{item_id}",
    )


def picture(found: Measurement) -> Picture | None:
    """None without an effect."""
    if found.own is None or found.effect is None:
        return None
    effect, own = found.effect, found.own

    def y(share: float) -> float:
        return round(TOP + (1 - min(max(share, 0.0), 1.0)) * (HEIGHT - 2 * TOP), 1)

    predicted = own.post - effect.effect
    ends = (own.post - effect.high, own.post - effect.low)
    return Picture(
        y(own.pre), y(own.post), y(predicted), y(max(ends)), y(min(ends)), y(found.target),
        tuple((y(tick / 100), tick) for tick in (0, 25, 50, 75, 100)),
    )  # fmt: skip
