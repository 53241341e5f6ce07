"""What is allowed but hardly meant. Errors here are faults that only the meaning of an item shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.problems import Problem
from qa_engine.rubric.yaml_nodes import Path, Plain, walk

NEGATION = re.compile("[不没别无未非勿]")
VAGUE = re.compile("适当|适时|及时|良好|合理|较好|恰当|尽量|等等")
PHRASE_KEYS = ("any_of", "all_of", "none_of", "of", "near")
POSITIVE_KEYS = ("any_of", "all_of", "of")


@dataclass(frozen=True, slots=True)
class Lint:
    """Errors fail a check, warnings don't."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """An item of the file with its path."""

    rubric: Rubric
    path: Path
    item: dict[str, Plain]

    @property
    def id(self) -> str:
        return str(self.item["id"])

    def problem(self, code: str, message: str, hint: str = "", path: Path = ("id",)) -> Problem:
        where = self.rubric.document.where((*self.path, *path), key=isinstance(path[-1], str))
        return Problem(code, f"{self.id}:{message}", hint, where)


def lint(rubric: Rubric) -> Lint:
    """Findings on a rubric that loads."""
    places = list(_places(rubric))
    errors = [problem for place in places for problem in _errors(place)]
    warnings = [problem for place in places for problem in _warnings(place)]
    warnings += _twice(places)
    warnings += _banned_twice(places)
    warnings += _lists(rubric)
    return Lint(tuple(errors), tuple(warnings))


def _places(rubric: Rubric) -> Iterator[_Place]:
    for s, section in enumerate(rubric.sections):
        for i in range(len(section.items)):
            path: Path = ("sections", s, "items", i)
            item = rubric.document.at(path)
            if isinstance(item, dict):
                yield _Place(rubric, path, item)


def _examples(place: _Place, kind: str) -> list[str]:
    examples = place.item.get("examples")
    lines = examples.get(kind) if isinstance(examples, dict) else None
    return [str(line) for line in lines] if isinstance(lines, list) else []


def _errors(place: _Place) -> Iterator[Problem]:
    banned = place.item.get("fail_when")
    says = any(path and path[-1] in {"says", "regex", "similar"} for path, _ in walk(banned))
    if says and not any(NEGATION.search(line) for line in _examples(place, "pass")):
        hint = "在 examples.pass 里加一句否定的说法,如“坐席:这款不保本”"
        yield place.problem("no_negated_example", "禁语没有否定的合格例句", hint, ("fail_when",))


def _warnings(place: _Place) -> Iterator[Problem]:
    item = place.item
    manual = item.get("manual")
    if manual is None and not any(_examples(place, kind) for kind in ("pass", "fail", "na", "unknown")):
        yield place.problem("no_examples", "没有例句", "例句就是测试:examples: {pass: [...], fail: [...]}")
    adjusts = "deduct" in item or "bonus" in item
    if not item.get("weight") and not item.get("auto_fail") and not item.get("trial") and not adjusts:
        yield place.problem("weightless", "没有权重,也不是否决项", "写 weight、auto_fail 或 trial: true")
    if isinstance(manual, dict) and VAGUE.search(str(manual.get("question", ""))):
        yield place.problem("vague", "人工题的措辞含糊", "写成两个人会答得一样的问题", ("manual",))
    if _same(item.get("na_when"), item.get("pass_when")) or _same(item.get("na_when"), item.get("fail_when")):
        yield place.problem("unreachable", "不适用的条件与判定条件相同,永远判不到", "", ("na_when",))
    for path, value in walk(item):
        yield from _phrase_warnings(place, path, value)
        if path and path[-1] in {"all", "any", "none", "of", "graded"} and isinstance(value, list):
            yield from _repeated_parts(place, path, value)


def _same(first: Plain, second: Plain) -> bool:
    return first is not None and canonical(first) == canonical(second)


def _phrase_warnings(place: _Place, path: Path, value: Plain) -> Iterator[Problem]:
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


def _repeated_parts(place: _Place, path: Path, parts: list[Plain]) -> Iterator[Problem]:
    seen: set[bytes] = set()
    for index, part in enumerate(parts):
        if isinstance(part, str):
            continue
        content = canonical(part.get("when", part) if isinstance(part, dict) else part)
        if content in seen:
            yield place.problem("unreachable", "与前面的条件重复,不起作用", "", (*path, index))
        seen.add(content)


def _twice(places: list[_Place]) -> Iterator[Problem]:
    seen: dict[bytes, str] = {}
    ways = ("pass_when", "fail_when", "graded", "measure", "flow")
    for place in places:
        for way in ways:
            if place.item.get(way) is None:
                continue
            content = canonical({"way": way, "value": place.item[way], "na": place.item.get("na_when")})
            if content in seen:
                yield place.problem("duplicate_item", f"与 {seen[content]} 的判定相同", "", (way,))
            seen.setdefault(content, place.id)


def _banned_twice(places: list[_Place]) -> Iterator[Problem]:
    """A banned phrase of two items fails a call twice for one sentence."""
    owner: dict[str, str] = {}
    for place in places:
        for path, value in walk(place.item.get("fail_when"), ("fail_when",)):
            if path[-1] not in POSITIVE_KEYS or "except" in path or not isinstance(value, list):
                continue
            for text in value:
                if isinstance(text, str) and owner.setdefault(text, place.id) != place.id:
                    yield place.problem("shared_phrase", f"“{text}”也是 {owner[text]} 的禁语", "", path)


def _lists(rubric: Rubric) -> Iterator[Problem]:
    used = {
        value for _, value in walk(rubric.document.data) if isinstance(value, str) and value.startswith("$")
    }
    for name in rubric.spec.phrases:
        if f"${name}" not in used:
            where = rubric.document.where(("phrases", name), key=True)
            yield Problem("unused_list", f"词表 {name} 没有用到", "删去,或在条件里用 $" + name, where)
