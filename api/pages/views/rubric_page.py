"""A rubric as a page to read: sections, items, what decides each in words, its examples."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.figures import number
from api.pages.views.wording import Describer, Line, Part
from qa_engine.rubric.items import Adjustment, Cap, Grade, Item, Measure
from qa_engine.rubric.load import Rubric
from qa_engine.rubric.schema import AppliesTo

FIELDS = {
    "direction": "方向", "campaign": "活动", "team_id": "团队", "agent_id": "坐席", "disposition": "业务结果",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """What decides an item: a key of the form (`pass_when` …) and its lines."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One item of the form. `kill` is "call", "section" or "cap" with its `cap`; `examples` are (kind, sentence)."""

    id: str
    title: str
    weight: str
    kill: str
    cap: str
    severity: str
    trial: bool
    why: str
    coach: str
    clauses: tuple[Clause, ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with the weight of its items together."""

    id: str
    title: str
    weight: str
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class RubricView:
    """A whole rubric."""

    id: str
    version: int
    title: str
    status: str
    pass_mark: str
    applies_to: tuple[str, ...]
    sections: tuple[SectionView, ...]
    items: int
    sha256: str


def rubric_view(rubric: Rubric) -> RubricView:
    """The page of a rubric."""
    titles = {item.id: item.title for section in rubric.sections for item in section.items}
    describer = Describer(rubric.phrases, rubric.spec.conditions, titles)
    return RubricView(
        id=rubric.id,
        version=rubric.version,
        title=rubric.title,
        status=rubric.status,
        pass_mark=number(rubric.pass_mark),
        applies_to=_applies_to(rubric.spec.applies_to),
        sections=tuple(
            SectionView(
                section.id,
                section.title,
                number(sum(item.weight for item in section.items)),
                tuple(_rule(item, describer) for item in section.items),
            )
            for section in rubric.sections
        ),
        items=sum(len(section.items) for section in rubric.sections),
        sha256=rubric.sha256,
    )


def _applies_to(limits: AppliesTo | None) -> tuple[str, ...]:
    if limits is None:
        return ()
    texts = [
        f"{label}:{'、'.join(globs)}" for name, label in FIELDS.items() if (globs := getattr(limits, name))
    ]
    if limits.min_talk_s is not None:
        texts.append(f"双方说话至少 {number(limits.min_talk_s)} 秒")
    return tuple(texts)


def _rule(item: Item, describer: Describer) -> RuleView:
    is_cap = isinstance(item.auto_fail, Cap)
    return RuleView(
        id=item.id,
        title=item.title,
        weight=number(item.weight) if item.weight else "",
        kill="cap" if is_cap else str(item.auto_fail or ""),
        cap=number(item.auto_fail.cap) if isinstance(item.auto_fail, Cap) else "",
        severity=item.severity or "",
        trial=item.trial,
        why=item.why,
        coach=item.coach,
        clauses=tuple(_clauses(item, describer)),
        examples=_examples(item),
    )


def _clauses(item: Item, describer: Describer) -> list[Clause]:
    clauses = [
        Clause(key, (describer.line(condition),))
        for key in ("na_when", "applies_when", "pass_when", "fail_when")
        if (condition := getattr(item, key)) is not None
    ]
    if item.graded:
        clauses.append(Clause("graded", tuple(_grade(grade, describer) for grade in item.graded)))
    if item.measure:
        clauses.append(Clause("measure", (_measure(item.measure),)))
    if item.flow:
        clauses.append(Clause("flow", (describer.flow(item.flow),)))
    for key, adjustment in (("deduct", item.deduct), ("bonus", item.bonus)):
        if adjustment:
            clauses.append(Clause(key, (_adjustment(adjustment, describer),)))
    if item.manual:
        question = item.manual.question or item.title
        clauses.append(Clause("manual", (Line((Part(question),)),)))
    return clauses


def _grade(grade: Grade, describer: Describer) -> Line:
    if grade.when is None:
        return Line((Part(f"其余:得 {number((grade.otherwise or 0.0) * 100)}%"),))
    return Line((Part(f"得 {number((grade.credit or 0.0) * 100)}%,当:"),), (describer.line(grade.when),))


def _measure(measure: Measure) -> Line:
    points = ";".join(
        f"{number(value, 2)} 时得 {number(credit * 100)}%" for value, credit in measure.points or ()
    )
    between = ",之间按比例" if measure.interpolate == "linear" and len(measure.points or ()) > 1 else ""
    return Line((Part(f"按 {measure.signal}:{points or '数值即得分比例'}{between}"),))


def _adjustment(adjustment: Adjustment, describer: Describer) -> Line:
    per = "每次" if adjustment.per == "hit" else "一次性"
    cap = f",最多 {number(adjustment.cap)} 分" if adjustment.cap else ""
    return Line((Part(f"{per} {number(adjustment.points)} 分{cap}:"),), (describer.line(adjustment.when),))


def _examples(item: Item) -> tuple[tuple[str, str], ...]:
    if item.examples is None:
        return ()
    kinds = (
        ("pass", item.examples.pass_),
        ("fail", item.examples.fail),
        ("na", item.examples.na),
        ("unknown", item.examples.unknown),
        ("known_miss", item.examples.known_miss),
    )
    return tuple((kind, sentence) for kind, sentences in kinds for sentence in sentences)
