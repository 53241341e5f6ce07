"""Credits → score, with its interval, its result and its formula.

score = Σ weight × credit / Σ weight of applicable items × 100, then bonus and deduction (kept in 0..100), then what
auto-fails do. Not-applicable items leave the denominator. Unknown items make an interval: the lowest score that
any resolution can give, and the highest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum
from operator import attrgetter
from typing import Literal, TypeAlias

from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Result
from qa_engine.scoring.kleene import Truth
from qa_engine.values import value

DECIMALS = 2
Shown: TypeAlias = Literal["decided", "middle", "low"]


@value
class Part:
    """A live weighted item that applies or may apply. `low` = `high` where its credit is known."""

    section: str
    weight: float
    low: float
    high: float
    may_be_na: bool = False

    @property
    def decided(self) -> bool:
        return self.low == self.high and not self.may_be_na


@dataclass(frozen=True, slots=True)
class Change:
    """Points that a `deduct` (negative) or `bonus` item adds: surely, and at most if the doubtful hits are real."""

    sure: float
    possible: float


@dataclass(frozen=True, slots=True)
class AutoFail:
    """An auto-fail item that failed (true) or may have (unknown). `cap` is None but for caps."""

    id: str
    kind: Literal["call", "section", "cap"]
    section: str
    failed: Truth
    cap: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a call; None throughout where no live item applied."""

    shown: float | None
    low: float | None
    high: float | None
    result: Result
    formula: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the score is made of. `titles` are the sections in the order of the form."""

    parts: Sequence[Part]
    changes: Sequence[Change]
    auto_fails: Sequence[AutoFail]
    pass_mark: float
    titles: Sequence[tuple[str, str]]
    shown: Shown = "decided"


def score(sheet: Sheet) -> Score:
    """Score, interval, result and formula of a sheet."""
    parts = [part for part in sheet.parts if part.weight > 0]
    if not parts:
        result = Result.AUTO_FAIL if _call_failed(sheet, Truth.TRUE) else Result.NEEDS_REVIEW
        return Score(None, None, None, result, "没有适用的计分项,不计分,请人工复核")
    down = fsum(min(change.sure, change.possible) for change in sheet.changes)
    up = fsum(max(change.sure, change.possible) for change in sheet.changes)
    low = _finish(sheet, _share(_zeroed(sheet, parts, Truth.UNKNOWN), _low, least=True), down, Truth.UNKNOWN)
    high = _finish(sheet, _share(_zeroed(sheet, parts, Truth.TRUE), _high, least=False), up, Truth.TRUE)
    shown = min(max(_shown(sheet, parts, low, high), low), high)
    low, shown, high = (round(value, DECIMALS) for value in (low, shown, high))
    return Score(shown, low, high, _result(sheet, low, high), _formula(sheet, parts, (low, shown, high)))


_low: Callable[[Part], float] = attrgetter("low")
_high: Callable[[Part], float] = attrgetter("high")


def _share(parts: Sequence[Part], credit: Callable[[Part], float], *, least: bool) -> float:
    """Σ weight × credit / Σ weight in 0..1, items that may not apply left out where that makes it most extreme.

    Taking such items in order of their credit as long as each moves the mean further is optimal: a weighted mean moves
    towards what is added."""
    needed = [part for part in parts if not part.may_be_na]
    earned = fsum([part.weight * credit(part) for part in needed])
    weight = fsum([part.weight for part in needed])
    optional = [part for part in parts if part.may_be_na] if len(needed) < len(parts) else []
    for part in sorted(optional, key=credit, reverse=not least):
        mean = earned / weight if weight else None
        if mean is None or (credit(part) < mean if least else credit(part) > mean):
            earned += part.weight * credit(part)
            weight += part.weight
    return earned / weight


def _zeroed(sheet: Sheet, parts: Sequence[Part], from_truth: Truth) -> Sequence[Part]:
    """The parts after sections that failed as a whole count nothing."""
    failed = {a.section for a in sheet.auto_fails if a.kind == "section" and a.failed >= from_truth}
    if not failed:
        return parts
    return [
        Part(part.section, part.weight, 0.0, 0.0, part.may_be_na) if part.section in failed else part
        for part in parts
    ]


def _call_failed(sheet: Sheet, from_truth: Truth) -> bool:
    return any(a.kind == "call" and a.failed >= from_truth for a in sheet.auto_fails)


def _finish(sheet: Sheet, share: float, change: float, from_truth: Truth) -> float:
    value = min(max(share * 100 + change, 0.0), 100.0)
    caps = [a.cap for a in sheet.auto_fails if a.cap is not None and a.failed >= from_truth]
    return 0.0 if _call_failed(sheet, from_truth) else min([value, *caps])


def _shown(sheet: Sheet, parts: Sequence[Part], low: float, high: float) -> float:
    decided = [part for part in _zeroed(sheet, parts, Truth.TRUE) if part.decided]
    if sheet.shown == "low":
        return low
    if sheet.shown == "middle" or not decided:
        return (low + high) / 2
    sure = fsum(change.sure for change in sheet.changes)
    return _finish(sheet, _share(decided, _low, least=True), sure, Truth.TRUE)


def _result(sheet: Sheet, low: float, high: float) -> Result:
    if _call_failed(sheet, Truth.TRUE):
        return Result.AUTO_FAIL
    if any(a.failed is Truth.UNKNOWN for a in sheet.auto_fails):
        return Result.NEEDS_REVIEW
    if low >= sheet.pass_mark:
        return Result.PASS
    return Result.FAIL if high < sheet.pass_mark else Result.NEEDS_REVIEW


def _formula(sheet: Sheet, parts: Sequence[Part], values: tuple[float, float, float]) -> str:
    low, shown, high = values
    failed = {a.section for a in sheet.auto_fails if a.kind == "section" and a.failed is Truth.TRUE}
    decided = [part for part in parts if part.decided]
    by_section: dict[str, list[Part]] = {}
    for part in decided:
        by_section.setdefault(part.section, []).append(part)
    terms: list[str] = []
    for section, title in sheet.titles:
        mine = by_section.get(section)
        if not mine:
            continue
        weight = wording.number(fsum([part.weight for part in mine]))
        earned = wording.number(fsum([part.weight * part.low for part in mine]))
        terms.append(f"{title} 0/{weight}(否决)" if section in failed else f"{title} {earned}/{weight}")
    total = wording.number(fsum([part.weight for part in decided]))
    text = f"({' + '.join(terms)}) ÷ {total} × 100" if terms else "没有已判定的计分项"
    text += _adjustments(sheet)
    open_weight = (
        fsum([part.weight for part in parts if not part.decided]) if len(decided) < len(parts) else 0
    )
    if open_weight:
        text += f";未知 {wording.number(open_weight)} 分"
    exact = "" if low == high else f",区间 {wording.number(low)}–{wording.number(high)}"
    return f"{text} = {wording.number(shown)}{exact};及格线 {wording.number(sheet.pass_mark)}"


def _adjustments(sheet: Sheet) -> str:
    bonus = fsum(change.sure for change in sheet.changes if change.sure > 0)
    deduction = fsum(change.sure for change in sheet.changes if change.sure < 0)
    text = f" + 加分 {wording.number(bonus)}" if bonus else ""
    text += f" − 扣分 {wording.number(-deduction)}" if deduction else ""
    for auto_fail in sheet.auto_fails:
        if auto_fail.failed is Truth.TRUE and auto_fail.kind == "call":
            text += f",一票否决({auto_fail.id})"
        elif auto_fail.failed is Truth.TRUE and auto_fail.cap is not None:
            text += f",封顶 {wording.number(auto_fail.cap)}({auto_fail.id})"
    return text
