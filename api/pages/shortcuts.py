"""The keys of the pages. This table renders the help, binds the keys in the browser, and is what the docs list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` as browsers name them (`KeyboardEvent.key`, Space by name); `label` is how they are printed; what the
    key does is message `keys.<action>`."""

    action: str
    keys: tuple[str, ...]
    label: tuple[str, ...]


FIND = Shortcut("find", ("/",), ("/",))
HELP = Shortcut("help", ("?",), ("?",))

EVERYWHERE: tuple[Shortcut, ...] = (FIND, HELP)
CALL_PAGE: tuple[Shortcut, ...] = (
    Shortcut("play", ("Space",), ("Space",)),
    Shortcut("back", ("j",), ("J",)),
    Shortcut("forward", ("l",), ("L",)),
    Shortcut("previous_turn", ("ArrowLeft",), ("←",)),
    Shortcut("next_turn", ("ArrowRight",), ("→",)),
    Shortcut("previous_item", ("ArrowUp",), ("↑",)),
    Shortcut("next_item", ("ArrowDown",), ("↓",)),
    Shortcut("next_evidence", ("e",), ("E",)),
    Shortcut("previous_call", ("p",), ("P",)),
    Shortcut("next_call", ("n",), ("N",)),
    Shortcut("slower", ("[",), ("[",)),
    Shortcut("faster", ("]",), ("]",)),
    FIND,
    HELP,
)


def shortcut_data(shortcuts: Sequence[Shortcut]) -> list[dict[str, object]]:
    """The table as the scripts read it."""
    return [{"keys": list(shortcut.keys), "action": shortcut.action} for shortcut in shortcuts]
