"""What is different between two evaluation documents of the same call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NUMBERS = ("score", "score_low", "score_high", "result")
ITEM_KEYS = ("verdict", "credit", "points", "weight")


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """A line a difference, `where: before → after`: the figures first, then items, then what else changed by name.
    Empty only for equal documents."""
    found = [f"{key}: {old.get(key)} → {new.get(key)}" for key in NUMBERS if old.get(key) != new.get(key)]
    before = {item["id"]: item for item in old.get("items", ())}
    after = {item["id"]: item for item in new.get("items", ())}
    for name in [*before, *(name for name in after if name not in before)]:
        found += _item(name, before.get(name), after.get(name))
    others = [
        key for key in (*old, *(key for key in new if key not in old)) if key not in {*NUMBERS, "items"}
    ]
    found += [key for key in others if old.get(key) != new.get(key)]
    if not found and list(old) != list(new):
        found.append("keys")
    return tuple(found)


def _item(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    if old is None or new is None:
        return [
            f"{name}: {'—' if old is None else old['verdict']} → {'—' if new is None else new['verdict']}"
        ]
    if old == new:
        return []
    told = [f"{key} {old.get(key)} → {new.get(key)}" for key in ITEM_KEYS if old.get(key) != new.get(key)]
    rest = [key for key in {**old, **new} if key not in ITEM_KEYS and old.get(key) != new.get(key)]
    return [f"{name}: {', '.join([*told, *rest])}"]
