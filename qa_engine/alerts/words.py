"""A rule in words, for people who decide whether it is right."""

from __future__ import annotations

from collections.abc import Mapping

from qa_engine.alerts.load import RATE_UNIT
from qa_engine.alerts.rules import CallSign, InBand, KOfN, Limit, Now, OneCall, Rule, Scope
from qa_engine.kpi.registry import BY_ID
from qa_engine.rubric.conditions.sales import TYPES

SCOPES = {
    Scope.TOTAL: "全中心",
    Scope.TEAM: "每个团队",
    Scope.AGENT: "每个坐席",
    Scope.CAMPAIGN: "每个活动",
    Scope.CALL: "每通电话",
}
_SIGNS = {
    CallSign.AUTO_FAIL: "触发一票否决",
    CallSign.OBJECTION: "客户提出异议",
    CallSign.DISPOSITION: "业务结果为",
    CallSign.TICKET: "有 CRM 工单",
}
_VALUES: Mapping[CallSign, Mapping[str, str]] = {
    CallSign.OBJECTION: TYPES,
    CallSign.TICKET: {
        "complaint": "投诉",
        "service": "服务",
        "inquiry": "咨询",
        "feedback": "建议",
        "other": "其他",
    },
}
_COLOURS = {"red": "红色", "yellow": "黄色或红色"}


def value_text(metric_id: str, value: float | None) -> str:
    """A figure as people write it: rates in percent."""
    if value is None:
        return "–"
    metric = BY_ID.get(metric_id)
    if metric is not None and metric.unit == RATE_UNIT:
        return f"{100 * value:.1f} %"
    return f"{value:,.1f}".removesuffix(".0")


def _limit(limit: Limit, unit: str = "") -> str:
    if limit.below is not None:
        return f"不高于 {unit}{limit.below:g}" if not unit else f"不高于{unit}的 {100 * limit.below:g} %"
    above = limit.above or 0.0
    return f"不低于 {above:g}" if not unit else f"不低于{unit}的 {100 * above:g} %"


def in_words(rule: Rule) -> str:
    """One sentence: what is looked at, for whom, when it alerts."""
    whom = SCOPES[rule.scope]
    name = BY_ID[rule.metric].name_zh if rule.metric else ""
    test = rule.test
    if isinstance(test, KOfN):
        target = (
            "目标"
            if test.is_stored
            else f"目标 {value_text(rule.metric, test.target)}"
            if test.target is not None
            else "自身近 8 周同星期的中位数"
        )
        days = f"连续 {test.n} 天" if test.k == test.n else f"最近 {test.n} 天中有 {test.k} 天"
        said = f"{whom}的{name}{days}{_limit(test.limit, target)}"
    elif isinstance(test, InBand):
        band = test.band
        blend = (
            f",并以 {100 * band.benchmark_weight:g} % 混入标杆 {value_text(rule.metric, band.benchmark)}"
            if band.benchmark is not None and band.benchmark_weight
            else ""
        )
        said = (
            f"{whom}的{name}连续 {band.hold} 期偏出近 {band.weeks} 周同星期的中位数{blend},"
            f"超过 {band.yellow_k:g} 倍离散为黄、{band.red_k:g} 倍为红;变为{_COLOURS[test.level]}时预警"
        )
    elif isinstance(test, Now):
        bound = test.limit.below if test.limit.below is not None else test.limit.above
        side = "不高于" if test.limit.below is not None else "不低于"
        said = (
            f"{test.start}–{test.end} 点之间,{whom}近 {test.hours} 小时的{name}"
            f"{side} {value_text(rule.metric, bound)}"
        )
    else:
        said = f"{_call_words(test)}({whom}一张预警)"
    least = f";少于 {rule.min_n} 通不判断" if rule.metric and rule.min_n else ""
    return f"{said}{least}"


def _call_words(test: OneCall) -> str:
    named = _VALUES.get(test.sign, {})
    which = "、".join(f"“{named[one]}”" if one in named else one for one in test.values)
    space = "" if not which or which[0] == "“" else " "
    return f"单通电话{_SIGNS[test.sign]}{space}{which}"


def scope_text(scope: Scope, key: str) -> str:
    """For whom an alert is."""
    if scope is Scope.TOTAL:
        return SCOPES[scope]
    name = {Scope.TEAM: "团队", Scope.AGENT: "坐席", Scope.CAMPAIGN: "活动", Scope.CALL: "通话"}[scope]
    return f"{name} {key or '(未知)'}"
