"""How much what somebody says resembles a violation: a trained table beside the rules, for wordings that nobody listed.

Trained by `fixtures/builders/compliance/train.py` on lines written for it. It reads the clauses of a call in one pass;
because the table is linear, runs of clauses cost no second one. Denials are not its business: `claims` decides on the
words that tell the most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from qa_engine.language.claims import ClaimKind, is_claim
from qa_engine.objections.features import grams
from qa_engine.objections.model import Table

RUN = 3
"""Clauses of a sentence that are read together at most."""
LONG_CHARS = 30
"""Recognised speech often has no marks: longer clauses are read in pieces."""
PIECE_CHARS = 14
SPAN_CHARS = 4
SHORTEST_CHARS = 5
"""A run of fewer characters (不过, 跟我来, 地址发您) tells too little by itself; it still counts beside its neighbours."""
_CLAUSE = re.compile(r"[^,。!?;:、\n\s][^,。!?;:、\n]*[?]?")
_NEW_SENTENCE = re.compile("[。!?;\n]")


def model_file() -> Traversable:
    """Where the table lies: what changes it changes evaluations, so the lexicon pin covers the file."""
    return files("qa_engine.scoring").joinpath("data/compliance.npz")


@lru_cache(maxsize=1)
def compliance_table() -> Table:
    """The table that comes with the product, read once a process."""
    with model_file().open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return Table(
            tuple(map(str, data["compliance_classes"])),
            data["compliance_weights"],
            float(data["compliance_scale"]),
            data["compliance_bias"],
        )


@dataclass(frozen=True, slots=True)
class Resembling:
    """A stretch of a text, by its number, and how likely it is (0..1) such a violation."""

    text: int
    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class Readings:
    """Runs of clauses: `places` (runs, 3) text, start and end; `shares` (runs, classes)."""

    texts: tuple[str, ...]
    places: NDArray[np.intp]
    shares: NDArray[np.float32]
    table: Table

    def of(self, kind: str, least: float, *, claim: ClaimKind) -> list[Resembling]:
        """What may be such a violation with at least that likelihood, the likeliest run of every text, where it is
        claimed."""
        column = self.table.classes.index(kind)
        found: dict[int, Resembling] = {}
        likely = np.flatnonzero(self.shares[:, column] >= least)
        for run in likely[np.argsort(-self.shares[likely, column], kind="stable")].tolist():
            text, start, end = self.places[run].tolist()
            if text not in found and self._is_claimed(text, start, end, column, claim):
                found[text] = Resembling(text, start, end, float(self.shares[run, column]))
        return [found[text] for text in sorted(found)]

    def _is_claimed(self, number: int, start: int, end: int, column: int, claim: ClaimKind) -> bool:
        """Whether the telling words of a run are claimed."""
        text = self.texts[number]
        starts = range(start, max(start, end - SPAN_CHARS) + 1)
        told = self.table.logits(grams([text[at : at + SPAN_CHARS] for at in starts]))[:, column]
        first = start + int(told.argmax())
        return is_claim(text, first, min(end, first + SPAN_CHARS), kind=claim)


def read(texts: Sequence[str], table: Table | None = None) -> Readings:
    """Reads texts in normal form."""
    table = table or compliance_table()
    pieces = list(_pieces(texts))
    if not pieces:
        empty = np.zeros((0, 3), np.intp)
        return Readings(tuple(texts), empty, np.zeros((0, len(table.classes)), np.float32), table)
    features = grams([texts[text][start:end] for text, _, start, end in pieces])
    counts = np.maximum(1 / features.damping**2, 1)
    sums = (table.logits(features) - table.bias) / features.damping[:, None]
    numbers = np.array(pieces, np.intp)
    shares, places = [], []
    for length in range(1, RUN + 1):
        if len(pieces) < length:
            break
        last = len(pieces) - length
        firsts, lasts = numbers[: last + 1], numbers[length - 1 :]
        one = (firsts[:, 1] == lasts[:, 1]) & (lasts[:, 3] - firsts[:, 2] >= SHORTEST_CHARS)
        total = sum(sums[k : last + k + 1] for k in range(length))
        many = sum(counts[k : last + k + 1] for k in range(length))
        logits = (total / np.sqrt(many)[:, None] + table.bias)[one]
        shares.append(1 / (1 + np.exp(-logits)))
        places.append(np.column_stack([firsts[one][:, [0, 2]], lasts[one][:, 3]]))
    return Readings(tuple(texts), np.concatenate(places), np.concatenate(shares).astype(np.float32), table)


def _pieces(texts: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Text, sentence, start and end of every clause, long ones cut."""
    sentence = 0
    for number, text in enumerate(texts):
        sentence += 1
        before = 0
        for clause in _CLAUSE.finditer(text):
            start, end = clause.span()
            if _NEW_SENTENCE.search(text, before, start) or (before and text[before - 1] == "?"):
                sentence += 1
            before = end
            if end - start <= LONG_CHARS:
                yield number, sentence, start, end
            else:
                for at in range(start, end, PIECE_CHARS):
                    yield number, sentence, at, min(end, at + PIECE_CHARS)
