"""What changed between two forms as a page shows it: line by line, and in the terms of the form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from qa_engine.rubric.diff import Change, RubricDiff
from qa_engine.rubric.yaml_nodes import Plain

CONTEXT = 3
MOST_LINES = 4_000
SHOWN_CHARS = 400


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`kind` is same, added, removed or gap (lines left out); numbers are from 1."""

    kind: str
    old: int | None
    new: int | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MeaningLine:
    """One value that changed. Empty `before` or `after`: it was not there."""

    path: str
    before: str
    after: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    scored: bool


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item with what changed in it."""

    id: str
    title: str
    was: str
    lines: tuple[MeaningLine, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The whole difference."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    changed: tuple[ChangedItem, ...]
    head: tuple[MeaningLine, ...]
    lists: tuple[MeaningLine, ...]
    scores_change: bool
    is_empty: bool


def text_diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """Lines that differ, with some around them."""
    old, new = before.splitlines(), after.splitlines()
    found: list[DiffLine] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        if found or group[0][1] > 0:
            found.append(DiffLine("gap", None, None))
        for opcode in group:
            found += _lines(opcode, old, new)
    return tuple(found[:MOST_LINES])


def _lines(opcode: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> Iterator[DiffLine]:
    tag, first, last, start, end = opcode
    if tag == "equal":
        yield from (
            DiffLine("same", first + at + 1, start + at + 1, old[first + at]) for at in range(last - first)
        )
        return
    yield from (DiffLine("removed", at + 1, None, old[at]) for at in range(first, last))
    yield from (DiffLine("added", None, at + 1, new[at]) for at in range(start, end))


def meaning(found: RubricDiff) -> Meaning:
    """The difference in the terms of the form."""
    return Meaning(
        added=found.added,
        removed=found.removed,
        changed=tuple(
            ChangedItem(item.id, item.title, item.was or "", tuple(map(_meaning, item.changes)))
            for item in found.changed
        ),
        head=tuple(map(_meaning, found.head)),
        lists=tuple(map(_meaning, found.lists)),
        scores_change=found.scores_change,
        is_empty=found.empty,
    )


def _meaning(change: Change) -> MeaningLine:
    return MeaningLine(
        change.path, _shown(change.before), _shown(change.after), change.added, change.removed, change.scored
    )


def _shown(value: Plain) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"
