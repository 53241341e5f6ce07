"""Medians and 90th percentiles: metrics that come from sketches, not from sums.

They stand in a list of their own: a median of days or teams is no sum or mean of theirs, so targets, scorecards and alerts,
which split and add up figures, do not offer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qa_engine.kpi.registry import METRICS, Direction, Metric
from qa_engine.kpi.sketch import RELATIVE_ERROR, quantile
from qa_engine.kpi.sums import Sums

MEDIAN, P90 = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of n amounts. `relative_error` is the most that it may be off, as a share."""

    value: float
    n: int
    relative_error: float = RELATIVE_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileMetric(Metric):
    """A metric whose `numerator` is the amounts that are ranked and whose `denominator` counts them."""

    share: float

    def of(self, sums: Sums) -> None:
        """Sums alone do not tell."""

    def at(self, counts: Mapping[int, int]) -> Quantile | None:
        """The figure from counts by bucket; None where nothing was counted."""
        value = quantile(counts, self.share)
        return None if value is None else Quantile(value * self.factor, sum(counts.values()))


SKETCHED: Mapping[str, str] = MappingProxyType(
    {"handled_talk_s": "handled", "response_ms": "response_calls", "cycle_days": "cycle_orders"}
)
"""Fields of `Sums` whose amounts are sketched, and the fields that count those amounts."""
_COMPARABLE = 30


def _both(
    ends: tuple[str, str], names: tuple[str, str], formula: str, field: str, **rest: object
) -> tuple[QuantileMetric, ...]:
    (begins, unit), (zh, en) = ends, names
    return tuple(
        QuantileMetric(
            id=f"{begins}_{short}_{unit}",
            name_zh=f"{zh}{word_zh}",
            name_en=f"{word_en} {en}",
            formula=f"{formula}的{word_zh};误差不超过 {RELATIVE_ERROR:.0%}",
            numerator=field,
            denominator=SKETCHED[field],
            minimum_n=_COMPARABLE,
            share=share,
            **rest,  # type: ignore[arg-type]
        )
        for short, word_zh, word_en, share in (
            ("median", "中位数", "median", MEDIAN),
            ("p90", "第 90 百分位", "90th percentile of", P90),
        )
    )


_KPI, _CRM = "docs/dialers.md", "docs/crm.md"
QUANTILE_METRICS: tuple[QuantileMetric, ...] = (
    *_both(
        *(("talk_time", "s"), ("通话时长", "talk time"), "处理通话的通话秒数", "handled_talk_s"),
        unit="秒",
        direction=Direction.NEUTRAL,
        source=_KPI,
    ),
    *_both(
        *(("response_time", "s"), ("客户响应时长", "response time"), "各通响应时长中位数", "response_ms"),
        unit="秒",
        direction=Direction.DOWN,
        source=_KPI,
        owner="质检",
        factor=0.001,
    ),
    *_both(
        *(("deal_cycle", "days"), ("成交周期", "deal cycle"), "(成交日 - 首次拨打日)", "cycle_days"),
        unit="天",
        direction=Direction.DOWN,
        source=_CRM,
    ),
)
QUANTILES_BY_ID: Mapping[str, QuantileMetric] = MappingProxyType(
    {metric.id: metric for metric in QUANTILE_METRICS}
)
ALL_METRICS: tuple[Metric, ...] = (*METRICS, *QUANTILE_METRICS)
ALL_BY_ID: Mapping[str, Metric] = MappingProxyType({metric.id: metric for metric in ALL_METRICS})
