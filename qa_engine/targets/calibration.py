"""Elastic targets, by rules that were declared before what they answer to: calendar, outage, market."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qa_engine.errors import Conflict
from qa_engine.targets.target import BadTarget


class Rule(StrEnum):
    """What may move a target."""

    CALENDAR = "calendar"
    OUTAGE = "outage"
    MARKET = "market"


class UndeclaredRule(Conflict):
    """A rule that does not exist, or was declared only after the fact."""

    code = "undeclared_rule"


@dataclass(frozen=True, slots=True)
class DeclaredRule:
    """`floor`/`cap`: the least and most that it may make of a target; `elasticity` for the market index."""

    rule: Rule
    declared: date
    floor: float = 0.5
    cap: float = 1.5
    elasticity: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The value before and after, the factor, and how it came about."""

    rule: Rule
    before: float
    after: float
    factor: float
    formula: str


def calibrate(
    value: float, declared: DeclaredRule | None, *, happened: date, amount: float, base: float
) -> Calibration:
    """calendar: x amount / base working days; outage: x (1 - amount / base shift minutes); market: x (amount / base) ^ e,
    index now over index when the target was set. Bounded by the rule. Raises `UndeclaredRule`, `BadTarget`."""
    if declared is None:
        raise UndeclaredRule("没有声明过这条校准规则", hint="先声明规则;只对声明之后发生的事有效")
    if declared.declared > happened:
        raise UndeclaredRule(
            f"规则声明于 {declared.declared},晚于事件 {happened}", hint="规则只对声明之后发生的事有效"
        )
    if base <= 0 or amount < 0 or (declared.rule is Rule.OUTAGE and amount > base):
        raise BadTarget(f"校准的输入 {amount:g} / {base:g} 不成立", hint="基数大于 0;停机分钟不超过班次分钟")
    if declared.rule is Rule.OUTAGE:
        raw, formula = 1 - amount / base, f"1 − {amount:g}/{base:g}"
    elif declared.rule is Rule.MARKET:
        raw = (amount / base) ** declared.elasticity
        formula = f"({amount:g}/{base:g})^{declared.elasticity:g}"
    else:
        raw, formula = amount / base, f"{amount:g}/{base:g}"
    factor = min(max(raw, declared.floor), declared.cap)
    if factor != raw:
        formula += f" → 限于 {declared.floor:g}–{declared.cap:g}"
    return Calibration(
        declared.rule, value, value * factor, factor, f"{value:g} × ({formula}) = {value * factor:g}"
    )
