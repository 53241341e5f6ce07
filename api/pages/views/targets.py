"""Targets as pages write them, and drafts as people type them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from api.pages.views.board import figure_text
from models.clock import FIRST_DAY
from models.target_figures import Standing
from qa_engine.kpi.registry import BY_ID, METRICS, Direction, Metric
from qa_engine.targets.split import Portion
from qa_engine.targets.target import BadTarget, Scope, Target, check_target

METRIC_CHOICES: tuple[Metric, ...] = tuple(
    metric for metric in METRICS if not (metric.direction is Direction.NEUTRAL and metric.denominator)
)
FIELDS = ("metric", "value", "scope", "scope_id", "owner", "first", "last", "baseline", "stretch")
MOST = 1e12
SUM_FREE = 0.1
"""Percentage points that typed shares may miss 100 by; rounding, not an opinion."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target in the tree; `depth` 0 = nothing above it is shown. `href` opens the rows behind what was reached, "" for
    regions."""

    standing: Standing
    depth: int
    metric: Metric
    value: str
    due: str
    actual: str
    href: str


def tree(found: Sequence[Standing]) -> list[TargetLine]:
    """Each target followed by those below it."""
    shown = {one.row.id for one in found}
    below: dict[str | None, list[Standing]] = defaultdict(list)
    for one in found:
        below[one.row.parent_id if one.row.parent_id in shown else None].append(one)

    def lines(parent: str | None, depth: int) -> list[TargetLine]:
        return [
            line for one in below[parent] for line in (target_line(one, depth), *lines(one.row.id, depth + 1))
        ]

    return lines(None, 0)


def target_line(standing: Standing, depth: int = 0) -> TargetLine:
    """One line."""
    row, metric = standing.row, BY_ID[standing.row.metric]
    return TargetLine(
        standing,
        depth,
        metric,
        figure_text(metric, row.value),
        figure_text(metric, standing.reached.due),
        figure_text(metric, standing.reached.actual),
        _rows_behind(standing),
    )


def _rows_behind(standing: Standing) -> str:
    row = standing.row
    if standing.reached.actual is None:
        return ""
    scope = {} if row.scope == Scope.COMPANY else {row.scope: row.scope_id}
    days = {"from": row.starts.isoformat(), "to": row.ends.isoformat()}
    return f"/figures/{row.metric}?{urlencode({**scope, **days})}"


def number(text: str, what: str) -> float:
    """`0.15`, `15%` or `1,200`. Raises `BadTarget`."""
    plain = text.strip().replace(",", "").replace("，", "").replace("％", "%")
    try:
        found = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        raise BadTarget(f"{what}「{text[:40]}」不是数字", hint="例如 420 或 15%") from None
    if not abs(found) <= MOST:  # neither infinite nor a NaN
        raise BadTarget(f"{what} {text[:40]} 太大", hint=f"不超过 {MOST:,.0f}")
    return found


def day(text: str, what: str) -> date:
    """Raises `BadTarget` for what is no day, or one before there were calls."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise BadTarget(f"{what}「{text[:40]}」不是日期", hint="例如 2026-11-01") from None
    if found < FIRST_DAY:
        raise BadTarget(f"{what} {found} 太早", hint=f"不早于 {FIRST_DAY}")
    return found


def read_draft(form: Mapping[str, str]) -> Target:
    """The target of a filled-in form, checked. Raises `BadTarget` for the first fault."""
    scope, metric = form.get("scope", ""), form.get("metric", "")
    if scope not in set(Scope):
        raise BadTarget(f"没有范围 {scope[:40]}", hint="应为公司、区域、团队或坐席")
    target = Target(
        metric,
        BY_ID[metric].unit if metric in BY_ID else "",
        number(form.get("value", ""), "目标值"),
        Scope(scope),
        form.get("scope_id", "").strip(),
        form.get("owner", "")[:100],
        day(form.get("first", ""), "开始日"),
        day(form.get("last", ""), "结束日"),
        number(form.get("baseline", ""), "基线"),
        number(form.get("stretch") or "0", "下级加码"),
    )
    check_target(target)
    return target


def form_of(target: Target) -> dict[str, str]:
    """What a form shows for a target."""
    return {
        "metric": target.metric,
        "value": f"{target.value:g}",
        "scope": target.scope.value,
        "scope_id": target.scope_id,
        "owner": target.owner,
        "first": target.first.isoformat(),
        "last": target.last.isoformat(),
        "baseline": f"{target.baseline:g}",
        "stretch": f"{target.stretch:g}",
    }


def edited(before: Target, form: Mapping[str, str]) -> Target:
    """The target with what an edit form sets. Raises `BadTarget`."""
    draft = read_draft({**form, "metric": before.metric, "scope": before.scope, "scope_id": before.scope_id})
    return replace(draft, unit=before.unit)


def typed_potential(fields: Mapping[str, str]) -> dict[str, float]:
    """`p.<key>` fields that are filled in. Raises `BadTarget`."""
    filled = {key.removeprefix("p."): text for key, text in fields.items() if key.startswith("p.") and text}
    return {key: number(text, f"{key} 的市场潜力") for key, text in filled.items()}


def typed_shares(fields: Mapping[str, str]) -> dict[str, float]:
    """`s.<key>` fields in percent as shares that add up to 1, where they nearly do. Raises `BadTarget`."""
    shares = {
        key.removeprefix("s."): number(text or "0", f"{key.removeprefix('s.')} 的份额") / 100
        for key, text in fields.items()
        if key.startswith("s.")
    }
    total = sum(shares.values())
    if abs(total - 1) * 100 > SUM_FREE:
        raise BadTarget(f"份额合计 {total:.1%},应为 100%", hint="请调整份额,或按历史和潜力重算")
    return {key: share / total for key, share in shares.items()}


@dataclass(frozen=True, slots=True)
class PortionLine:
    """One member of the level below, with what its fields hold."""

    key: str
    name: str
    history: str
    potential: str
    share: str
    value: str


def portion_lines(portions: Sequence[Portion], metric: Metric, names: Mapping[str, str]) -> list[PortionLine]:
    """The portions as a form shows them."""
    return [
        PortionLine(
            one.key,
            names.get(one.key, one.key),
            figure_text(metric, one.history),
            "" if one.potential is None else f"{one.potential:g}",
            f"{one.share * 100:.6f}".rstrip("0").rstrip("."),
            figure_text(metric, one.value),
        )
        for one in portions
    ]
