"""The pages' languages: 简体 by default, 繁體, English; every message in one table, a file for each part of the product."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import yaml
from opencc import OpenCC

from qa_engine.kpi.formulas_en import FORMULAS_EN
from qa_engine.kpi.registry import Metric

MESSAGES = Path(__file__).with_name("messages")


class Language(StrEnum):
    """A language of the pages, as its BCP 47 tag."""

    HANS = "zh-Hans"
    HANT = "zh-Hant"
    ENGLISH = "en"


NAMES: Mapping[Language, str] = {Language.HANS: "简", Language.HANT: "繁", Language.ENGLISH: "EN"}
_CHINESE = "\u3001-\u3011\u3400-\u9fff\uff01-\uff60“”‘’…"
_POINT = re.compile(rf"(?<=[{_CHINESE}])([,;:?!]) ?|([,;:?!])(?=[{_CHINESE}])")
_BRACKETS = re.compile(rf"(?<=[{_CHINESE}])\(([^()]*)\)|\(([^()]*[{_CHINESE}][^()]*)\)")
_WIDE = str.maketrans(",;:?!", "，；：？！")
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


@cache
def messages() -> Mapping[str, Mapping[Language, str]]:
    """All messages: key → language → text with `{named}` places. A key of two files is a mistake in the product."""
    table: dict[str, list[str]] = {}
    for file in sorted(MESSAGES.glob("*.yaml")):
        part = yaml.safe_load(file.read_text(encoding="utf-8"))
        twice = table.keys() & part.keys()
        assert not twice, f"{file.name}: {sorted(twice)}"
        table |= part
    return {
        key: {
            language: text if language is Language.ENGLISH else full_width(text)
            for language, text in zip(Language, row, strict=True)
        }
        for key, row in table.items()
    }


def full_width(text: str) -> str:
    """Chinese text with the punctuation of Chinese print: half-width points and brackets beside Chinese characters
    become full-width ones; those among digits and Latin letters stay."""
    text = _POINT.sub(lambda found: (found[1] or found[2]).translate(_WIDE), text)
    return _BRACKETS.sub(lambda found: f"（{found[1] if found[1] is not None else found[2]}）", text)


class Words:
    """The messages of one language: `words("calls.title", n=3)`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """The message with its places filled. Raises `KeyError` for a key that is not in the table."""
        text = messages()[key][self.language]
        return text.format(**values) if values else text

    def get(self, key: str, otherwise: str) -> str:
        """The message, or `otherwise` where the table has none: names of things that a rubric may add to."""
        row = messages().get(key)
        return row[self.language] if row else otherwise

    def script(self, text: str) -> str:
        """Text of rubrics and engine in the reader's script. What was said in a call stays as recognised."""
        return _traditional(text) if self.language is Language.HANT and text else text

    def prose(self, text: str) -> str:
        """Sentences of rubrics and engine: in the reader's script, with Chinese punctuation. Not for text that may
        hold names of files or patterns."""
        return full_width(self.script(text))

    def formula(self, metric: Metric) -> str:
        """What goes over what, in the reader's language."""
        if self.language is Language.ENGLISH:
            return FORMULAS_EN.get(metric.id, metric.formula)
        return self.prose(metric.formula)


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


@lru_cache(maxsize=8192)
def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def _from_tag(tag: str) -> Language | None:
    tag = tag.strip().lower()
    if tag.startswith(_TRADITIONAL):
        return Language.HANT
    if tag.startswith("zh"):
        return Language.HANS
    return Language.ENGLISH if tag.startswith("en") else None


def from_accept(header: str) -> Language | None:
    """The most wanted known language of an `Accept-Language` header."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, quality = part.partition(";q=")
        language = _from_tag(tag)
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language and weight > 0:
            wanted.append((-weight, place, language))
    return min(wanted)[2] if wanted else None


def choose_language(*, asked: str | None, remembered: str | None, accept: str | None) -> Language:
    """`?lang=` before the cookie before the browser's preference; 简体 where none of them is known."""
    for tag in (asked, remembered):
        language = _from_tag(tag) if tag else None
        if language:
            return language
    return from_accept(accept or "") or Language.HANS
