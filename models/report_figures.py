"""The figures of a weekly or monthly report, each against the period before, with the page of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlmodel import Session

from models.figures import Reading, read_figures
from qa_engine.insight.shares import share_changes
from qa_engine.insight.sheet import Table
from qa_engine.kpi.registry import BY_ID, Metric, Ratio

FEW = "样本不足"
METRICS = (
    *("dials", "connects", "connect_rate", "contacts", "sales", "conversion_contacts", "conversion_dials"),
    *("aht", "occupancy", "qa_score"),
    *("critical_accuracy_customer", "critical_accuracy_business", "critical_accuracy_compliance"),
    *("objection_resolved_rate", "complaint_rate", "first_call_resolution"),
)
CRITICAL = "critical_accuracy_"
UNSAID = ("比率", "次")
"""Units that need no word beside a figure: a rate has its %, a count is a count."""
COLUMNS = ("指标", "本期", "上期", "变化", "口径")
_NOW, _BEFORE = 1, 2


def figures_table(opened: Session, first: date, last: date, days: int) -> Table:
    """The figures of `first` to `last` and of as many days before them."""
    spans = {
        _NOW: (first, last),
        _BEFORE: (first - timedelta(days=days), first - timedelta(days=1)),
    }
    read: dict[int, Mapping[str, Reading]] = {
        at: {one.metric: one for one in read_figures(opened, METRICS, first=begin, last=end)}
        for at, (begin, end) in spans.items()
    }
    return Table(
        "指标",
        COLUMNS,
        tuple(
            (
                _named(BY_ID[name]),
                value_text(read[_NOW].get(name)),
                value_text(read[_BEFORE].get(name)),
                change_text(read[_NOW].get(name), read[_BEFORE].get(name)),
                BY_ID[name].formula,
            )
            for name in METRICS
        ),
        "n 为分母;比率的变化为百分点,带 95% 区间(区间含 0 的可能只是偶然);数量的变化为百分比。",
        {
            (row, at): f"/figures/{name}?{urlencode({'from': begin, 'to': end})}"
            for row, name in enumerate(METRICS)
            for at, (begin, end) in spans.items()
            if (found := read[at].get(name)) is not None and found.value is not None
        },
    )


def value_text(one: Reading | None) -> str:
    """A figure with its n; of critical errors also how many there were."""
    if one is None or one.value is None:
        return "–"
    metric = BY_ID[one.metric]
    if not isinstance(one.figure, Ratio):
        return f"{one.figure:,}"
    errors = f" · 有差错 {one.figure.den - one.figure.num:,}" if one.metric.startswith(CRITICAL) else ""
    said = FEW if one.figure.den < metric.minimum_n else f"{one.value:.2%}"
    if said != FEW and metric.unit != "比率":
        said = f"{one.value:.1f}"
    return f"{said} (n={one.figure.den:,}){errors}"


def _named(metric: Metric) -> str:
    """The name, with a unit that the figure itself does not show."""
    return metric.name_zh if metric.unit in UNSAID else f"{metric.name_zh}({metric.unit})"


def change_text(now: Reading | None, before: Reading | None) -> str:
    """What changed: points with their interval, percent of a count, the difference of a mean; "–" where one is unknown."""
    if now is None or before is None or now.value is None or before.value is None:
        return "–"
    metric = BY_ID[now.metric]
    if not isinstance(now.figure, Ratio) or not isinstance(before.figure, Ratio):
        return f"{now.value / before.value - 1:+.1%}" if before.value else "–"
    if min(now.figure.den, before.figure.den) < metric.minimum_n:
        return FEW
    if metric.unit != "比率":
        return f"{now.value - before.value:+.1f}"
    return _points(metric, now.figure, before.figure)


def _points(metric: Metric, now: Ratio, before: Ratio) -> str:
    text = f"{100 * ((now.value or 0.0) - (before.value or 0.0)):+.1f}"
    if not _is_share(metric, now) or not _is_share(metric, before):
        return text
    (found,) = share_changes({"": now.num}, {"": before.num}, n_now=now.den, n_before=before.den)
    if found.low is None or found.high is None:
        return FEW
    return f"{text}(95% 区间 {found.low * 100:+.1f} 至 {found.high * 100:+.1f})"


def _is_share(metric: Metric, figure: Ratio) -> bool:
    """Cases of cases, not seconds of seconds."""
    return not (metric.denominator or "").endswith("_s") and 0 <= figure.num <= figure.den
