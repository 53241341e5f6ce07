"""SnowNLP's sentiment, evaluated without importing SnowNLP: the same segmenter and the same Bayes on the same data files.

`import snownlp` reads a tagger, pinyin and summaries too (420 MiB, 2.5 s). Here only the segmenter's counts and the
Bayes table are read, on first use, and the two word counts of the Bayes become one log ratio a word. A test holds
the probabilities equal to those of `snownlp.SnowNLP(text).sentiments`.
"""

from __future__ import annotations

import gzip
import logging
import marshal
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log
from typing import Any, Final, TypeAlias

from qa_engine.language.package_files import package_file

Tagged: TypeAlias = tuple[str, str]
"""A character and its place in the word."""
_PLACES: Final = ("b", "m", "e", "s")
_BEGIN: Final[Tagged] = ("", "BOS")
_CHINESE: Final = re.compile("([\u4e00-\u9fa5]+)")  # as SnowNLP splits
_FARTHEST: Final = 700.0  # exp() of more overflows


def _read(*parts: str) -> Any:
    """A data file of the installed package."""
    with gzip.open(package_file("snownlp", *parts)) as file:
        return marshal.loads(file.read())  # noqa: S302 — a file of the package, which would be imported otherwise


class Segmenter:
    """SnowNLP's character-based generative model (Wang, Zong & Su 2009): the likeliest place in its word for each
    character, given the two before. Ties are decided as SnowNLP decides them, by the order of the candidates."""

    def __init__(self, counts: Mapping[str, Any]) -> None:
        self._one, self._two, self._three = (counts[name]["d"] for name in ("uni", "bi", "tri"))
        self._total = float(counts["uni"]["total"])
        self._shares = (counts["l1"], counts["l2"], counts["l3"])
        self._likelihood = lru_cache(maxsize=1 << 17)(self._log_probability)

    def words(self, text: str) -> list[str]:
        """Words of a text; what is not Chinese is split at spaces."""
        found: list[str] = []
        for part in _CHINESE.split(text):
            if _CHINESE.match(part):
                found += self._split(part)
            else:
                found += part.split()
        return found

    def _log_probability(self, first: Tagged, second: Tagged, third: Tagged) -> float:
        one, two, three = self._shares
        probability = one * (self._one.get(third, 0) / self._total)
        before = self._one.get(second, 0)
        if before:
            probability += two * self._two.get((second, third), 0) / before
        pair = self._two.get((first, second), 0)
        if pair:
            probability += three * self._three.get((first, second, third), 0) / pair
        return log(probability) if probability else -inf

    def _split(self, text: str) -> list[str]:
        words: list[str] = []
        word = ""
        for char, place in zip(text, self._places(text), strict=True):
            if place == "e":
                words.append(word + char)
                word = ""
            elif place in {"b", "s"}:
                if word:
                    words.append(word)
                word = char
            else:
                word += char
        return [*words, word] if word else words

    def _places(self, text: str) -> list[str]:
        paths: list[tuple[Tagged, Tagged, float, Any]] = [(_BEGIN, _BEGIN, 0.0, None)]
        for char in text:
            known = any((char, place) in self._one for place in _PLACES)
            stage: dict[tuple[Tagged, Tagged], tuple[float, Any]] = {}
            for place in _PLACES:
                here = (char, place)
                for first, second, likelihood, path in paths:
                    if not known:
                        stage[second, here] = (likelihood, (path, place))
                        continue
                    value = likelihood + self._likelihood(first, second, here)
                    best = stage.get((second, here))
                    if best is None or value > best[0]:
                        stage[second, here] = (value, (path, place))
            paths = [(second, here, value, path) for (second, here), (value, path) in stage.items()]
        node = max(paths, key=lambda path: path[2])[3]
        places: list[str] = []
        while node is not None:
            node, place = node
            places.append(place)
        return places[::-1]


@dataclass(frozen=True, slots=True)
class Bayes:
    """`ratios` are log P(word | positive) - log P(word | negative), `unseen` that of any other word."""

    ratios: Mapping[str, float]
    unseen: float
    prior: float
    ignored: frozenset[str]

    def positive(self, words: Sequence[str]) -> float:
        """Probability that a text with these words is positive."""
        odds = self.prior + sum(
            self.ratios.get(word, self.unseen) for word in words if word not in self.ignored
        )
        return 1 / (1 + exp(-max(-_FARTHEST, min(_FARTHEST, odds))))


@lru_cache(maxsize=1)
def shipped_bayes() -> Bayes:
    """The table that comes with SnowNLP, read once a process."""
    counts = _read("sentiment", "sentiment.marshal.3")["d"]
    positive, negative = counts["pos"], counts["neg"]
    less = log(positive["total"]) - log(negative["total"])
    words = positive["d"].keys() | negative["d"].keys()
    ratios = {
        word: log(positive["d"].get(word, positive["none"]))
        - log(negative["d"].get(word, negative["none"]))
        - less
        for word in words
    }
    unseen = log(positive["none"]) - log(negative["none"]) - less
    lines = package_file("snownlp", "normal", "stopwords.txt").read_text(encoding="utf-8").split("\n")
    return Bayes(ratios, unseen, less, frozenset(line.strip() for line in lines))


@lru_cache(maxsize=1)
def shipped_segmenter() -> Segmenter:
    """The segmenter that comes with SnowNLP, read once a process."""
    return Segmenter(_read("seg", "seg.marshal.3"))


def snownlp_words(text: str) -> list[str]:
    """Words as SnowNLP splits them: `shipped_bayes().positive` of them is `snownlp.SnowNLP(text).sentiments`."""
    return shipped_segmenter().words(text)


def jieba_words(text: str) -> list[str]:
    """Words as jieba splits them (HMM off): many times as fast."""
    return [word for word in _jieba()(text, HMM=False) if word.strip()]


@lru_cache(maxsize=1)
def _jieba() -> Callable[..., Iterator[str]]:
    import jieba  # noqa: PLC0415 — half a second and 60 MiB, only where it is asked for

    jieba.setLogLevel(logging.WARNING)
    cut: Callable[..., Iterator[str]] = jieba.cut
    return cut
