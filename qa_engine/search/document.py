"""What is kept of a call to search in: its turns as people may read them, and one string to look through.

Personal entities are blocks before anything is indexed: no query, of whomever, can find or confirm a number, name or address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_engine.calls import Role, Turn
from qa_engine.language.entities import find_entities
from qa_engine.language.redaction import redact
from qa_engine.search.terms import text_terms
from qa_engine.search.text import forms

TURN, OTHER_FORM = "\n", "\x1f"
MARKS = {Role.AGENT: "\x01", Role.CUSTOMER: "\x02"}
_ROLES = {mark: role for role, mark in MARKS.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `[start, end)` of a form of a turn."""

    turn: int
    role: Role
    form: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """`scan` has the turns in the forms to look in, one a line: the side's mark, then the forms."""

    scan: str
    terms: frozenset[int]
    shown: tuple[str, ...]


def document(turns: Sequence[Turn]) -> Document:
    """A call as it is searched: masked first."""
    found = find_entities(turns)
    shown = tuple(redact(turn.shown, own) for turn, own in zip(turns, found, strict=True))
    lines: list[str] = []
    terms: set[int] = set()
    for turn, text in zip(turns, shown, strict=True):
        chars = [form.chars for form in forms(text)]
        terms |= text_terms(turn.role, chars)
        lines.append(MARKS[turn.role] + OTHER_FORM.join(chars))
    return Document(TURN.join(lines), frozenset(terms), shown)


def place_of(scan: str, start: int, end: int) -> Place:
    """Which turn and form characters of the scan belong to."""
    line = scan.rfind(TURN, 0, start) + 1
    form = scan.rfind(OTHER_FORM, line, start)
    begin = form + 1 if form >= 0 else line + 1
    return Place(scan.count(TURN, 0, start), _ROLES[scan[line]], int(form >= 0), start - begin, end - begin)


def occurrences(scan: str, text: str) -> Iterator[int]:
    """Where a text begins in the scan; what overlaps another counts too."""
    at = scan.find(text)
    while at >= 0:
        yield at
        at = scan.find(text, at + 1)
