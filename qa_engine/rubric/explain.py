"""pydantic's findings as problems with a place in the file, in the words of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz

from qa_engine.rubric.base import Reading
from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.problems import NEAR_PERCENT, Problem, did_you_mean
from qa_engine.rubric.yaml_nodes import Document, Path, Plain

_TYPES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少 {name}", "请补上 {name}"),
    "string_type": ("{name} 应是文字,这里是 {found}", "数字、true 等当文字用时请加引号"),
    "bool_type": ("{name} 应是 true 或 false,这里是 {found}", ""),
    "float_type": ("{name} 应是数字,这里是 {found}", "不要加引号"),
    "int_type": ("{name} 应是整数,这里是 {found}", "不要加引号"),
    "tuple_type": ("{name} 应是列表,这里是 {found}", "写成 [甲, 乙] 或每行一个“- ”"),
    "dict_type": ("{name} 应是“键: 值”,这里是 {found}", ""),
    "model_type": ("{name} 应是“键: 值”,这里是 {found}", ""),
    "model_attributes_type": ("{name} 应是“键: 值”,这里是 {found}", ""),
    "greater_than": ("{name} 应大于 {gt},这里是 {found}", ""),
    "greater_than_equal": ("{name} 不能小于 {ge},这里是 {found}", ""),
    "less_than": ("{name} 应小于 {lt},这里是 {found}", ""),
    "less_than_equal": ("{name} 不能大于 {le},这里是 {found}", ""),
    "too_short": ("{name} 至少要有 {min_length} 项", ""),
    "too_long": ("{name} 最多 {max_length} 项", ""),
    "string_too_short": ("{name} 不能为空", ""),
    "string_too_long": ("{name} 太长,最多 {max_length} 个字符", ""),
}
_PATTERNS: Mapping[str, str] = {
    "": "词表和条件的名字不能为空,不含空格、$ 和括号",
    "id": "小写字母开头,只用小写字母、数字、点、下划线、短横,如 opening.identity",
    "rubric": "只用小写字母、数字、下划线、短横,如 telesales-standard",
}


def explain(error: ValidationError, document: Document, reading: Reading) -> list[Problem]:
    """Every finding of `error` as a problem, without those that only follow from another."""
    details = error.errors(include_url=False)
    places = [_place(document.data, detail["loc"]) for detail in details]
    problems: dict[tuple[Path, str], Problem] = {}
    for detail, path in zip(details, places, strict=True):
        if detail["type"] == "too_short" and any(
            len(p) > len(path) and p[: len(path)] == path for p in places
        ):
            continue
        if detail["type"] == "missing" and _misspelt(path, details, places):
            continue
        problem = _problem(detail, path, document, reading)
        problems.setdefault((path, problem.message), problem)
    return _without_alternatives(problems)


def _misspelt(missing: Path, details: Sequence[ErrorDetails], places: Sequence[Path]) -> bool:
    """Whether an unknown key beside it is what the missing one was meant to be."""
    return any(
        detail["type"] == "extra_forbidden"
        and path[:-1] == missing[:-1]
        and fuzz.ratio(str(path[-1]), str(missing[-1])) >= NEAR_PERCENT
        for detail, path in zip(details, places, strict=True)
    )


def _without_alternatives(problems: Mapping[tuple[Path, str], Problem]) -> list[Problem]:
    """A value that fits none of several forms is reported once for its place, with the first form's message."""
    seen: dict[Path, Problem] = {}
    for (path, _), problem in problems.items():
        seen.setdefault(path, problem)
    return list(seen.values())


def _place(data: Plain, loc: Sequence[int | str]) -> Path:
    """The path in the file of a pydantic location: names of union members and wrappers are left out."""
    path: list[str | int] = []
    value: Plain = data
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(part, str) and part.startswith("<"):
            continue
        if isinstance(value, dict) and isinstance(part, str) and part in value:  # noqa: SIM114 - mypy needs both
            value = value[part]
            path.append(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
            path.append(part)
        elif last and isinstance(value, dict) and isinstance(part, str):
            path.append(part)
    return tuple(path)


def _problem(  # noqa: PLR0911 - one return a kind of finding
    detail: ErrorDetails, path: Path, document: Document, reading: Reading
) -> Problem:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, document, reading)
    if kind == "missing":
        parent = path[:-1]
        message, hint = (text.format(name=path[-1] if path else "") for text in _TYPES["missing"])
        return Problem("missing_key", message, hint, document.where(parent, key=bool(parent)))
    if kind == "union_tag_not_found":
        return _no_condition(path, document)
    where = document.where(path, key=detail["loc"][-1:] == ("[key]",))
    context: dict[str, Any] = dict(detail.get("ctx") or {})
    name = next((part for part in reversed(path) if isinstance(part, str)), "文件")
    context = {key: f"{v:g}" if isinstance(v, float) else v for key, v in context.items()}
    context |= {"name": name, "found": _shown(document.at(path))}
    if kind == "literal_error":
        allowed = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
        hint = did_you_mean(str(document.at(path)), allowed)
        return Problem("bad_value", f"{name} 不能是 {context['found']}", hint, where)
    if kind == "string_pattern_mismatch":
        hint = _PATTERNS.get(name, "请换一个写法")
        return Problem("bad_name", f"{name} 的写法不对:{context['found']}", hint, where)
    if kind in _TYPES:
        message, hint = (text.format_map(context) for text in _TYPES[kind])
        return Problem(kind, message, hint, where)
    hint = str(context.get("hint", ""))
    return Problem(kind, detail["msg"], hint, where)


def _unknown_key(path: Path, document: Document, reading: Reading) -> Problem:
    key = str(path[-1])
    where = document.where(path, key=True)
    siblings = document.at(path[:-1])
    if key in CONDITIONS and isinstance(siblings, dict):
        other = next((name for name in siblings if name in CONDITIONS and name != key), None)
        if other:
            message = f"一个条件里同时写了 {other} 和 {key}"
            return Problem("two_conditions", message, f"请写成 all: [{{{other}: …}}, {{{key}: …}}]", where)
    allowed = _allowed(siblings, reading)
    return Problem("unknown_key", f"不认识的键 {key}", did_you_mean(key, allowed, limit=30), where)


def _allowed(mapping: Plain, reading: Reading) -> Sequence[str]:
    model = reading.readers.get(id(mapping))
    if model is not None:
        return model.keys()
    tag = next((key for key in mapping if key in CONDITIONS), None) if isinstance(mapping, dict) else None
    return (*CONDITIONS[tag].keys(), "nth") if tag else ()  # an anchor: the condition and which occurrence


def _no_condition(path: Path, document: Document) -> Problem:
    value = document.at(path)
    if not isinstance(value, dict):
        hint = "例如 says: {by: agent, any_of: [您好]}"
        return Problem("no_condition", f"这里要写一个条件,现在是 {_shown(value)}", hint, document.where(path))
    key = next(iter(value), "")
    if not key:
        return Problem("no_condition", "条件是空的", did_you_mean("", CONDITIONS), document.where(path))
    hint = did_you_mean(key, CONDITIONS, limit=40)
    return Problem("unknown_condition", f"不认识的条件 {key}", hint, document.where((*path, key), key=True))


def _shown(value: Plain) -> str:
    if isinstance(value, dict):
        return "“键: 值”"
    if isinstance(value, list):
        return "列表"
    if value is None:
        return "空"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
