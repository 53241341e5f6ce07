"""One SMART target and what is checked before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isclose, isfinite

from qa_engine.errors import BadInput
from qa_engine.kpi.registry import BY_ID, Direction


class BadTarget(BadInput):
    """A target that is not specific, measurable, owned or dated, or whose children do not add up."""

    code = "bad_target"


class Scope(StrEnum):
    """Whose target it is, from the whole to the person."""

    COMPANY = "company"
    REGION = "region"
    TEAM = "team"
    AGENT = "agent"


SCOPES = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Target:
    """`value` of `metric` in `unit`, from `first` to `last`, against `baseline`. `scope_id` is "" for the company.
    `stretch`: by how much the children may add up to more than this, 0.1 = 10 %."""

    metric: str
    unit: str
    value: float
    scope: Scope
    scope_id: str
    owner: str
    first: date
    last: date
    baseline: float
    stretch: float = 0.0

    @property
    def is_additive(self) -> bool:
        """Whether days and people add up: counts and sums do, rates do not."""
        return BY_ID[self.metric].denominator is None


MAX_STRETCH = 0.5


def check_target(target: Target) -> None:
    """Raises `BadTarget` for the first field that is missing or impossible."""
    metric = BY_ID.get(target.metric)
    if metric is None:
        raise BadTarget(f"没有指标 {target.metric or '(空)'}", hint="可用的指标:" + "、".join(sorted(BY_ID)))
    faults = (
        (target.unit != metric.unit, f"单位应为「{metric.unit}」,收到「{target.unit}」", "单位随指标确定"),
        (not target.owner.strip(), "缺少负责人", "写明谁对这个目标负责"),
        (not (isfinite(target.value) and target.value > 0), "目标值必须大于 0", "写明要达到的数值"),
        (
            not (isfinite(target.baseline) and target.baseline >= 0),
            "基线值不能为负",
            "基线是目标期之前的实际值",
        ),
        (
            metric.unit == "比率" and target.value > 1,
            f"比率 {target.value:g} 大于 1",
            "比率写成小数,例如 0.15",
        ),
        (target.last < target.first, f"结束日 {target.last} 早于开始日 {target.first}", "请对调日期"),
        (
            (target.scope is Scope.COMPANY) != (not target.scope_id),
            "范围与范围编号不符",
            "公司目标不写编号,其他范围必须写编号",
        ),
        (
            not 0 <= target.stretch <= MAX_STRETCH,
            f"加码比例 {target.stretch:g} 不在 0–{MAX_STRETCH:g}",
            "0.1 表示下级合计可多 10 %",
        ),
        (
            metric.direction is Direction.NEUTRAL and metric.denominator is not None,
            f"{metric.name_zh}没有方向",
            "换一个有好坏方向的指标",
        ),
    )
    for is_wrong, message, hint in faults:
        if is_wrong:
            raise BadTarget(message, hint=hint)


def check_children(parent: Target, children: Sequence[Target]) -> None:
    """Raises `BadTarget` unless the children are of the parent's metric and days, one level below or deeper, and add up
    to parent x (1 + stretch). Rates do not add up, so theirs are not summed."""
    for child in children:
        if (child.metric, child.first, child.last) != (parent.metric, parent.first, parent.last):
            raise BadTarget("下级目标的指标或起止日与上级不同", hint="拆分只改变范围和数值")
        if SCOPES.index(child.scope) <= SCOPES.index(parent.scope):
            raise BadTarget(
                f"{child.scope.value} 不在 {parent.scope.value} 之下", hint="顺序为公司、区域、团队、个人"
            )
    ids = [(child.scope, child.scope_id) for child in children]
    if len(set(ids)) < len(ids):
        raise BadTarget("同一范围出现了两次", hint="每个下级只写一次")
    wanted = parent.value * (1 + parent.stretch)
    total = sum(child.value for child in children)
    if parent.is_additive and not isclose(total, wanted, rel_tol=1e-9, abs_tol=1e-6):
        raise BadTarget(
            f"下级合计 {total:g},应为 {wanted:g}(上级 {parent.value:g},加码 {parent.stretch:.0%})",
            hint=f"请{'减少' if total > wanted else '增加'} {abs(total - wanted):g},或写明加码比例",
        )
