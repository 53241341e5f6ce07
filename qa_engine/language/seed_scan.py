"""Finds the pieces of all phrases in the syllables of a call: one pass, whatever their number.

Two back ends, equal in what they find: Aho-Corasick is always there; Hyperscan (`pip install callqa[fast]`) is taken
where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any, Protocol

import ahocorasick


class SeedScanner(Protocol):
    """Looks for pieces, which are numbered in the order in which they were given. Safe to share between threads."""

    def scan(self, codes: str) -> Iterable[tuple[int, int]]:
        """Every place of every piece: where it ends (exclusive), and its number. In no order."""
        ...


class AhoCorasick:
    """Linear in the text, independent of the number of pieces."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for number, piece in enumerate(pieces):
            self._automaton.add_word(piece, number)
        if pieces:
            self._automaton.make_automaton()
        self._is_empty = not pieces

    def scan(self, codes: str) -> Iterable[tuple[int, int]]:
        if self._is_empty:
            return ()
        return [(last + 1, number) for last, number in self._automaton.iter(codes)]


class Hyperscan:
    """Intel Hyperscan over the same pieces, a byte a syllable."""

    def __init__(self, pieces: Sequence[str]) -> None:
        hyperscan: Any = import_module("hyperscan")
        self._database = hyperscan.Database()
        self._lock = Lock()
        self._is_empty = not pieces
        if pieces:
            self._database.compile(
                expressions=[piece.encode("latin-1") for piece in pieces],
                ids=list(range(len(pieces))),
                elements=len(pieces),
                flags=[0] * len(pieces),
                literal=True,
            )

    def scan(self, codes: str) -> Iterable[tuple[int, int]]:
        if self._is_empty or not codes:
            return ()
        found: list[tuple[int, int]] = []

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            found.append((end, number))

        with self._lock:  # a database scans one text at a time
            self._database.scan(codes.encode("latin-1"), match_event_handler=note)
        return found


SCANNERS: Mapping[str, type[AhoCorasick | Hyperscan]] = {"aho-corasick": AhoCorasick, "hyperscan": Hyperscan}


def best_scanner() -> type[AhoCorasick | Hyperscan]:
    """The faster one of those installed."""
    return Hyperscan if find_spec("hyperscan") else AhoCorasick
