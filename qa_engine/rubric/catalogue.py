"""The catalogue of conditions in the docs, made from the models (`callqa rubric catalogue > docs/conditions.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from qa_engine.rubric.catalogue_notes import KEYS, NOTES, WAYS
from qa_engine.rubric.conditions import CONDITIONS, FAMILIES
from qa_engine.rubric.json_schema import rubric_json_schema

Schema: TypeAlias = Mapping[str, Any]
SHARED = {"Within": "within", "Distance": "distance", "Count": "count", "Range": "range"}
"""Values that many conditions take, described once at the end."""
UNITS = {
    "_s": "seconds", "_per_min": "characters a minute", "_chars": "characters", "_days": "days", "seconds": "seconds",
    "percent": "percent",
}  # fmt: skip
HEAD = """\
# Conditions

Made from the models by `callqa rubric catalogue > docs/conditions.md` (`make catalogue`); a test fails where it is out of date.
Every condition is a mapping with its name as the key. Every answer is true, false or **unknown**: absence needs evidence,
too, so what could not be heard is unknown and never a silent fail. An unknown names the seconds of audio that would settle it.
"""


def catalogue() -> str:
    """The page as Markdown."""
    definitions: Schema = rubric_json_schema()["$defs"]
    parts = [HEAD, _ways()]
    for family in FAMILIES:
        tags = [tag for tag, model in CONDITIONS.items() if model.__module__ == family.__name__]
        parts.append(f"## {(family.__doc__ or '').splitlines()[0]}\n")
        parts += [_condition(tag, definitions) for tag in tags]
    parts.append("## Values that many conditions take\n")
    parts += [_shared(name, title, definitions) for name, title in SHARED.items()]
    return "\n".join(parts)


def _ways() -> str:
    rows = [f"| `{way}` | {text} | `{_cell(example)}` |" for way, (text, example) in WAYS.items()]
    title = "## How an item is decided\n\nExactly one of these.\n"
    return "\n".join([title, "| key | meaning | example |", "|---|---|---|", *rows, ""])


def _condition(tag: str, definitions: Schema) -> str:
    model = CONDITIONS[tag]
    lines = [f"### {tag}", "", _paragraph(model.__doc__)]
    note = NOTES.get(tag)
    if note is not None:
        lines += ["", f"* **true** {note.true}", f"* **false** {note.false}", f"* **unknown** {note.unknown}"]
        lines += [f"* **evidence** {note.evidence}"]
    if not model.can_anchor:
        lines += ["* It happens at no moment: no order can start from it."]
    lines += ["", *_keys(model.__name__, tag, definitions)]
    if note is not None:
        lines += ["", "```yaml", note.example, "```"]
    return "\n".join([*lines, ""])


def _keys(name: str, tag: str, definitions: Schema) -> Iterator[str]:
    """The keys under the condition's own key, and those of the mappings in them."""
    properties: Schema = definitions[name]["properties"]
    spec = _reference(properties[tag])
    if len(properties) == 1 and spec and spec != "Condition":
        about = _paragraph(definitions[spec].get("description"))
        yield from ([about, ""] if about else [])
        name = spec
    yield from _table(definitions[name], definitions)
    for inner, key in _nested(name, definitions):
        yield ""
        yield f"In `{key}`: {_paragraph(definitions[inner].get('description'))}"
        yield ""
        yield from _table(definitions[inner], definitions)


def _table(definition: Schema, definitions: Schema) -> Iterator[str]:
    needed = definition.get("required", ())
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key, schema in definition["properties"].items():
        default = "**required**" if key in needed else _default(schema)
        kind = _kind(schema, definitions)
        meaning = _paragraph(schema.get("description")) or KEYS.get((key, kind)) or KEYS.get((key, ""), "")
        yield f"| `{key}` | {_cell(kind + _unit(key))} | {default} | {_cell(meaning)} |"


def _nested(name: str, definitions: Schema) -> Iterator[tuple[str, str]]:
    """Mappings inside a mapping that are not described elsewhere, with the key under which they stand."""
    todo, seen = [name], {name, "Condition", "AnchorSpec", *SHARED}
    while todo:
        for key, schema in definitions[todo.pop(0)]["properties"].items():
            for inner in _references(schema):
                if inner not in seen and "properties" in definitions[inner]:
                    seen.add(inner)
                    todo.append(inner)
                    yield inner, key


def _references(schema: Any) -> Iterator[str]:
    found = _reference(schema)
    if found:
        yield found
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        if isinstance(value, dict | list):
            yield from _references(value)


def _reference(schema: Any) -> str | None:
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    return reference.rsplit("/", 1)[-1] if reference else None


def _shared(name: str, title: str, definitions: Schema) -> str:
    head = [f"### {title}", "", _paragraph(definitions[name].get("description")), ""]
    return "\n".join([*head, *_table(definitions[name], definitions), ""])


def _kind(schema: Schema, definitions: Schema) -> str:  # noqa: PLR0911 - one return a kind of value
    reference = _reference(schema)
    if reference == "Condition":
        return "condition"
    if reference == "AnchorSpec":
        return "condition, with `nth` beside it: `first`, `last`, `each`, `any` or a number"
    if reference in SHARED:
        return f"[{SHARED[reference]}](#{SHARED[reference]})"
    if reference:
        definition = definitions[reference]
        return "mapping, below" if "properties" in definition else _kind(definition, definitions)
    options: Sequence[Schema] = schema.get("anyOf") or schema.get("oneOf") or ()
    if options:
        kinds = list(dict.fromkeys(_kind(o, definitions) for o in options if o.get("type") != "null"))
        if kinds[1:] and kinds[1] == f"list of {kinds[0]}":
            kinds[:2] = [f"{kinds[0]} (one or a list)"]
        return " or ".join(kinds)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if "prefixItems" in schema:
        return f"[{', '.join(_kind(part, definitions) for part in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'], definitions)}"
    names = {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}
    return names.get(str(schema.get("type")), "text") + _limits(schema)


def _limits(schema: Schema) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema]
    return f" {', '.join(found)}" if found else ""


def _unit(key: str) -> str:
    unit = next((text for ending, text in UNITS.items() if key.endswith(ending)), "")
    return f", {unit}" if unit else ""


def _default(schema: Schema) -> str:
    value = schema.get("default")
    if value is None or value == []:
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
