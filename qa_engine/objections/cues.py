"""A cue: phrases and patterns that tell one thing, with the wordings that only look like it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from qa_engine.language.normalize import Normalized
from qa_engine.language.phrases import Hit, Phrase, PhraseMatcher
from qa_engine.scoring.pattern_set import MOST_BYTES, REMEMBERED, SHORT, PatternSet, compiled
from qa_engine.values import value

_MASK = "□"


@value
class Found:
    """A cue at characters `[start, end)` of the original text; `phrase` is the phrase, None for a pattern."""

    start: int
    end: int
    phrase: str | None = None
    distance: int | None = None


@value
class Heard:
    """A turn made ready for cues: its normal form and the phrase hits in it, by number."""

    normal: Normalized
    hits: tuple[Hit, ...]
    possible: frozenset[int] | None = None
    """Numbers of the cues whose patterns may match; None: not looked at."""

    @property
    def empty(self) -> bool:
        """Whether no cue can be here."""
        return not self.hits and self.possible is not None and not self.possible


class Hearing:
    """Turns made ready for cues, each when it is asked for: most of an agent's turns never are."""

    def __init__(
        self, normals: Sequence[Normalized], hits: Sequence[tuple[Hit, ...]], patterns: PatternSet
    ) -> None:
        self._normals, self._hits, self._patterns = normals, hits, patterns
        self._heard: list[Heard | None] = [None] * len(normals)

    def __iter__(self) -> Iterator[Heard]:
        return map(self.__getitem__, range(len(self._heard)))

    def __getitem__(self, number: int) -> Heard:
        heard = self._heard[number]
        if heard is None:
            normal = self._normals[number]
            heard = Heard(normal, self._hits[number], self._patterns.possible(normal.text))
            self._heard[number] = heard
        return heard


def pattern(parts: Sequence[str]) -> Any:
    """One linear-time pattern that matches where any part does; None for no parts. Raises `re2.error`."""
    if not parts:
        return None
    return compiled(_either(parts), most_bytes=MOST_BYTES, never_capture=True)


def _either(parts: Sequence[str]) -> str:
    return "|".join(f"(?:{part})" for part in parts)


@dataclass(frozen=True, slots=True)
class Cue:
    """Compiled phrases (numbers of the shared matcher) and patterns. What `excused` matches is looked away from."""

    numbers: frozenset[int] = frozenset()
    seen: Any = None
    excused: Any = None
    number: int = -1
    """Number of `seen` among all patterns."""
    known: dict[str, Found | None] = field(default_factory=dict, repr=False, compare=False)
    """Short turns come again all the time; the answers for so many are kept."""

    def find(self, heard: Heard) -> Found | None:
        """The first place where the cue is, None if it is not there."""
        possible = self.seen is not None and (heard.possible is None or self.number in heard.possible)
        if not possible and not heard.hits:
            return None
        hits = (
            [hit for hit in heard.hits if hit.phrase in self.numbers] if heard.hits and self.numbers else []
        )
        if not hits and not possible:
            return None
        text = heard.normal.text
        if hits or len(text) > SHORT or text != heard.normal.original:
            return self._find(heard, hits, possible=possible)
        if text not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[text] = self._find(heard, hits, possible=possible)
        return self.known[text]

    def _find(self, heard: Heard, hits: Sequence[Hit], *, possible: bool) -> Found | None:
        text = heard.normal.text
        first = self.seen.search(text) if possible else None
        if not hits and first is None:
            return None
        if self.excused is not None:
            spans = [hit.span() for hit in self.excused.finditer(text)]
            if spans:
                text = _masked(text, spans)
                first = self.seen.search(text) if possible else None
                offsets = heard.normal.offsets
                starts, ends = ([offsets[place] for place in side] for side in zip(*spans, strict=True))
                hits = [hit for hit in hits if not _covered(hit, starts, ends)]
        found = [Found(hit.start, hit.end, hit.text, hit.distance) for hit in hits]
        if first is not None and first.end() > first.start():
            offsets = heard.normal.offsets
            found.append(Found(offsets[first.start()], offsets[first.end()]))
        return min(found, key=lambda f: (f.start, -f.end), default=None)

    def without_excused(self, text: str) -> str | None:
        """The text without what this cue looks away from, None where there is nothing of the kind."""
        spans = [hit.span() for hit in self.excused.finditer(text)] if self.excused is not None else []
        return _masked(text, spans).replace(_MASK, "") if spans else None


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    chars = list(text)
    for start, end in spans:
        chars[start:end] = _MASK * (end - start)
    return "".join(chars)


def _covered(hit: Hit, starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether a hit touches one of the stretches, which are in order and apart."""
    place = bisect_right(ends, hit.start)
    return place < len(starts) and starts[place] < hit.end


@dataclass(slots=True)
class CueBuilder:
    """Collects the phrases of all cues, so that one matcher finds them in one pass."""

    _numbers: dict[str, int] = field(default_factory=dict)
    _patterns: dict[str, int] = field(default_factory=dict)

    def cue(self, phrases: Sequence[str], patterns: Sequence[str], excused: Sequence[str] = ()) -> Cue:
        """A compiled cue."""
        numbers = frozenset(self._numbers.setdefault(phrase, len(self._numbers)) for phrase in phrases)
        number = self._patterns.setdefault(_either(patterns), len(self._patterns)) if patterns else -1
        return Cue(numbers, pattern(patterns), pattern(excused), number)

    def matcher(self) -> PhraseMatcher:
        """Finds all phrases collected so far."""
        return PhraseMatcher([Phrase(text) for text in self._numbers])

    def pattern_set(self) -> PatternSet:
        """Tells which of the patterns collected so far may match."""
        return PatternSet(tuple(self._patterns))
