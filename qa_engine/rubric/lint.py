"""What is allowed but hardly meant. Errors here are faults that only the meaning of an item shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.rubric.lint_across import across
from qa_engine.rubric.lint_place import Place, places_of
from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.never import contradictions
from qa_engine.rubric.problems import Problem
from qa_engine.rubric.yaml_nodes import Path, Plain, walk

NEGATION = re.compile("[不没别无未非勿]")
VAGUE = re.compile("适当|适时|及时|良好|合理|较好|恰当|尽量|等等|得体|到位|适中|积极|充分|有效|酌情|基本上")
TWO_QUESTIONS = re.compile("并且|以及|同时|[,,]且|而且")
PHRASE_KEYS = ("any_of", "all_of", "none_of", "of", "near")


@dataclass(frozen=True, slots=True)
class Lint:
    """Errors fail a check, warnings don't."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def lint(rubric: Rubric) -> Lint:
    """Findings on a rubric that loads."""
    places = list(places_of(rubric))
    errors = [problem for place in places for problem in _errors(place)]
    warnings = [problem for place in places for problem in _warnings(place)]
    warnings += across(rubric, places)
    return Lint(tuple(errors), tuple(warnings))


def _examples(place: Place, kind: str) -> list[str]:
    examples = place.item.get("examples")
    lines = examples.get(kind) if isinstance(examples, dict) else None
    return [str(line) for line in lines] if isinstance(lines, list) else []


def _errors(place: Place) -> Iterator[Problem]:
    banned = place.item.get("fail_when")
    says = any(path and path[-1] in {"says", "regex", "similar"} for path, _ in walk(banned))
    if says and not any(NEGATION.search(line) for line in _examples(place, "pass")):
        hint = "在 examples.pass 里加一句否定的说法,如“坐席:这款不保本”"
        yield place.problem("no_negated_example", "禁语没有否定的合格例句", hint, ("fail_when",))


def _warnings(place: Place) -> Iterator[Problem]:
    item = place.item
    manual = item.get("manual")
    if manual is None and not any(_examples(place, kind) for kind in ("pass", "fail", "na", "unknown")):
        yield place.problem("no_examples", "没有例句", "例句就是测试:examples: {pass: [...], fail: [...]}")
    adjusts = "deduct" in item or "bonus" in item
    if not item.get("weight") and not item.get("auto_fail") and not item.get("trial") and not adjusts:
        yield place.problem("weightless", "没有权重,也不是否决项", "写 weight、auto_fail 或 trial: true")
    yield from _manual_warnings(place, manual)
    yield from _unreachable(place)
    for found in contradictions(item, place.rubric.phrases):
        yield place.problem(found.code, found.message, found.hint, found.path)
    for path, value in walk(item):
        yield from _phrase_warnings(place, path, value)
        if path and path[-1] in {"all", "any", "none", "of", "graded"} and isinstance(value, list):
            yield from _repeated_parts(place, path, value)


def _manual_warnings(place: Place, manual: Plain) -> Iterator[Problem]:
    """Wording that two people would answer differently."""
    if manual is None:
        return
    written = manual.get("question") if isinstance(manual, dict) else None
    question, path = (
        (str(written), ("manual",)) if written else (str(place.item.get("title", "")), ("title",))
    )
    vague = VAGUE.search(question)
    if vague:
        hint = f"“{vague[0]}”因人而异:写成两个人会答得一样的问题,如多少秒内、说了哪句话"
        yield place.problem("vague", "人工题的措辞含糊", hint, path)
    if TWO_QUESTIONS.search(question):
        yield place.problem("two_questions", "一道题里问了两件事", "拆成两项,一项只问一件事", path)


def _unreachable(place: Place) -> Iterator[Problem]:
    """Items that always come out the same."""
    item = place.item
    na_when = item.get("na_when")
    for way in ("pass_when", "fail_when"):
        decides = item.get(way)
        if _same(na_when, decides):
            yield place.problem("unreachable", "不适用的条件与判定条件相同,永远判不到", "", ("na_when",))
        opposite = decides.get("not") if isinstance(decides, dict) else None
        if opposite is not None and _same(na_when, opposite):
            yield place.problem(
                "unreachable", "不适用之外总是同一个结果", "na_when 和判定条件说的是同一件事", ("na_when",)
            )
    if _same(na_when, item.get("applies_when")):
        yield place.problem(
            "unreachable", "applies_when 与 na_when 相同,永远不适用", "只留一个", ("na_when",)
        )
    graded = item.get("graded")
    given = (
        [step.get("credit", step.get("otherwise")) for step in graded if isinstance(step, dict)]
        if isinstance(graded, list)
        else []
    )
    numbers = [float(credit) for credit in given if isinstance(credit, int | float)]
    pass_from = item.get("pass_from", 0.5)
    if numbers and isinstance(pass_from, int | float) and max(numbers) < pass_from:
        message = f"最高一档 {max(numbers):g} 低于 pass_from {pass_from:g},永远不合格"
        yield place.problem("unreachable", message, "提高 credit 或降低 pass_from", ("graded",))


def _same(first: Plain, second: Plain) -> bool:
    return first is not None and canonical(first) == canonical(second)


def _phrase_warnings(place: Place, path: Path, value: Plain) -> Iterator[Problem]:
    if not path or path[-1] not in PHRASE_KEYS or "examples" in path:
        return
    phrases = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    texts = [phrase for phrase in phrases if isinstance(phrase, str)]
    for text in dict.fromkeys(text for text in texts if texts.count(text) > 1):
        yield place.problem("duplicate_phrase", f"“{text}”写了两遍", "", path)
    leaf = place.rubric.document.at((*place.path, *path[:-1]))
    fuzzy = isinstance(leaf, dict) and leaf.get("match") == "fuzzy"
    for text in texts:
        words = place.rubric.phrases.get(text[1:], ()) if text.startswith("$") else (text,)
        if text.startswith("$") and not words:
            yield place.problem(
                "empty_list", f"词表 {text} 是空的", "用 --phrases 或 CALLQA_PHRASES 补充", path
            )
        for word in words:
            if fuzzy and sum(char.isalnum() for char in word) < 2:
                yield place.problem("short_phrase", f"fuzzy 下的“{word}”不足两个音节,容易误中", "", path)


def _repeated_parts(place: Place, path: Path, parts: list[Plain]) -> Iterator[Problem]:
    seen: set[bytes] = set()
    for index, part in enumerate(parts):
        if isinstance(part, str):
            continue
        content = canonical(part.get("when", part) if isinstance(part, dict) else part)
        if content in seen:
            yield place.problem("unreachable", "与前面的条件重复,不起作用", "", (*path, index))
        seen.add(content)
