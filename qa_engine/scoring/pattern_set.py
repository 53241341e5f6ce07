"""Which of many regular expressions may match a text, in one linear pass over it."""

from __future__ import annotations

from collections.abc import Sequence

import re2

SET_MEMORY_BYTES = 64 << 20
"""Budget of the automaton of all patterns together; it is used as texts need it."""
ANYTHING = ""


def regex_options(memory_bytes: int = 8 << 20) -> re2.Options:
    """Linear-time matching with a memory limit; faults are raised, not written to stderr."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory_bytes
    return options


class PatternSet:
    """Compiled patterns. A set too large for its memory does not compile, or gives up on a text and finds nothing
    without saying so: a pattern that matches anything is added to notice that. Either way every pattern is possible."""

    def __init__(self, patterns: Sequence[str], *, memory_bytes: int = SET_MEMORY_BYTES) -> None:
        self._all = frozenset(range(len(patterns)))
        self._sentinel = len(patterns)
        self._set = _compiled((*patterns, ANYTHING), memory_bytes)

    def possible(self, text: str) -> frozenset[int]:
        """Numbers of the patterns that match; all of them where the automaton gave up."""
        found = frozenset[int](self._set.Match(text) if self._set is not None else ())
        return found - {self._sentinel} if self._sentinel in found else self._all


def _compiled(patterns: Sequence[str], memory_bytes: int) -> re2.Set | None:
    made = re2.Set.SearchSet(regex_options(memory_bytes))
    for pattern in patterns:
        made.Add(pattern)
    try:
        made.Compile()
    except re2.error:
        return None
    return made
