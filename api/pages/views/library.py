"""The example library as its pages show it: facets as choices, clips with their words, what a form sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from api.pages.languages import Words
from models.library.find import ClipFilter, FoundClips
from qa_engine.errors import BadInput
from qa_engine.library.masking import Stretch
from qa_engine.objections import load_taxonomy
from qa_engine.rubric.load import taxonomy_path

_STRETCH = re.compile(r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*[-–~]\s*(\d{1,6}(?:\.\d{1,3})?)\s*")


@dataclass(frozen=True, slots=True)
class Choice:
    """One facet: its values with how many clips each would leave."""

    name: str
    value: str
    options: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """Names of what clips are tagged with, in the reader's language."""

    items: Mapping[str, str]
    sections: Mapping[str, str]
    words: Words

    def item(self, item_id: str) -> str:
        return self.words.prose(self.items.get(item_id, item_id))

    def section(self, section: str) -> str:
        return self.words.prose(self.sections.get(section, section))

    def objection(self, kind: str) -> str:
        return self.words.get(f"objection.{kind}", kind)

    def subject(self, subject: str) -> str:
        """Of a candidate: an item, or an objection type."""
        kind = subject.removeprefix("objection:")
        if kind != subject:
            return self.words("transcript.objection", type=self.objection(kind))
        return self.item(subject)


def choices(found: FoundClips, wanted: ClipFilter, titles: Titles) -> list[Choice]:
    """The facets in the order in which trainers think: what, how, of which, how long, may I."""
    words = titles.words
    names: Mapping[str, Callable[[str], str]] = {
        "section": titles.section,
        "objection": titles.objection,
        "polarity": lambda value: words.get(f"library.polarity.{value}", value),
        "campaign": str,
        "length": lambda value: words.get(f"library.length.{value}", value),
        "consent": lambda value: words.get(f"library.consent.{value}", value),
        "item": titles.item,
    }
    made = []
    for name, titled in names.items():
        value = getattr(wanted, name) or ""
        counts = dict(found.facets[name])
        if value:
            counts.setdefault(str(value), 0)
        options = tuple((key, titled(key), n) for key, n in counts.items())
        made.append(Choice(name, str(value), options))
    return made


def address(wanted: ClipFilter, *, page: int = 1) -> str:
    """The library's address with this filter."""
    values = {
        one.name: str(value)
        for one in fields(wanted)
        if one.name != "is_deleted" and (value := getattr(wanted, one.name))
    }
    if wanted.is_deleted:
        values["deleted"] = "true"
    if page > 1:
        values["page"] = str(page)
    return f"/library?{urlencode(values)}" if values else "/library"


def read_stretches(text: str) -> tuple[Stretch, ...]:
    """`12.3-14, 20-21.5` (seconds) as ms. Raises `BadInput`."""
    found = []
    for part in re.split(r"[,;，；、\n]", text):
        if not part.strip():
            continue
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise BadInput(f"看不懂要遮蔽的时间:{part.strip()[:40]}", hint="写成 12.3-14, 20-21.5(秒)")
        found.append((round(float(match[1]) * 1000), round(float(match[2]) * 1000)))
    return tuple(found)


def written_stretches(stretches: list[list[int]]) -> str:
    """The other way round."""
    return ", ".join(f"{start / 1000:g}-{end / 1000:g}" for start, end in stretches)


@lru_cache(maxsize=1)
def objection_types() -> tuple[str, ...]:
    """Types of the taxonomy, in its order."""
    return tuple(load_taxonomy(taxonomy_path()).types)


def saying(back: str, **said: str) -> str:
    """The address with what was just done, in place of what it said before."""
    path, _, query = back.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in said]
    return f"{path}?{urlencode([*kept, *said.items()])}"


def back_or(back: str, otherwise: str) -> str:
    """Where a form said to go back to, if that is one of our pages."""
    is_ours = back.startswith("/library") and "\\" not in back and "\n" not in back and "\r" not in back
    return back if is_ours else otherwise
