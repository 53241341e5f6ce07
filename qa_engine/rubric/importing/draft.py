"""A sheet → a rubric file on trial, checked by its own examples, and the questions it leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

from qa_engine.rubric.check import ExampleResult, run_examples
from qa_engine.rubric.importing.items import Drafted, Source, drafted
from qa_engine.rubric.importing.layout import laid_out
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.rows import MAX_CRITERIA, Form, read_rows, section_title
from qa_engine.rubric.importing.sheet import BadForm, Sheet
from qa_engine.rubric.importing.slugs import Names, slug
from qa_engine.rubric.importing.standard import standard_of
from qa_engine.rubric.importing.weights import FULL, Scoring, read_scoring, scaled
from qa_engine.rubric.load import Rubric, Surroundings, parse_rubric
from qa_engine.rubric.yaml_nodes import Plain
from qa_engine.scoring.compile import compile_rubric

PASS_MARK = 80.0
COMPANY = "安心保险"
"""Stands for XX公司 in script lines where the list of the centre's own names is empty."""
FALLBACK_NEGATED = ("坐席:没有关系,您请说", "坐席:不客气", "坐席:未来有需要随时联系")
"""Lines that carry a negation and nothing else, for bans whose own words cannot be negated."""
FORM_ROW = 0
MAX_SECTIONS = 90
_UNNAMED = re.compile(r"(?:sheet|工作表)\s*\d*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DraftItem:
    """An item with its id; `keys` without it."""

    id: str
    section: str
    drafted: Drafted
    keys: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Draft:
    """The file's text, and what its owner has to decide. `automatic` of the `items` are judged by machine."""

    rubric: str
    text: str
    items: int
    automatic: int
    questions: tuple[Question, ...]


def draft_rubric(sheet: Sheet, *, rubric_id: str, standard: Rubric, around: Surroundings) -> Draft:
    """The draft of a form. `standard` gives the conditions, `around` the lists and conditions that it may name.

    Every example in the draft came out as it says; those that did not are left out. Raises `BadForm`."""
    form = read_rows(sheet)
    scoring = read_scoring(form)
    company = next(iter(around.phrases.get("公司名", ())), COMPANY)
    source = Source(standard_of(standard), scoring.kind, company)
    raw = [
        item
        for criterion, points in zip(form.criteria, scoring.points, strict=True)
        for item in drafted(criterion, points, source)
    ]
    _check_size(raw, sheet)
    weighted, weight_questions = _weighed(raw, scoring)
    items = _named(weighted)
    head_questions = [*_head_questions(form), *scoring.questions, *weight_questions]
    head = _head(form, rubric_id, sheet)
    items, example_questions = _with_true_examples(head, items, around)
    named = {item.drafted.row: item.id for item in reversed(items)}
    questions = _placed([*form.questions, *head_questions], named)
    for item in items:
        questions += [replace(question, item=item.id) for question in item.drafted.questions]
    questions += example_questions
    text = laid_out(head, _document(head, items)["sections"], questions, sheet)
    automatic = sum(item.drafted.automatic for item in items)
    order = sorted(questions, key=lambda question: question.row or FORM_ROW)
    return Draft(rubric_id, text, len(items), automatic, tuple(order))


def _check_size(raw: Sequence[Drafted], sheet: Sheet) -> None:
    """Refuses what would be no form that people answer. Raises `BadForm`."""
    sections = len({item.section for item in raw})
    if len(raw) > MAX_CRITERIA or sections > MAX_SECTIONS:
        message = (
            f"逐条拆开后有 {len(raw):,} 项、{sections} 个部分,最多 {MAX_CRITERIA} 项、{MAX_SECTIONS} 个部分"
        )
        raise BadForm(message, hint="请只保留评分表本身,或拆成几张表", where=sheet.where(raw[-1].row))


def _placed(questions: Sequence[Question], named: Mapping[int, str]) -> list[Question]:
    return [
        replace(q, item=named.get(q.row)) if q.row is not None and q.item is None else q for q in questions
    ]


def _head(form: Form, rubric_id: str, sheet: Sheet) -> dict[str, Plain]:
    named = sheet.name if sheet.name and not _UNNAMED.match(sheet.name) else sheet.file.rsplit(".", 1)[0]
    title = section_title(form.title) if form.title else named
    return {
        "rubric": rubric_id,
        "version": 1,
        "title": title[:200],
        "status": "trial",
        "pass_mark": _short_number(form.pass_mark if form.pass_mark is not None else PASS_MARK),
    }


def _head_questions(form: Form) -> list[Question]:
    if form.pass_mark is not None:
        return []
    return [Question("pass_mark", "表里没有写合格线", f"{PASS_MARK:g} 分")]


def _weighed(raw: Sequence[Drafted], scoring: Scoring) -> tuple[list[Drafted], list[Question]]:
    """Items with weights that sum to 100 over those that count."""
    questions: list[Question] = []
    live = [item for item in raw if item.points is not None and not item.keys.get("trial")]
    total = round(fsum(item.points or 0.0 for item in live), 6)
    if scoring.kind == "deduct" or not live:
        rest = round(FULL - total, 2)
        if rest > 0:
            base = _base(rest)
            questions.append(_about_base(rest, scoring))
            return [*_with_weights(raw, live, [item.points or 0.0 for item in live]), base], questions
        if rest == 0:
            return _with_weights(raw, live, [item.points or 0.0 for item in live]), questions
    if scoring.given and abs(total - FULL) > 0.005:
        text = f"各项分值合计 {total:g},应为 100"
        questions.append(Question("weights", text, "按比例折算成 100;请核对每项的 weight"))
    return _with_weights(raw, live, scaled([item.points or 0.0 for item in live])), questions


def _about_base(rest: float, scoring: Scoring) -> Question:
    if scoring.kind == "deduct":
        return Question(
            "base",
            "这张表从 100 分往下扣",
            f"加了一项“基础分”{rest:g} 分,其余各项按扣分值计权重,每次扣的用 deduct",
        )
    return Question("base", "这张表只有一票否决项,没有分值", f"加了一项“基础分”{rest:g} 分,没有否决就是满分")


def _base(rest: float) -> Drafted:
    keys: dict[str, Plain] = {
        "title": "基础分",
        "why": "从 100 分往下扣的表:没有扣分的部分总是得到",
        "pass_when": {"turns": {"min": 0}},
        "examples": {"pass": ["坐席:您好"]},
        "weight": _short_number(rest),
    }
    return Drafted(FORM_ROW, "基础分", "基础分", keys, rest, ())


def _with_weights(raw: Sequence[Drafted], live: Sequence[Drafted], weights: Sequence[float]) -> list[Drafted]:
    by_item = {id(item): weight for item, weight in zip(live, weights, strict=True)}
    made = []
    for item in raw:
        keys = {"title": item.keys["title"]}
        if id(item) in by_item:
            keys["weight"] = _short_number(by_item[id(item)])
        made.append(replace(item, keys={**keys, **item.keys}))
    return made


def _short_number(value: float) -> Plain:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _tidy(value: Plain) -> Plain:
    """Whole numbers without a point: 10.0 reads as 10."""
    if isinstance(value, dict):
        return {key: _tidy(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _named(items: Sequence[Drafted]) -> list[DraftItem]:
    """Items with ids `section.item`, grouped by section in the order of the form."""
    sections: dict[str, str] = {}
    taken, section_names = Names(), Names()
    made = []
    for item in items:
        title = item.section or "质检项目"
        if title not in sections:
            sections[title] = section_names.unique(slug(section_title(title), fallback="section"))
        name = taken.unique(f"{sections[title]}.{slug(item.title, fallback=f'item_{item.row}')}")
        made.append(DraftItem(name, title, item, item.keys))
    order = list(sections)
    return sorted(made, key=lambda item: order.index(item.section))


def _document(head: Mapping[str, Plain], items: Sequence[DraftItem]) -> dict[str, Any]:
    sections: dict[str, dict[str, Any]] = {}
    for item in items:
        section = sections.setdefault(
            item.section,
            {"id": item.id.split(".")[0], "title": section_title(item.section)[:200], "items": []},
        )
        section["items"].append({"id": item.id, **{key: _tidy(value) for key, value in item.keys.items()}})
    return {**head, "sections": list(sections.values())}


def _with_true_examples(
    head: Mapping[str, Plain], items: Sequence[DraftItem], around: Surroundings
) -> tuple[list[DraftItem], list[Question]]:
    """The items with those examples only that come out as they say; a line of the form itself that does not is a
    question."""
    tried = [_with_fallback(item) for item in items]
    document = _document(head, tried)
    # JSON is YAML: the words of the draft are checked before they are laid out for people
    text = json.dumps(document, ensure_ascii=False)
    rubric = parse_rubric(text, file="draft", shared=around.phrases, conditions=around.conditions)
    plan = compile_rubric(rubric, code_version="import")
    wrong = {
        (result.item, result.line): result
        for result in run_examples(plan)
        if isinstance(result, ExampleResult) and not result.ok
    }
    questions = [
        Question(
            "example",
            "原表的话术示例,用拟定的条件判不合格",
            f"没有写进例句;{wrong[item.id, line].reason[:80]}",
            line[:200],
            item.drafted.row,
            item.id,
        )
        for item in items
        for line in item.drafted.from_form
        if (item.id, line) in wrong
    ]
    return [_kept(item, wrong.keys()) for item in tried], questions


def _with_fallback(item: DraftItem) -> DraftItem:
    examples = item.keys.get("examples")
    if "fail_when" not in item.keys or not isinstance(examples, dict):
        return item
    lines = examples.get("pass")
    passes: list[Plain] = [*(lines if isinstance(lines, list) else []), *FALLBACK_NEGATED]
    return replace(item, keys={**item.keys, "examples": {**examples, "pass": passes}})


def _kept(item: DraftItem, wrong: Any) -> DraftItem:
    examples = item.keys.get("examples")
    if not isinstance(examples, dict):
        return item
    kept: dict[str, list[Plain]] = {}
    for kind, lines in examples.items():
        right = [line for line in (lines if isinstance(lines, list) else []) if (item.id, line) not in wrong]
        own = [line for line in right if line not in FALLBACK_NEGATED]
        spare = [line for line in right if line in FALLBACK_NEGATED]
        kept[kind] = own if any(_negates(str(line)) for line in own) else [*own, *spare[:1]]
    written: dict[str, Plain] = {kind: [*lines] for kind, lines in kept.items() if lines}
    rest = {key: value for key, value in item.keys.items() if key != "examples"}
    return replace(item, keys={**rest, "examples": written} if written else rest)


def _negates(line: str) -> bool:
    return any(char in line for char in "不没别无未非勿")
