"""Masking: what says who somebody is becomes ▇, a block a character, so that every offset stays what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from qa_engine.language.entities import PII, Entity, Kind

BLOCK = "▇"
_DIGITS_KEPT_HEAD, _DIGITS_KEPT_TAIL = 3, 4
_SHORTEST_SHOWN = 10
"""A number shorter than this would be guessed from the digits that stay."""


def redact(text: str, entities: Iterable[Entity], *, kinds: AbstractSet[Kind] = PII) -> str:
    """`text` with every entity of these kinds as blocks. It keeps its length; a line break stays one."""
    chars = list(text)
    for entity in entities:
        if entity.kind in kinds:
            for place in range(max(0, entity.start), min(len(chars), entity.end)):
                if chars[place] != "\n":
                    chars[place] = BLOCK
    return "".join(chars)


def mask_number(value: str) -> str:
    """A number of a dialer's or CRM's fact: 13800138000 → 138▇▇▇▇8000. Short ones are masked whole; signs between
    the digits stay."""
    places = [hit.start() for hit in re.finditer(r"[0-9A-Za-z]", value)]
    hidden = places if len(places) < _SHORTEST_SHOWN else places[_DIGITS_KEPT_HEAD:-_DIGITS_KEPT_TAIL]
    chars = list(value)
    for place in hidden:
        chars[place] = BLOCK
    return "".join(chars)
