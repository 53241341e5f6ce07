"""What every item weighs: points as the form gives them, made to sum to 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from qa_engine.rubric.importing.columns import Role
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.rows import Criterion, Form
from qa_engine.rubric.importing.scores import Amount, amount, is_veto, points_of
from qa_engine.rubric.importing.sheet import Cell

FULL = 100.0
DECIMALS = 2
EMPTY = frozenset({"", "/", "-", "—", "--", "——", "无", "N/A", "n/a", "\\"})


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the form counts. earn: every item has points of the whole. deduct: a call starts at 100 and loses points.
    `points` are those of each criterion in the form's own unit, None where it has none."""

    kind: Literal["earn", "deduct"]
    points: tuple[float | None, ...]
    questions: tuple[Question, ...]
    given: bool = True
    """Whether the form says what its items weigh."""


def read_scoring(form: Form) -> Scoring:
    """The points of every criterion."""
    questions: list[Question] = []
    amounts = [_amount(criterion, questions) for criterion in form.criteria]
    if Role.LOSS in form.header.columns:  # points of that column are lost, with or without a minus
        amounts = [a and Amount(a.value, "bonus" if a.kind == "bonus" else "deduct") for a in amounts]
    full = [a for a in amounts if a is not None and a.kind == "full"]
    lost = [a for a in amounts if a is not None and a.kind == "deduct"]
    if full and len(full) >= len(lost):
        points = tuple(a.value if a is not None and a.kind != "bonus" else None for a in amounts)
        return Scoring("earn", _by_section(form, points, questions), tuple(questions))
    if lost or any(_deducted(criterion) is not None for criterion in form.criteria):
        points = tuple(
            a.value if a is not None and a.kind != "bonus" else _deducted(c) if a is None else None
            for a, c in zip(amounts, form.criteria, strict=True)
        )
        return Scoring("deduct", points, tuple(questions))
    counted = [not _vetoes(criterion) for criterion in form.criteria]
    if any(counted):
        text = "表里没有分值"
        questions.append(Question("no_points", text, "没有标明一票否决的各项平均分配 100 分"))
    return Scoring("earn", tuple(1.0 if count else None for count in counted), tuple(questions), given=False)


def _vetoes(criterion: Criterion) -> bool:
    return is_veto(f"{criterion.section}\n{criterion.kind}\n{criterion.wording}\n{criterion.note}")


def _deducted(criterion: Criterion) -> float | None:
    found = points_of(f"{criterion.deduct}\n{criterion.standard}")
    plain = amount(criterion.deduct) if criterion.deduct else None
    if plain is not None and plain.kind != "bonus":
        return plain.value
    return found.once or found.cap or found.per_hit


def _amount(criterion: Criterion, questions: list[Question]) -> Amount | None:
    cell = _filled(criterion.score) or _filled(criterion.weight)
    if cell is None:
        return None
    found = amount(cell.text)
    if found is None and not is_veto(f"{cell.text}\n{criterion.kind}\n{criterion.section}"):
        text = f"{cell.name} 的分值读不懂,应为数字,如 5、5分、5%、-5"
        questions.append(Question("bad_score", text, "按没有分值处理", cell.text[:80], criterion.row))
    return found if found is None or found.value > 0 else None


def _filled(cell: Cell | None) -> Cell | None:
    return cell if cell is not None and cell.text not in EMPTY else None


def _by_section(
    form: Form, points: tuple[float | None, ...], questions: list[Question]
) -> tuple[float | None, ...]:
    """Where each section has a weight of its own and its items share 100, the item's part of the whole."""
    if Role.SCORE not in form.header.columns or Role.WEIGHT not in form.header.columns:
        return points
    sections: dict[str, float] = {}
    sums: dict[str, float] = {}
    for criterion, value in zip(form.criteria, points, strict=True):
        weight = amount(criterion.weight.text) if criterion.weight is not None else None
        if weight is not None:
            sections.setdefault(criterion.section, weight.value)
        sums[criterion.section] = sums.get(criterion.section, 0.0) + (value or 0.0)
    total = fsum(sums.values())
    whole = fsum(sections.values())
    if (
        abs(total - FULL) < 0.01
        or set(sections) != set(sums)
        or not (abs(whole - FULL) < 0.5 or abs(whole - 1) < 0.005)
    ):
        return points
    questions.append(
        Question("section_weights", "每个部分有自己的权重", "检查项的权重 = 部分的权重 × 本部分内的分值占比")
    )
    return tuple(
        None if value is None else sections[criterion.section] * value / sums[criterion.section]
        for criterion, value in zip(form.criteria, points, strict=True)
    )


def scaled(points: Sequence[float], total: float = FULL) -> list[float]:
    """Points in the same proportion that sum to `total` exactly, with two decimals; the largest takes the rest."""
    whole = fsum(points)
    if not points or whole <= 0:
        return [0.0 for _ in points]
    made = [round(value * total / whole, DECIMALS) for value in points]
    largest = made.index(max(made))
    made[largest] = round(made[largest] + total - fsum(made), DECIMALS)
    return made
