"""What an entity is, and which kinds are personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "phone",
    "id_card",
    "bank_card",
    "name",
    "address",
    "plate",
    "email",
    "wechat",
    "money",
    "percent",
    "date",
    "time",
    "number",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
PII: frozenset[Kind] = frozenset(
    {"phone", "id_card", "bank_card", "name", "address", "plate", "email", "wechat"}
)
"""Kinds that say who somebody is; the others are figures."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in a turn, at characters `[start, end)` of the turn's original text."""

    kind: Kind
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """An entity at characters `[start, end)` of the joined text of a call."""

    kind: Kind
    start: int
    end: int
