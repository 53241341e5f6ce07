"""What is hardly meant only where items are seen together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from qa_engine.calls import CallFacts
from qa_engine.rubric.lint_place import POSITIVE_KEYS, Place
from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.never import contradictions
from qa_engine.rubric.problems import Problem
from qa_engine.rubric.yaml_nodes import Path, walk

NEAR_FACT_PERCENT = 75
"""Likeness from which the name of a fact may be a misspelling of a known one."""


def across(rubric: Rubric, places: Sequence[Place]) -> Iterator[Problem]:
    """Findings between items, and on what the form names and nobody uses."""
    yield from _twice(places)
    yield from _banned_twice(places)
    yield from _wanted_and_banned(places)
    yield from _never_na(places)
    yield from _sections(rubric)
    yield from _named_conditions(rubric)
    yield from _facts(rubric)
    yield from _lists(rubric)


def _twice(places: Sequence[Place]) -> Iterator[Problem]:
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


def _banned_twice(places: Sequence[Place]) -> Iterator[Problem]:
    """A banned phrase of two items fails a call twice for one sentence; said once for two items."""
    owner: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for place in places:
        for word, path in _said_words(place, "fail_when"):
            other = owner.setdefault(word, place.id)
            if other != place.id and (place.id, other) not in told:
                told.add((place.id, other))
                yield place.problem(
                    "shared_phrase", f"“{word}”也是 {other} 的禁语", "一句话只在一项里扣分", path
                )


def _said_words(place: Place, key: str) -> Iterator[tuple[str, Path]]:
    """Words that an item looks for under a key, lists unfolded, with the place of the list of words."""
    for path, value in walk(place.item.get(key), (key,)):
        if path[-1] not in POSITIVE_KEYS or "except" in path or not isinstance(value, list | str):
            continue
        leaf = place.rubric.document.at((*place.path, *path[:-1]))
        if isinstance(leaf, dict) and leaf.get("by") == "customer":
            continue
        for text in [value] if isinstance(value, str) else value:
            if isinstance(text, str):
                for word in place.rubric.phrases.get(text[1:], ()) if text.startswith("$") else (text,):
                    yield word, path


def _wanted_and_banned(places: Sequence[Place]) -> Iterator[Problem]:
    """A phrase that one item asks for and another forbids."""
    banned = {word: place.id for place in places for word, _ in _said_words(place, "fail_when")}
    for place in places:
        seen: set[str] = set()
        for word, path in _said_words(place, "pass_when"):
            owner = banned.get(word)
            if owner and owner != place.id and owner not in seen:
                seen.add(owner)
                yield place.problem(
                    "wanted_and_banned", f"“{word}”是 {owner} 的禁语", "从其中一项里去掉", path
                )


def _never_na(places: Sequence[Place]) -> Iterator[Problem]:
    """Conditions that wait for another item to be not applicable, which it never is."""
    always = {p.id for p in places if not {"na_when", "applies_when"} & p.item.keys()}
    for place in places:
        for path, value in walk(place.item):
            asked = value.get("item") if isinstance(value, dict) else None
            if (
                isinstance(asked, dict)
                and asked.get("verdict") in ("na", ["na"])
                and asked.get("id") in always
            ):
                message = f"{asked['id']} 没有 na_when,不会是不适用"
                yield place.problem("unreachable", message, "给它写 na_when,或去掉这个条件", (*path, "item"))


def _sections(rubric: Rubric) -> Iterator[Problem]:
    """Sections of one id: an auto-fail of one of them would be said of both."""
    seen: set[str] = set()
    for index, section in enumerate(rubric.sections):
        if section.id in seen:
            where = rubric.document.where(("sections", index, "id"))
            yield Problem("duplicate_section", f"部分 {section.id} 重复", "每个部分用自己的编号", where)
        seen.add(section.id)


def _named_conditions(rubric: Rubric) -> Iterator[Problem]:
    """Shared conditions that nobody uses, or that contradict themselves."""
    used = {value for path, value in walk(rubric.document.data) if path and path[-1] == "use"}
    for name in rubric.spec.conditions:
        path: Path = ("conditions", name)
        if name not in used:
            where = rubric.document.where(path, key=True)
            yield Problem("unused_condition", f"条件 {name} 没有用到", f"删去,或用 use: {name}", where)
        for found in contradictions(rubric.document.at(path), rubric.phrases):
            where = rubric.document.where((*path, *found.path))
            yield Problem(found.code, f"{name}:{found.message}", found.hint, where)


def _facts(rubric: Rubric) -> Iterator[Problem]:
    """Facts whose names look misspelt."""
    known = [name for name in CallFacts.__dataclass_fields__ if name != "extra"]
    for path, value in walk(rubric.document.data):
        field = value if len(path) > 1 and path[-2:] == ("fact", "field") else None
        near = process.extractOne(str(field), known, scorer=fuzz.ratio, score_cutoff=NEAR_FACT_PERCENT)
        if field is not None and near and near[0] != field:
            hint = f"是不是想写 {near[0]}?自己的列可以叫任何名字"
            yield Problem(
                "near_fact", f"通话信息里没有 {field},但有 {near[0]}", hint, rubric.document.where(path)
            )


def _lists(rubric: Rubric) -> Iterator[Problem]:
    used = {
        value for _, value in walk(rubric.document.data) if isinstance(value, str) and value.startswith("$")
    }
    for name in rubric.spec.phrases:
        if f"${name}" not in used:
            where = rubric.document.where(("phrases", name), key=True)
            yield Problem("unused_list", f"词表 {name} 没有用到", "删去,或在条件里用 $" + name, where)
