"""Splitting a target among the next level by what each did before and what its market could give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_engine.targets.target import BadTarget

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Portion:
    """One child: its history, imported potential (None = not imported), share of the whole and value."""

    key: str
    history: float
    potential: float | None
    share: float
    value: float


def split_value(
    value: float,
    children: Sequence[tuple[str, float, float | None]],
    *,
    potential_weight: float = HALF,
    whole: bool = True,
    shares: Mapping[str, float] | None = None,
) -> list[Portion]:
    """`value` among (key, history, potential): share = (1-α)·h/Σh + α·p/Σp, α = `potential_weight`. Without potentials for
    all, by history; without history, evenly. `shares` are edited ones and win. `whole`: in whole numbers by largest
    remainders, so that the portions add up exactly. Raises `BadTarget`."""
    if not children:
        raise BadTarget("没有可以拆分到的下级", hint="先导入人员和团队,或检查日期")
    if any(history < 0 or (potential or 0) < 0 for _, history, potential in children):
        raise BadTarget("历史或市场潜力为负", hint="请检查导入的数据")
    by_share = _edited(children, shares) if shares else _proposed(children, potential_weight)
    exact = [value * by_share[key] for key, _, _ in children]
    values = _whole(exact, round(value)) if whole else exact
    return [
        Portion(key, history, potential, by_share[key], part)
        for (key, history, potential), part in zip(children, values, strict=True)
    ]


def _proposed(children: Sequence[tuple[str, float, float | None]], alpha: float) -> dict[str, float]:
    past = sum(history for _, history, _ in children)
    market = [potential for _, _, potential in children if potential is not None]
    uses_market = len(market) == len(children) and sum(market) > 0
    weight = (alpha if past > 0 else 1.0) if uses_market else 0.0
    even = 1 / len(children)

    def share(history: float, potential: float | None) -> float:
        by_past = history / past if past > 0 else even
        # the quotient before the weight: the least number there is, halved, is 0
        by_market = (potential or 0.0) / sum(market) if uses_market else 0.0
        return (1 - weight) * by_past + weight * by_market

    return {key: share(history, potential) for key, history, potential in children}


def _edited(
    children: Sequence[tuple[str, float, float | None]], shares: Mapping[str, float]
) -> dict[str, float]:
    keys = {key for key, _, _ in children}
    total = sum(shares.values())
    if keys != shares.keys() or any(share < 0 for share in shares.values()) or abs(total - 1) > 1e-6:
        raise BadTarget(f"份额之和为 {total:.4g},应为 1,且每个下级都有不小于 0 的份额", hint="请调整份额")
    return {key: share / total for key, share in shares.items()}


def _whole(exact: Sequence[float], total: int) -> list[float]:
    floors = [int(part) for part in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in by_rest[: total - sum(floors)]:
        floors[at] += 1
    return [float(part) for part in floors]
