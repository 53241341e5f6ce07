"""Whether a short phrase stands in a text as a word, or only as a chance run of characters: 保本 is none in 投保本公司.

A window around the hit is read twice: with the phrase as a word, and with the best word that reaches across one of
its borders. Where the second reading is clearly likelier, the hit is chance. Word frequencies: jieba's dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf, log

from qa_engine.language.package_files import package_file

_LONGEST = 4
_FULL_NAME = 3
_MIN_COUNT = 15
_PHRASE_COUNT = 30
_MISHEARD = 3.0
_WINDOW = 4
_MARGIN = 2.5
"""Nats by which the crossing reading must win. 24 chance and 36 true substrings of the test table separate at 2.5
but for two (续保|本金, 会计|较多); true ones rarely have any crossing word at all."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    counts: dict[str, float]
    total: float
    people: frozenset[str] = frozenset()
    """Words that are somebody's name and count as none."""

    def likelihood(self, word: str) -> float | None:
        count = None if word in self.people else self.counts.get(word)
        if count is None:
            return -self.total if len(word) == 1 else None
        return count - self.total


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    """Log counts of words of up to four characters, read once a process (about 0.3 s, 20 MiB)."""
    counts, _, total = _dictionary()
    return _Lexicon(counts, total)


@lru_cache(maxsize=1)
def _nameless() -> _Lexicon:
    """The same words without the full names among them."""
    counts, people, total = _dictionary()
    return _Lexicon(counts, total, people)


@lru_cache(maxsize=1)
def _dictionary() -> tuple[dict[str, float], frozenset[str], float]:
    """Log counts of words, the three-character ones tagged as names, and the log of all counts."""
    counts: dict[str, float] = {}
    people: list[str] = []
    total = 0
    with package_file("jieba", "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, number, tag = line.split(" ", 2)
            count = int(number)
            total += count
            if count >= _MIN_COUNT and len(word) <= _LONGEST:
                counts[word] = log(count)
                if tag.startswith("nr") and len(word) == _FULL_NAME:
                    people.append(word)
    return counts, frozenset(people), log(total)


def _forward(text: str, lexicon: _Lexicon) -> list[float]:
    """Log-likelihood of the best reading of every beginning of `text`."""
    best = [0.0] + [-inf] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST), end):
            word = lexicon.likelihood(text[start:end])
            if word is not None:
                best[end] = max(best[end], best[start] + word)
    return best


def _backward(text: str, lexicon: _Lexicon) -> list[float]:
    """Log-likelihood of the best reading of every rest of `text`."""
    best = [-inf] * len(text) + [0.0]
    for start in range(len(text) - 1, -1, -1):
        for end in range(start + 1, min(len(text), start + _LONGEST) + 1):
            word = lexicon.likelihood(text[start:end])
            if word is not None:
                best[start] = max(best[start], word + best[end])
    return best


@lru_cache(maxsize=256)
def _crossing(length: int, hit_start: int, hit_end: int) -> tuple[tuple[int, int], ...]:
    """Places of words that take a part of the hit and something outside. One that holds the whole hit is a compound of
    it."""
    return tuple(
        (start, end)
        for start in range(length)
        for end in range(start + 1, min(length, start + _LONGEST) + 1)
        if not (start <= hit_start and hit_end <= end) and (start < hit_start < end or start < hit_end < end)
    )


def _clause(text: str, start: int, end: int) -> tuple[str, int, int]:
    left, right = start, end
    while left > 0 and start - left < _WINDOW and text[left - 1].isalnum():
        left -= 1
    while right < len(text) and right - end < _WINDOW and text[right].isalnum():
        right += 1
    return text[left:right], start - left, end - left


def stands_alone(text: str, start: int, end: int, phrase: str) -> bool:
    """Whether `text[start:end]`, meant as `phrase`, is a plausible word there. All in normal form."""
    heard = "".join(
        filter(str.isalnum, text[start:end])
    )  # 退保,本金: the words around it run across the mark
    window, hit_start, hit_end = _clause(text[:start] + heard + text[end:], start, start + len(heard))
    if hit_start == 0 and hit_end == len(window):
        return True
    lexicon = _lexicon()
    words = [
        (word_start, word_end, word)
        for word_start, word_end in _crossing(len(window), hit_start, hit_end)
        if (word := lexicon.likelihood(window[word_start:word_end])) is not None
    ]
    if not words:
        return True
    before, after = _forward(window, lexicon), _backward(window, lexicon)
    crossing = max(before[word_start] + word + after[word_end] for word_start, word_end, word in words)
    as_word = max(lexicon.counts.get(phrase, 0.0), log(_PHRASE_COUNT)) - lexicon.total
    misheard = 0.0 if window[hit_start:hit_end] == phrase else _MISHEARD
    apart = before[hit_start] + max(as_word, _forward(phrase, lexicon)[-1]) + after[hit_end] - misheard
    return crossing - apart <= _MARGIN


def likelihood(text: str) -> float:
    """Log-likelihood of the best reading of a text in words, none of them a full name."""
    return _forward(text, _nameless())[-1]


def is_word(text: str) -> bool:
    """Whether the text is a word that the dictionary knows."""
    return text in _lexicon().counts
