"""The draft as a file for people: short things on one line, every question above what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.sheet import Sheet
from qa_engine.rubric.yaml_nodes import Plain, scalar

WIDTH = 110
INLINE_CHARS = 72
ENDLESS = 1_000_000
"""Texts are not folded: a pattern or an example reads as one line."""


class _Dumper(yaml.SafeDumper):
    """Block style for people: lists of words in one line where they are short, no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (the signature is PyYAML's)
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        return super().increase_indent(flow, False)


def _short_list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    plain = all(isinstance(part, str | int | float) for part in value)
    inline = plain and sum(len(str(part)) + 2 for part in value) < WIDTH // 2
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=inline)


def _short_mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    nested = json.dumps(value, ensure_ascii=False)
    inline = len(nested) < INLINE_CHARS and "id" not in value and not {"pass", "fail"} & value.keys()
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=inline)


def _text_of(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    """Quoted where the reader of rubrics would see no text: 1e9, null."""
    plain = isinstance(scalar(yaml.ScalarEvent(None, None, (True, False), value)), str)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else "'")


_Dumper.add_representer(str, _text_of)
_Dumper.add_representer(list, _short_list)
_Dumper.add_representer(dict, _short_mapping)


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=ENDLESS)


def laid_out(
    head: Mapping[str, Plain],
    sections: Sequence[Mapping[str, Any]],
    questions: Sequence[Question],
    sheet: Sheet,
) -> str:
    """The text of the file. `sections` hold items with their ids."""
    place = f"{sheet.file}" + (f" 的工作表“{sheet.name}”" if sheet.name else "")
    lines = [f"# 由 {_one_line(place)} 导入的草稿。逐条回答“# 问题”,改好后运行 callqa rubric check。"]
    lines += [f"# 问题:{_row(q)}{_one_line(str(q))}" for q in questions if q.item is None]
    for key, value in head.items():
        lines.append(_pair(key, value))
    lines.append("sections:")
    for section in sections:
        lines += [
            "  - " + _pair("id", section["id"]),
            "    " + _pair("title", section["title"]),
            "    items:",
        ]
        for item in section["items"]:
            lines += [f"      # 问题:{_one_line(str(q))}" for q in questions if q.item == item["id"]]
            first, *rest = _yaml(item).splitlines()
            lines += [f"      - {first}", *(f"        {line}" if line else line for line in rest), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _pair(key: str, value: Plain) -> str:
    """One line `key: value` of a plain value."""
    return f"{key}: " + _yaml(value).removesuffix("...\n").rstrip("\n")


def _row(question: Question) -> str:
    return f"第 {question.row} 行:" if question.row else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
