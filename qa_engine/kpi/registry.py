"""Every metric, once: its names, formula and what goes over what. Boards, API and exports compute from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from qa_engine.kpi.sums import Sums


class Direction(StrEnum):
    """Which way a metric should go."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator over a denominator, times `factor`; `value` is None where the denominator is 0."""

    num: int
    den: int
    factor: float = 1.0

    @property
    def value(self) -> float | None:
        return self.num / self.den * self.factor if self.den else None


Figure: TypeAlias = int | float | Ratio | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `numerator` and `denominator` are fields of `Sums`; without a denominator it is a count or a sum of
    seconds. `minimum_n` is the denominator below which a figure should not be compared; `owner` decides on changes.
    `factor` turns stored whole units into the metric's own, such as hundredths into points."""

    id: str
    name_zh: str
    name_en: str
    formula: str
    numerator: str
    denominator: str | None
    unit: str
    direction: Direction
    source: str
    minimum_n: int = 1
    owner: str = "运营"
    factor: float = 1.0

    def of(self, sums: Sums) -> Figure:
        """The figure; None where no source can know it. A sum in units of its own, such as money, has two decimals."""
        num: int | None = getattr(sums, self.numerator)
        if self.denominator is None:
            return num if num is None or self.factor == 1.0 else round(num * self.factor, 2)
        den: int | None = getattr(sums, self.denominator)
        return None if num is None or den is None else Ratio(num, den, self.factor)


UP, DOWN, FLAT = Direction.UP, Direction.DOWN, Direction.NEUTRAL
_CALLS, _S, _LEADS = "次", "秒", "名单"
_KPI = "docs/dialers.md"
_CRM = "docs/crm.md"


def _count(
    name: str, zh: str, en: str, formula: str, *, unit: str, direction: Direction = FLAT, source: str = _KPI
) -> Metric:
    return Metric(name, zh, en, formula, name, None, unit, direction, source)


# 30: below it a rate of one half is not even known to ±18 points (Wilson, 95 %).
_COMPARABLE = 30
DIALER_METRICS: tuple[Metric, ...] = (
    _count("dials", "外呼次数", "dials", "外呼通话数(Asterisk、FreeSWITCH 按通话合并后计)", unit=_CALLS),
    _count("connects", "接通次数", "connects", "有人接听的外呼", unit=_CALLS, direction=UP),
    _count("contacts", "有效接触次数", "contacts", "联系到客户本人或成交的外呼", unit=_CALLS, direction=UP),
    _count("sales", "成交次数", "sales", "状态为成交的外呼", unit=_CALLS, direction=UP),
    _count("handled", "处理通话数", "handled calls", "坐席有通话时长的通话", unit=_CALLS),
    _count("talk_s", "通话时长", "talk time", "坐席与客户通话的秒数", unit=_S),
    _count("hold_s", "保持时长", "hold time", "通话保持的秒数", unit=_S, direction=DOWN),
    _count("acw_s", "话后处理时长", "after-call work", "客户挂断后与整理的秒数", unit=_S, direction=DOWN),
    _count("wait_s", "等待时长", "available time", "坐席等待来话的秒数", unit=_S, direction=DOWN),
    _count("pause_s", "暂停时长", "pause time", "坐席暂停(示忙)的秒数", unit=_S, direction=DOWN),
    _count("leads_dialled", "拨打名单数", "leads dialled", "至少拨打过一次的不同名单", unit=_LEADS),
    _count(
        "leads_contacted",
        "接触名单数",
        "leads contacted",
        "至少有效接触过一次的不同名单",
        unit=_LEADS,
        direction=UP,
    ),
    Metric(
        "connect_rate",
        "接通率",
        "connect rate",
        "接通次数 / 外呼次数",
        *("connects", "connects_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "contact_rate_leads",
        "名单接触率",
        "contact rate by lead",
        "接触名单数 / 拨打名单数",
        *("leads_contacted", "contact_leads_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "conversion_contacts",
        "接触转化率",
        "conversion by contact",
        "成交次数 / 有效接触次数",
        *("sales", "sale_contacts_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "conversion_dials",
        "外呼转化率",
        "conversion by dial",
        "成交次数 / 外呼次数",
        *("sales", "sale_dials_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "conversion_leads",
        "名单转化率",
        "conversion by lead",
        "成交次数 / 拨打名单数",
        *("sales", "sale_leads_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "conversion_connects",
        "接通转化率",
        "conversion by connect",
        "成交次数 / 接通次数",
        *("sales", "sale_connects_of", "比率", UP, _KPI, _COMPARABLE),
    ),
    Metric(
        "abandon_rate",
        "呼损率",
        "abandonment",
        "已接听但没有坐席接入的外呼 / 已接听的外呼",
        *("abandoned", "abandoned_of", "比率", DOWN, _KPI, _COMPARABLE),
    ),
    Metric(
        "aht",
        "平均处理时长",
        "average handling time",
        "(通话 + 保持 + 话后处理秒数) / 处理通话数",
        *("handle_s", "handle_calls", "秒/次", FLAT, _KPI, _COMPARABLE),
    ),
    Metric(
        "att",
        "平均通话时长",
        "average talk time",
        "处理通话的通话秒数 / 处理通话数",
        *("handled_talk_s", "handled", "秒/次", FLAT, _KPI, _COMPARABLE),
    ),
    Metric(
        "occupancy",
        "占用率",
        "occupancy",
        "(通话 + 保持 + 话后处理) / (同上 + 等待),暂停不计",
        *("busy_s", "logged_s", "比率", FLAT, _KPI, _COMPARABLE),
    ),
)
"""What `callqa.kpi/1` holds: a contract with those who read it, so later metrics are read by their ids elsewhere."""

METRICS: tuple[Metric, ...] = (
    *DIALER_METRICS,
    *(
        Metric(name, zh, en, formula, num, den, unit, direction, _KPI, _COMPARABLE, owner, factor)
        for name, zh, en, formula, num, den, unit, direction, owner, factor in (
            (
                *(
                    "right_party_rate",
                    "本人接触率",
                    "right-party contact",
                    "联系到本人 / 有效接触(由映射文件给出)",
                ),
                *("right_party", "right_party_of", "比率", UP, "运营", 1.0),
            ),
            (
                *(
                    "effective_talk_rate",
                    "有效沟通率",
                    "effective talk",
                    "通话满 30 秒的接通 / 通话时长已知的接通",
                ),
                *("effective", "effective_of", "比率", UP, "运营", 1.0),
            ),
            (
                *("intent_rate", "意向率", "intent", "有意向的有效沟通 / 有效沟通(由映射文件给出)"),
                *("intents", "intents_of", "比率", UP, "运营", 1.0),
            ),
            (
                *(
                    "attempts_per_lead",
                    "名单平均拨打次数",
                    "attempts a lead",
                    "有名单编号的外呼 / 拨打名单数",
                ),
                *("lead_dials", "leads_dialled", "次/名单", FLAT, "运营", 1.0),
            ),
            (
                *("list_penetration", "名单覆盖率", "list penetration"),
                *(
                    "期内拨打过的名单客户 / 名单中的全部客户(拨号系统的名单表)",
                    "listed_dialled",
                    "listed_leads",
                ),
                *("比率", FLAT, "运营", 1.0),
            ),
            (
                *("utilisation", "利用率", "utilisation", "(通话 + 话后处理 + 等待) / (同上 + 暂停)"),
                *("logged_s", "present_s", "比率", FLAT, "运营", 1.0),
            ),
            (
                *("calls_per_hour", "每小时通话数", "calls an hour", "坐席通话数 / 登录小时(不含暂停)"),
                *("timed_calls", "logged_s", "次/小时", UP, "运营", 3600.0),
            ),
            (
                *("qa_score", "质检得分", "QA score", "各次评分之和 / 有得分的评分数(试用表不计)"),
                *("score_c", "evaluations", "分", UP, "质检", 0.01),
            ),
            (
                *("critical_accuracy_customer", "客户关键准确率", "customer-critical accuracy"),
                *("没有客户关键差错的评分 / 该类全部判定的评分", "customer_right", "customer_of", "比率", UP),
                *("质检", 1.0),
            ),
            (
                *("critical_accuracy_business", "业务关键准确率", "business-critical accuracy"),
                *("没有业务关键差错的评分 / 该类全部判定的评分", "business_right", "business_of", "比率", UP),
                *("质检", 1.0),
            ),
            (
                *("critical_accuracy_compliance", "合规关键准确率", "compliance-critical accuracy"),
                *(
                    "没有合规关键差错的评分 / 该类全部判定的评分",
                    "compliance_right",
                    "compliance_of",
                    "比率",
                    UP,
                ),
                *("质检", 1.0),
            ),
            (
                *(
                    "objection_resolved_rate",
                    "异议处理完成率",
                    "objections resolved",
                    "已化解的异议 / 全部异议",
                ),
                *("resolved", "objections", "比率", UP, "质检", 1.0),
            ),
            (
                *(
                    "response_time_s",
                    "客户响应时长",
                    "response time",
                    "各通响应时长中位数之和 / 可测的通话数",
                ),
                *("response_ms", "response_calls", "秒", DOWN, "质检", 0.001),
            ),
            (
                *(
                    "sentiment_shift",
                    "客户情绪变化",
                    "sentiment shift",
                    "(结尾情绪 - 开头情绪)之和 / 可测的通话数",
                ),
                *("shift_c", "shift_calls", "-2…2", UP, "质检", 0.01),
            ),
        )
    ),
    _count(
        "complaints", "投诉数", "complaints", "投诉工单,作废的不计", unit="件", direction=DOWN, source=_CRM
    ),
    _count(
        "orders", "成交订单数", "orders won", "成交且金额已知的订单", unit="单", direction=UP, source=_CRM
    ),
    Metric(
        "sales_value",
        "成交金额",
        "sales value",
        "成交订单的金额之和,退款后不计",
        "order_value_c",
        None,
        "元",
        UP,
        _CRM,
        factor=0.01,
    ),
    *(
        Metric(name, zh, en, formula, num, den, unit, direction, _CRM, _COMPARABLE, owner, factor)
        for name, zh, en, formula, num, den, unit, direction, owner, factor in (
            (
                *("complaint_rate", "投诉率", "complaints per 1,000 connects", "投诉工单 / 接通次数 × 1000"),
                *("complaints", "connects", "件/千次接通", DOWN, "客服", 1000.0),
            ),
            (
                *("first_call_resolution", "首呼解决率", "first-call resolution"),
                *(
                    "未重开且关闭后 7 天内未再联系的工单 / 关闭满 7 天的工单",
                    "first_contact",
                    "closed",
                    "比率",
                    UP,
                ),
                *("客服", 1.0),
            ),
            (
                *("order_value", "单均成交额", "order value", "成交金额 / 成交订单数"),
                *("order_value_c", "orders", "元", UP, "运营", 0.01),
            ),
            (
                *(
                    "deal_cycle_days",
                    "成交周期",
                    "mean deal cycle",
                    "平均:(成交日 - 首次拨打日)之和 / 可配对的订单数",
                ),
                *("cycle_days", "cycle_orders", "天", DOWN, "运营", 1.0),
            ),
        )
    ),
)
BY_ID: Mapping[str, Metric] = MappingProxyType({metric.id: metric for metric in METRICS})


def document(sums: Sums) -> dict[str, object]:
    """The dialer's figures as `callqa.kpi/1` has them: ratios as `{"num", "den", "value"}`."""
    found = ((metric.id, metric.of(sums)) for metric in DIALER_METRICS)
    return {
        name: {"num": figure.num, "den": figure.den, "value": figure.value}
        if isinstance(figure, Ratio)
        else figure
        for name, figure in found
    }
