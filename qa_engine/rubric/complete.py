"""What may stand at a place of a form that is being written, and what the word there means; from the JSON Schema, the
catalogue's notes, and the names in the form itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from qa_engine.rubric.catalogue_notes import NOTES, WAYS
from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.json_schema import rubric_json_schema
from qa_engine.rubric.yaml_place import Place, place_at

Schema: TypeAlias = Mapping[str, Any]
MOST = 200
SHOWN_PHRASES = 6
_ID = re.compile(r"^(\s*)- +(?:\{\s*)?id:\s*([a-z][a-z0-9_.\-]*)", re.MULTILINE)
_TOP_NAME = re.compile(r"^  ([^\s#:][^:#]*):", re.MULTILINE)
_MAPS = frozenset({"phrases", "conditions"})


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may stand there. `kind` is key, condition, value, phrases, item or name."""

    label: str
    insert: str
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """For a place: what may be written from column `start` on, and what the word there means."""

    start: int
    path: str
    about: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What forms may name: phrase lists with their words, and conditions, that lie around."""

    phrases: Mapping[str, Sequence[str]]
    conditions: Iterable[str] = ()


def complete(text: str, line: int, column: int, names: Names) -> Help:
    """Help for a cursor; an empty one where nothing is known."""
    place = place_at(text, line, column)
    schemas = _at(place.path)
    options = list(_options(text, place, schemas, names))
    shown = dict.fromkeys(option for option in options if option.label not in place.beside)
    return Help(place.start, ".".join(place.path), _about(text, line, column, place), tuple(shown)[:MOST])


@cache
def _root() -> Schema:
    return rubric_json_schema()


def _resolved(schema: Schema) -> Iterator[Schema]:
    """The alternatives that a value may be, without references."""
    todo, seen = [schema], 0
    while todo and seen < 500:
        seen += 1
        one = todo.pop(0)
        reference = str(one.get("$ref", ""))
        if reference:
            todo.append(_root()["$defs"][reference.rpartition("/")[2]])
            continue
        alternatives = [*one.get("anyOf", ()), *one.get("oneOf", ())]
        todo.extend(alternatives)
        if one.get("type") == "array" and isinstance(one.get("items"), dict):
            todo.append(one["items"])
        if not alternatives:
            yield one


@cache
def _at(path: tuple[str, ...]) -> tuple[Schema, ...]:
    """What the value at a path may be."""
    found = list(_resolved(_root()))
    for key in path:
        inner: list[Schema] = []
        for schema in found:
            value = schema.get("properties", {}).get(key)
            extra = schema.get("additionalProperties")
            if value is None and isinstance(extra, dict):
                value = extra
            if value is None and isinstance(schema.get("patternProperties"), dict):
                value = next(iter(schema["patternProperties"].values()))
            if value is not None:
                inner += _resolved(value)
        found = inner
    return tuple(found)


def _options(text: str, place: Place, schemas: tuple[Schema, ...], names: Names) -> Iterator[Option]:
    last = place.path[-1] if place.path else ""
    if place.word.startswith("$") or (not place.is_key and _takes_phrases(last)):
        yield from _phrase_lists(text, names)
        if place.word.startswith("$"):
            return
    if last == "use":
        own = _names_under(text, "conditions")
        yield from (Option(name, name, "name") for name in dict.fromkeys([*own, *sorted(names.conditions)]))
        return
    if place.path[-2:] == ("item", "id"):
        yield from (Option(name, name, "item") for name in item_ids(text))
        return
    if place.is_key:
        yield from _keys(schemas)
    if not place.is_key or any("enum" in schema for schema in schemas):
        yield from _values(schemas)


def _keys(schemas: tuple[Schema, ...]) -> Iterator[Option]:
    for schema in schemas:
        for key, value in schema.get("properties", {}).items():
            about = str(value.get("description", "")).replace("\n", " ")
            kind = "condition" if key in CONDITIONS and _is_condition(schema, key) else "key"
            yield Option(key, f"{key}: ", kind, about)


def _is_condition(schema: Schema, key: str) -> bool:
    return schema.get("title") == CONDITIONS[key].__name__


def _values(schemas: tuple[Schema, ...]) -> Iterator[Option]:
    for schema in schemas:
        for value in [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]:
            if isinstance(value, str):
                yield Option(value, value, "value")
        if schema.get("type") == "boolean":
            yield from (Option(word, word, "value") for word in ("true", "false"))


def _takes_phrases(key: str) -> bool:
    return key in {"any_of", "all_of", "none_of", "except", "near", "of"}


def _phrase_lists(text: str, names: Names) -> Iterator[Option]:
    own = dict.fromkeys(_names_under(text, "phrases"), ())
    for name, words in {**names.phrases, **own}.items():
        shown = "、".join(words[:SHOWN_PHRASES]) + ("…" if len(words) > SHOWN_PHRASES else "")
        yield Option(f"${name}", f"${name}", "phrases", shown)


def _names_under(text: str, key: str) -> list[str]:
    """Names of a top-level mapping of the form, read line by line."""
    _, found, rest = f"\n{text}".partition(f"\n{key}:")
    if not found:
        return []
    block = re.split(r"\n(?=\S)", rest, maxsplit=1)[0]
    return [name.strip() for name in _TOP_NAME.findall(block)]


def item_ids(text: str) -> tuple[str, ...]:
    """Ids of items written in the form, in its order; those of sections stand further left."""
    found = [(len(left.rpartition("\n")[2]), name) for left, name in _ID.findall(text)]
    sections = min((left for left, _ in found), default=0)
    return tuple(dict.fromkeys(name for left, name in found if left > sections))


def _about(text: str, line: int, column: int, place: Place) -> str:
    """The meaning of the word under the cursor: a condition's from the catalogue, a key's from the schema."""
    word = _word_at(text, line, column)
    key = word.rstrip(":")
    if key in CONDITIONS and any(
        _is_condition(schema, key) for schema in _at(place.path) if key in schema.get("properties", {})
    ):
        return condition_help(key)
    if key in WAYS and place.path[:2] == ("sections", "items"):
        meaning, example = WAYS[key]
        return f"{meaning}\n{example}"
    for schema in _at(place.path):
        value = schema.get("properties", {}).get(key)
        if value is not None:
            return str(value.get("description", ""))
    return ""


@cache
def condition_help(tag: str) -> str:
    """A condition as the catalogue tells it."""
    about = " ".join((CONDITIONS[tag].__doc__ or "").split())
    note = NOTES.get(tag)
    if note is None:
        return about
    lines = [about, f"true: {note.true}", f"false: {note.false}", f"unknown: {note.unknown}", note.example]
    return "\n".join(lines)


def _word_at(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    for found in re.finditer(r"[^\s\[\]{},:\"'#]+", lines[line - 1]):
        if found.start() < column <= found.end() + 1:
            return found[0]
    return ""
