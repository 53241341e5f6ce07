"""Whether a quote stands in what was said, and where: marks, script and spelled numbers aside, word for word."""

from __future__ import annotations

from collections.abc import Sequence

from qa_engine.language.normalize import Normalized, normalize

MIN_CHARS = 2


def find_quote(quote: str, turns: Sequence[tuple[int, Normalized]]) -> tuple[int, int, int] | None:
    """(turn, start, end) in the original text of the first turn that holds the quote; None where none does. A quote
    of fewer than two spoken characters proves nothing."""
    wanted, _ = _spoken(normalize(quote))
    if len(wanted) < MIN_CHARS:
        return None
    for turn, normal in turns:
        text, places = _spoken(normal)
        start = text.find(wanted)
        if start >= 0:
            last = places[start + len(wanted) - 1]
            return turn, normal.offsets[places[start]], normal.offsets[last + 1]
    return None


def _spoken(normal: Normalized) -> tuple[str, list[int]]:
    """The characters that are spoken, and their places in the normal form."""
    places = [place for place, char in enumerate(normal.text) if char.isalnum() or char == "%"]
    return "".join(normal.text[place] for place in places), places
