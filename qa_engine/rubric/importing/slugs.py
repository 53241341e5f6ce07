"""Ids from Chinese titles: 开场问候 → kai_chang_wen_hou."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

MAX_CHARS = 40
_NOISE = re.compile(r"[((【\[][^))】\]]*[))】\]]|[“”\"'「」]")


def slug(text: str, *, fallback: str) -> str:
    """Lower-case latin letters, digits and underscores that begin with a letter; `fallback` where nothing is left."""
    syllables = lazy_pinyin(_NOISE.sub("", text) or text)
    words = re.sub(r"[^a-z0-9]+", "_", "_".join(syllables).lower().replace("ü", "v")).strip("_")
    kept = ""
    for word in words.split("_"):
        if len(kept) + len(word) + 1 > MAX_CHARS:
            break
        kept = f"{kept}_{word}" if kept else word
    kept = kept.lstrip("0123456789_")
    return kept or fallback


class Names:
    """Gives each id once: a second `kaichang` becomes `kaichang_2`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """`name`, or the next free one made of it."""
        number, free = 1, name
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free
