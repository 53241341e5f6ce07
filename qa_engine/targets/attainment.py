"""How likely a target is from history, and how far along it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, stdev

from qa_engine.kpi.bands import Colour
from qa_engine.kpi.registry import BY_ID, Direction
from qa_engine.statistics.distributions import student_cdf
from qa_engine.targets.target import Target
from qa_engine.targets.working_days import WorkCalendar

TOO_HARD, TOO_EASY = 0.10, 0.95
REACHED, FALLEN = 1.0, 0.8
"""Green from what is due on; red a fifth below it, where the alert rules speak up too."""
FEWEST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Chance:
    """P(attain); None below four weeks of history (`weeks` = n). `warning` in words where it is out of 10 %-95 %."""

    weeks: int
    probability: float | None
    warning: str = ""


def chance_of(target: Target, weekly: Sequence[float], calendar: WorkCalendar) -> Chance:
    """From past weeks: the figure per working day for counts, the figure itself for rates.

    The mean of the H weeks ahead is predicted by Student's t with m-1 degrees: mean ± s·√(1/m + 1/H) (the prediction
    interval for a mean of future values, Hahn & Meeker 1991, 4.8). Weeks, because days of one week are not independent."""
    m = len(weekly)
    days = calendar.days(target.first, target.last)
    if m < FEWEST_WEEKS or days <= 0:
        return Chance(m, None, "样本不足:历史少于 4 周,无法判断能否达到")
    a_week = max(sum(calendar.worth(date(2024, 1, at)) for at in range(1, 8)), 1.0)  # an ordinary week
    ahead = max(days / a_week, 1 / a_week)
    wanted = target.value / days if target.is_additive else target.value
    mean, spread = fmean(weekly), stdev(weekly)
    scale = spread * sqrt(1 / m + 1 / ahead)
    is_down = BY_ID[target.metric].direction is Direction.DOWN
    if scale > 0:
        above = 1 - student_cdf((wanted - mean) / scale, m - 1)
    else:
        above = 1.0 if mean > wanted or (mean == wanted and not is_down) else 0.0
    chance = 1 - above if is_down else above
    if chance < TOO_HARD:
        return Chance(m, chance, f"按历史只有 {chance:.0%} 的可能达到,低于 {TOO_HARD:.0%}:目标可能过高")
    if chance > TOO_EASY:
        return Chance(m, chance, f"按历史有 {chance:.0%} 的可能达到,高于 {TOO_EASY:.0%}:目标可能过低")
    return Chance(m, chance)


@dataclass(frozen=True, slots=True)
class Attainment:
    """`due` is what should be there by today; `rate` actual / due (due / actual where less is better), `total` actual /
    value. None before the first working day, and while nothing is known."""

    actual: float | None
    due: float
    rate: float | None
    total: float | None


def attainment(target: Target, actual: float | None, calendar: WorkCalendar, *, today: date) -> Attainment:
    """Pro rata by working days for counts; rates are due in full every day. `today` counts as worked."""
    days = calendar.days(target.first, target.last)
    gone = calendar.days(target.first, min(today, target.last))
    due = target.value * (gone / days if days else 0.0) if target.is_additive else target.value
    if actual is None or gone <= 0:
        return Attainment(actual, due, None, None)
    if BY_ID[target.metric].direction is Direction.DOWN:
        rate = due / actual if actual else None
        return Attainment(actual, due, rate, target.value / actual if actual else None)
    return Attainment(actual, due, actual / due if due else None, actual / target.value)


def light(found: Attainment) -> Colour:
    """Green where what is due is reached, yellow under it, red from a fifth under it on; unknown before the start."""
    if found.rate is None:
        return Colour.UNKNOWN
    if found.rate >= REACHED:
        return Colour.GREEN
    return Colour.YELLOW if found.rate > FALLEN else Colour.RED


def daily_share(target: Target, calendar: WorkCalendar, day: date) -> float | None:
    """What is due on one day alone: a count's part by working days, a rate in full. None on days off and outside."""
    worth = calendar.worth(day)
    if not target.first <= day <= target.last or worth <= 0:
        return None
    if not target.is_additive:
        return target.value
    return target.value * worth / calendar.days(target.first, target.last)
