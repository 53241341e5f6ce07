"""Which of many regular expressions may match a text, in one linear pass over it.

Every pattern has words without which it cannot match; a text is looked through for the words of all patterns at once,
and only patterns whose words are there need a search. An automaton of the patterns themselves would know more, but grows
out of every memory where patterns have gaps ([^,。]{0,8}): it was a hundred times slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

SENTINEL = "\x1f"
"""Stands at the end of every text looked through, and in no text: where it is not found, the words were too many."""
SHORT = 6
REMEMBERED = 1024
"""Short texts (嗯, 好的) come again all the time; the answers for so many are kept."""


LEAST_BYTES = 32 << 10
MOST_BYTES = 64 << 20
"""Memory of a compiled pattern: it holds the program, and while texts are searched fills up with states to what it may
hold. Hundreds of patterns that may hold much are a process that grows for days, and search no faster."""


def regex_options(memory_bytes: int = 8 << 20, *, never_capture: bool = False) -> re2.Options:
    """Linear-time matching with a memory limit; faults are raised, not written to stderr."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory_bytes
    options.never_capture = never_capture
    return options


def compiled(pattern: str, *, most_bytes: int = 8 << 20, never_capture: bool = False) -> Any:
    """A pattern in the least memory that holds it, at most `most_bytes`. Raises `re2.error`."""
    memory_bytes = LEAST_BYTES
    while memory_bytes < most_bytes:
        try:
            return re2.compile(pattern, regex_options(memory_bytes, never_capture=never_capture))
        except re2.error:
            memory_bytes *= 2
    return re2.compile(pattern, regex_options(most_bytes, never_capture=never_capture))


class PatternSet:
    """Compiled patterns; immutable but for what it remembers, safe to share."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._all = frozenset(range(len(patterns)))
        self._always = frozenset(i for i, pattern in enumerate(patterns) if _changes_case(pattern))
        self._sentinel = len(patterns)
        self._nothing = [self._sentinel]
        self._filter = _filter_of((*patterns, SENTINEL))
        self._short: dict[str, frozenset[int]] = {}

    def possible(self, text: str) -> frozenset[int]:
        """Numbers of the patterns that may match a case-folded text; those that match are always among them."""
        known = self._short.get(text)
        if known is not None:
            return known
        if self._filter is None:
            return self._all
        numbers = self._filter.Match(text + SENTINEL, potential=True)
        if numbers == self._nothing:
            return self._always
        found = frozenset[int](numbers or ())
        found = self._always | found - {self._sentinel} if self._sentinel in found else self._all
        if len(text) <= SHORT and len(self._short) < REMEMBERED:
            self._short[text] = found
        return found


def _filter_of(patterns: Sequence[str]) -> re2.Filter | None:
    """None where there are more words than it can hold."""
    made = re2.Filter()
    options = regex_options(never_capture=True)
    for pattern in patterns:
        made.Add(pattern, options)
    try:
        made.Compile()
    except re2.error:
        return None
    return made


def _changes_case(pattern: str) -> bool:
    """The filter compares small letters, and knows only those of the Latin alphabet as we do."""
    return any(not char.isascii() and (char.lower() != char or char.casefold() != char) for char in pattern)
