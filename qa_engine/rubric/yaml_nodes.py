"""YAML as plain data that remembers where everything stood.

Only what a form needs is read: mappings with text keys, lists, text, numbers, true/false, null (YAML 1.2 core
scalars, so `21:00` is text and `no` is a word). Aliases, tags, deep nesting and large files are refused: a form
that a reviewer reads top to bottom needs none of them, and each is a known way to exhaust a parser.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from qa_engine.errors import Where
from qa_engine.rubric.problems import BadRubric, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
Path: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Mark: TypeAlias = tuple[int, int]

_INT = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(slots=True)
class Document:
    """Plain data and the 1-based line and column of every value (`values`) and mapping key (`keys`) by path."""

    file: str
    data: Plain = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    mounted: dict[Path, tuple[Document, Path]] = field(default_factory=dict)
    """Parts that come from another file: the path here, that file, and the path there."""

    def mount(self, path: Path, other: Document, place: Path) -> None:
        """Puts `other`'s value at `place` here at `path`, a key of a mapping that is there; faults in it are told with
        their place in the other file."""
        mapping = self.at(path[:-1])
        assert isinstance(mapping, dict)
        assert isinstance(path[-1], str)
        mapping[path[-1]] = other.at(place)
        self.mounted[path] = (other, place)

    def where(self, path: Path, *, key: bool = False) -> Where:
        """The place of `path`, or of the nearest enclosing thing that has one."""
        for prefix, (other, place) in self.mounted.items():
            if path[: len(prefix)] == prefix:
                return other.where((*place, *path[len(prefix) :]), key=key)
        for end in range(len(path), -1, -1):
            mark = (self.keys.get(path[:end]) if key else None) or self.values.get(path[:end])
            if mark:
                return Where(self.file, *mark)
        return Where(self.file, 1, 1)

    def at(self, path: Path) -> Plain:
        """The value at `path`; None where there is none."""
        value: Plain = self.data
        for part in path:
            if isinstance(value, dict) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
                value = value[part]
            else:
                return None
        return value


def walk(value: Plain, path: Path = ()) -> Iterator[tuple[Path, Plain]]:
    """Every value in a document with its path, parents first."""
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))


def read_yaml(source: bytes | str, file: str) -> Document:
    """Reads one YAML document. Raises `BadRubric` that names the place of the first fault of form, or of all
    duplicate keys."""
    text = _decoded(source, file)
    document = Document(file)
    try:
        _build(document, yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
        hint = "请检查缩进、冒号后的空格和引号是否成对"
        raise BadRubric([Problem("bad_yaml", f"YAML 语法错误:{error.problem}", hint, where)]) from error
    except yaml.YAMLError as error:
        hint = "文件里可能有控制字符,请另存为 UTF-8 文本"
        raise BadRubric([Problem("bad_yaml", "YAML 无法读取", hint, Where(file, 1, 1))]) from error
    return document


def _decoded(source: bytes | str, file: str) -> str:
    if len(source) > MAX_BYTES:
        message = f"文件太大({len(source):,} 字节),上限 {MAX_BYTES:,} 字节"
        raise BadRubric([Problem("too_large", message, "请拆成几个质检表或词表文件", Where(file, 1, 1))])
    if isinstance(source, str):
        return source.encode("utf-8", "replace").decode("utf-8")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        message = f"文件不是 UTF-8 编码(第 {error.start + 1} 字节)"
        problem = Problem("bad_encoding", message, "请另存为 UTF-8", Where(file, line, 1))
        raise BadRubric([problem]) from error


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    container: list[Plain] | dict[str, Plain]
    path: Path
    key: str | None = None


def _build(document: Document, events: Iterator[yaml.Event]) -> None:
    stack: list[_Open] = []
    duplicates: list[Problem] = []
    seen_document = False
    for event in events:
        mark = event.start_mark
        where = Where(document.file, mark.line + 1, mark.column + 1) if mark else Where(document.file)
        if isinstance(event, yaml.DocumentStartEvent):
            if seen_document:
                raise BadRubric(
                    [Problem("many_documents", "一个文件只能有一个文档", "请删去多余的 ---", where)]
                )
            seen_document = True
        elif isinstance(event, yaml.AliasEvent):
            hint = "请写出内容,或用 phrases 里的 $名字"
            raise BadRubric([Problem("alias", "不支持 YAML 别名(*)", hint, where)])
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            _refuse(event, len(stack), where)
            _add(document, stack, event, where, duplicates)
    if duplicates:
        raise BadRubric(duplicates)


def _refuse(event: yaml.NodeEvent, depth: int, where: Where) -> None:
    if event.anchor is not None:
        hint = "请写出内容,或用 phrases 里的 $名字"
        raise BadRubric([Problem("alias", "不支持 YAML 锚点(&)", hint, where)])
    tag = getattr(event, "tag", None)
    if tag not in (None, "!", "tag:yaml.org,2002:str"):
        raise BadRubric([Problem("tag", f"不支持 YAML 标签 {tag}", "请删去标签", where)])
    if depth >= MAX_DEPTH:
        raise BadRubric([Problem("too_deep", f"嵌套超过 {MAX_DEPTH} 层", "请把条件写得平一些", where)])


def _add(
    document: Document, stack: list[_Open], event: yaml.NodeEvent, where: Where, duplicates: list[Problem]
) -> None:
    mark = (where.line or 1, where.column or 1)
    parent = stack[-1] if stack else None
    if parent is not None and isinstance(parent.container, dict) and parent.key is None:
        parent.key = _key(event, where)
        path = (*parent.path, parent.key)
        if parent.key in parent.container:
            message = f"重复的键 {parent.key}(前一次在第 {document.keys[path][0]} 行)"
            duplicates.append(Problem("duplicate_key", message, "请只保留一个", where))
        document.keys[path] = mark
        return
    value: Plain
    if isinstance(event, yaml.ScalarEvent):
        value = scalar(event)
    elif isinstance(event, yaml.MappingStartEvent):
        value = {}
    else:
        value = []
    path = _place(document, parent, value)
    document.values[path] = mark
    if isinstance(value, dict | list):
        stack.append(_Open(value, path))


def _key(event: yaml.NodeEvent, where: Where) -> str:
    if not isinstance(event, yaml.ScalarEvent) or len(event.value) > 200:
        raise BadRubric([Problem("bad_key", "键必须是短文字", "请检查缩进和冒号", where)])
    return str(event.value)


def _place(document: Document, parent: _Open | None, value: Plain) -> Path:
    if parent is None:
        document.data = value
        return ()
    if isinstance(parent.container, list):
        parent.container.append(value)
        return (*parent.path, len(parent.container) - 1)
    assert parent.key is not None
    parent.container[parent.key] = value
    path = (*parent.path, parent.key)
    parent.key = None
    return path


def scalar(event: yaml.ScalarEvent) -> Plain:
    """A scalar by the YAML 1.2 core rules; quoted ones and those tagged `!!str` are always text."""
    text: str = event.value
    if not event.implicit[0] or event.tag is not None:  # quoted, or !!str
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text) and math.isfinite(number := float(text)):
        return number
    return text
