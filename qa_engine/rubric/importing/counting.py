"""How an item that loses points for each fault is decided: by steps of credit, or by a deduction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.scores import Points
from qa_engine.rubric.yaml_nodes import Plain

MAX_STEPS = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """The deciding keys, and what could not be carried over (empty where all of it was)."""

    keys: dict[str, Plain]
    lost: str = ""


def counted(
    proposal: Proposal, rules: Points, points: float | None, kind: Literal["earn", "deduct"]
) -> Counted:
    """The keys that decide an item whose form takes `rules.per_hit` for each fault out of `points`."""
    whole = dict(proposal.decides)
    hit = rules.per_hit
    if hit is None:
        return Counted(whole)
    if proposal.fault is None:
        return Counted(whole, f"原文每次扣 {hit:g} 分,这一项数不出次数")
    rest: dict[str, Plain] = {key: whole[key] for key in ("na_when", "applies_when") if key in whole}
    most = rules.cap or (points if kind == "earn" or rules.until_zero else None)
    if kind == "deduct" and (most is None or most <= hit):
        return Counted({**rest, "deduct": {"when": dict(proposal.fault), "points": hit}})
    if not most or not points or ceil(most / hit) > MAX_STEPS:
        return Counted(whole, f"原文每次扣 {hit:g} 分,没有写最多扣多少")
    steps: list[Plain] = [
        {"when": _at_most(proposal.fault, n), "credit": round(1 - n * hit / points, 3)}
        for n in range(ceil(most / hit))
        if n * hit < points
    ]
    floor = max(0.0, round(1 - most / points, 3))
    return Counted({**rest, "graded": [*steps, {"otherwise": floor}], "pass_from": 1})


def _at_most(fault: Mapping[str, Plain], n: int) -> Plain:
    ((tag, spec),) = fault.items()
    assert isinstance(spec, dict)
    return {tag: {**spec, "count": {"max": n}}}


def counting_options(hit: float, points: float) -> list[Plain]:
    """Answers of a person who counts: none, one, two … with the credit that is left. Empty where that is too many."""
    last = ceil(points / hit)
    if not 1 <= last <= MAX_STEPS:
        return []
    return [
        {
            "label": f"{n} 次" if n < last else f"{n} 次及以上",
            "credit": round(max(0.0, 1 - n * hit / points), 3),
        }
        for n in range(last + 1)
    ]
