"""Weights with dates: which metrics count how much, from when to when (旺季, 淡季)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from qa_engine.errors import BadInput, NotFound
from qa_engine.kpi.registry import BY_ID
from qa_engine.scorecards.curves import Curve, curve_fault
from qa_engine.scorecards.pairs import missing_pairs

_EXACT = 1e-9


class BadSchedule(BadInput):
    """A weight schedule that cannot be used: where it is wrong and what to write instead."""

    code = "bad_schedule"


class NoWeights(NotFound):
    """No period of the schedule holds on that day."""

    code = "no_weights"


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of a scorecard; `weight` in (0, 1]."""

    metric: str
    weight: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Period:
    """Weights that hold from the first to the last day, whole months."""

    name: str
    first: date
    last: date
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All periods in the order of time. `shrinks`: figures of few calls are drawn to the group before they score."""

    id: str
    title: str
    periods: tuple[Period, ...]
    shrinks: bool = True

    def on(self, day: date) -> Period:
        """The period that holds on a day. Raises `NoWeights`."""
        for period in self.periods:
            if period.first <= day <= period.last:
                return period
        ends = f"{self.periods[0].first} 至 {self.periods[-1].last}"
        raise NoWeights(f"权重方案 {self.id} 不含 {day}", hint=f"方案覆盖 {ends};请补上这一天所在的时段")

    def warnings(self) -> tuple[str, ...]:
        """Volume metrics that are weighed without the metric that keeps them honest."""
        return tuple(
            f"{period.name}:{BY_ID[volume].name_zh}计入权重,而与它配对的{BY_ID[guard].name_zh}没有"
            for period in self.periods
            for volume, guard in missing_pairs([measure.metric for measure in period.measures])
        )


def check_schedule(schedule: Schedule) -> None:
    """Raises `BadSchedule` for the first fault: unknown metrics, points, weights not adding up to 1, periods that are
    not whole months, overlap or leave a gap."""
    if not schedule.periods:
        raise BadSchedule("方案没有时段", hint="至少写一个 periods 条目")
    for period in schedule.periods:
        _check_period(period)
    for before, after in pairwise(schedule.periods):
        if after.first <= before.last:
            raise BadSchedule(
                f"时段「{before.name}」与「{after.name}」重叠:{after.first} 至 {min(before.last, after.last)}",
                hint=f"把「{after.name}」的 from 改为 {before.last + timedelta(days=1)},或提前结束「{before.name}」",
            )
        if after.first > before.last + timedelta(days=1):
            gap = f"{before.last + timedelta(days=1)} 至 {after.first - timedelta(days=1)}"
            raise BadSchedule(
                f"时段「{before.name}」与「{after.name}」之间有空缺:{gap}", hint="每一天都要有权重;请补上时段"
            )


def _check_period(period: Period) -> None:
    where = f"时段「{period.name}」"
    if period.last < period.first:
        raise BadSchedule(
            f"{where}的结束日 {period.last} 早于开始日 {period.first}", hint="请对调 from 和 to"
        )
    last_of_month = monthrange(period.last.year, period.last.month)[1]
    if period.first.day != 1 or period.last.day != last_of_month:
        raise BadSchedule(
            f"{where}不是整月:{period.first} 至 {period.last}",
            hint="成绩按月结算,一个月只能有一套权重;from 写某月 1 日,to 写某月最后一天",
        )
    names = [measure.metric for measure in period.measures]
    for measure in period.measures:
        if measure.metric not in BY_ID:
            raise BadSchedule(
                f"{where}的指标 {measure.metric} 不存在", hint="可用的指标:" + "、".join(sorted(BY_ID))
            )
        if not 0 < measure.weight <= 1:
            raise BadSchedule(
                f"{where}中 {measure.metric} 的权重 {measure.weight:g} 不在 0–1 之间", hint="删去不计分的指标"
            )
        fault = curve_fault(measure.curve.corners)
        if fault:
            raise BadSchedule(
                f"{where}中 {measure.metric} 的 points:{fault}",
                hint="例如 [[0.2, 0], [0.35, 100], [0.5, 120]]",
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadSchedule(f"{where}中 {twice} 出现了两次", hint="每个指标只写一次")
    total = sum(measure.weight for measure in period.measures)
    if abs(total - 1) > _EXACT:
        raise BadSchedule(
            f"{where}的权重之和为 {total:.6g},应为 1",
            hint=f"请调整,使 {'、'.join(names) or '各指标'}的权重加起来等于 1",
        )


def metrics_of(periods: Sequence[Period]) -> tuple[str, ...]:
    """Every metric that is weighed, in order of first appearance."""
    return tuple(dict.fromkeys(measure.metric for period in periods for measure in period.measures))
