"""Where in a form a cursor stands, from the text alone: the form need not be readable while somebody types in it.

The place is told by indentation and by the brackets open on the line, as a person reads it. Lists don't count: the items
of `sections` are at `sections`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_KEY = re.compile(r"^(\s*(?:- +)*)([^\s#:{\[\]},\"'][^:#{\[\]},\"']*):(?:\s|$)")
_WORD = re.compile(r"[^\s\[\]{},:\"'#]*\Z")
_OPEN, _CLOSED = "{[", "}]"


@dataclass(frozen=True, slots=True)
class Place:
    """`path` are the keys above, outermost first; `word` is what was begun, from `start` (1-based column) on. `is_key`:
    a key may stand here, else a value of the last key of the path. `beside` are keys that the same mapping has."""

    path: tuple[str, ...]
    word: str
    start: int
    is_key: bool
    beside: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Open:
    """A bracket that is open on the line, with the keys seen in it."""

    bracket: str
    key: str = ""
    keys: set[str] = field(default_factory=set)


def place_at(text: str, line: int, column: int) -> Place:
    """The place of a cursor; line and column from 1, past the end counts as the end."""
    lines = text.split("\n")
    number = min(max(line, 1), len(lines)) - 1
    current = lines[number]
    before = current[: max(column - 1, 0)]
    word = _WORD.search(before)
    begun = word[0] if word else ""
    start = len(before) - len(begun) + 1
    brackets = _brackets(before)
    head = _KEY.match(before)
    if brackets:
        own = (head[2].strip(),) if head else ()
        above = _above(lines, number, _column_of(current))
        inner = tuple(one.key for one in brackets[:-1] if one.key)
        last = brackets[-1]
        is_key = last.bracket == "{" and not last.key
        path = (*above, *own, *inner, *((last.key,) if last.key else ()))
        return Place(path, begun, start, is_key, frozenset(last.keys - {last.key}))
    if head and len(before) > head.end(2):
        return Place((*_above(lines, number, len(head[1])), head[2].strip()), begun, start, is_key=False)
    depth = len(before) - len(before.lstrip(" -")) if before.strip() else len(before)
    path = _above(lines, number, depth)
    return Place(path, begun, start, is_key=True, beside=_beside(lines, number, depth))


def _column_of(line: str) -> int:
    """Where the first key of a line stands, behind the dashes of lists."""
    head = _KEY.match(line)
    return len(head[1]) if head else len(line) - len(line.lstrip(" -"))


def _above(lines: list[str], number: int, depth: int) -> tuple[str, ...]:
    """Keys of the lines above that stand further left, from the outermost."""
    found: list[str] = []
    for line in reversed(lines[:number]):
        head = _KEY.match(line)
        if head is None:
            continue
        column = len(head[1])
        if column < depth:
            found.append(head[2].strip())
            depth = column
        dash = len(line) - len(line.lstrip(" "))
        if dash < column and dash < depth:  # a list of the key above: what is left of its dash comes next
            depth = dash + 1 if column == depth else depth
        if depth == 0:
            break
    return tuple(reversed(found))


def _beside(lines: list[str], number: int, depth: int) -> frozenset[str]:
    """Keys of the same mapping, above and below."""
    found: set[str] = set()
    for step in (-1, 1):
        at = number + step
        while 0 <= at < len(lines):
            line = lines[at]
            head = _KEY.match(line)
            column = len(head[1]) if head else None
            if line.strip() and not line.lstrip().startswith("#"):
                left = len(line) - len(line.lstrip(" "))
                begins_item = line.lstrip().startswith("- ")
                if step == 1 and begins_item and left < depth:
                    break
                if column == depth and head:
                    found.add(head[2].strip())
                    if step == -1 and begins_item:
                        break
                elif left < depth and (column is None or column < depth):
                    break
            at += step
    return frozenset(found)


def _brackets(before: str) -> list[_Open]:
    """Brackets still open before the cursor, with the key whose value is being written in each."""
    stack: list[_Open] = []
    word = ""
    for char, after in _unquoted(before):
        if char in _OPEN:
            stack.append(_Open(char))
        elif char in _CLOSED:
            del stack[-1:]
        elif char == "," and stack:
            stack[-1].key = ""
        elif char == ":" and after in {" ", ""} and stack and stack[-1].bracket == "{":
            stack[-1].key = word.strip()
            stack[-1].keys.add(stack[-1].key)
        else:
            word += char
            continue
        word = ""
    return stack


def _unquoted(text: str) -> Iterator[tuple[str, str]]:
    """The characters outside quotation marks and comments, each with the one behind it."""
    quote = ""
    for at, char in enumerate(text):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and before in {"", " ", "[", "{", ","}:
            quote = char
        elif char == "#" and before in {"", " "}:
            return
        else:
            yield char, after
