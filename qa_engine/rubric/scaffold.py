"""A form to start from: the commented one that shows each way to decide, or a copy of another form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath

from qa_engine.errors import BadInput
from qa_engine.rubric.yaml_nodes import Document, read_yaml

STARTING_FORM = FilePath(__file__).with_name("data") / "starting-form.yaml"
RUBRIC_ID = re.compile(r"[a-z0-9][a-z0-9_\-]{0,99}\Z")


class BadRubricId(BadInput):
    """An id that no rubric may have."""

    code = "bad_rubric_id"


def checked_id(name: str) -> str:
    """`name`, which may be a rubric's id. Raises `BadRubricId`."""
    if not RUBRIC_ID.match(name):
        hint = "只用小写字母、数字、下划线、短横,如 telesales-own"
        raise BadRubricId(f"编号不能是 {name[:60]}", hint=hint)
    return name


def new_form(name: str, *, source: str | None = None) -> str:
    """Text of a form under a new id: version 1, on trial, everything else as in `source` with its comments.

    Without `source` it is the commented starting form. Raises `BadRubricId`, `BadRubric`."""
    text = STARTING_FORM.read_text("utf-8") if source is None else source
    document = read_yaml(text, name)
    text = with_head(text, {"rubric": checked_id(name), "version": "1", "status": "trial"})
    if ("status",) in document.values or ("version",) not in document.keys:
        return text
    lines = text.splitlines(keepends=True)
    lines.insert(document.keys["version",][0], "status: trial\n")
    return "".join(lines)


def with_head(text: str, values: Mapping[str, str]) -> str:
    """The text with the values of top-level keys replaced where they are there; everything else stays as it is written.

    Raises `BadRubric`."""
    document = read_yaml(text, "form")
    lines = text.splitlines(keepends=True)
    for key, value in values.items():
        if (key,) in document.values:
            lines = _replaced(lines, document, key, value)
    return "".join(lines)


def _replaced(lines: list[str], document: Document, key: str, value: str) -> list[str]:
    """The lines with the plain value of a top-level key replaced; a comment behind it keeps its column if it can."""
    number, column = document.values[key,]
    line = lines[number - 1]
    old = str(document.data[key]) if isinstance(document.data, dict) else ""
    before, rest = line[: column - 1], line[column - 1 :]
    quote = rest[0] if rest[:1] in {"'", '"'} else ""
    tail = rest[len(old) + 2 * len(quote) :]
    padding = len(old) + 2 * len(quote) - len(value)
    if tail.lstrip(" ").startswith("#"):
        tail = " " * max(1, len(tail) - len(tail.lstrip(" ")) + padding) + tail.lstrip(" ")
    return [*lines[: number - 1], before + value + tail, *lines[number:]]
