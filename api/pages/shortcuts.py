"""The keys of the pages. This table renders the help, binds the keys in the browser, and is what the docs list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` as browsers name them (`KeyboardEvent.key`; Space by name; `Ctrl+` before those held with Ctrl or ⌘); `label`
    is how they are printed; what the key does is message `keys.<action>`."""

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
    Shortcut("decide", ("d",), ("D",)),
    Shortcut("verdict_pass", ("1",), ("1",)),
    Shortcut("verdict_fail", ("2",), ("2",)),
    Shortcut("verdict_na", ("3",), ("3",)),
    Shortcut("reason", ("r",), ("R",)),
    Shortcut("note", ("m",), ("M",)),
    Shortcut("correct", ("x",), ("X",)),
    Shortcut("comment", ("c",), ("C",)),
    Shortcut("clip_in", ("i",), ("I",)),
    Shortcut("clip_out", ("o",), ("O",)),
    Shortcut("keep_clip", ("k",), ("K",)),
    Shortcut("undo", ("Ctrl+z",), ("Ctrl", "Z")),
    Shortcut("submit_next", ("Ctrl+Enter",), ("Ctrl", "Enter")),
    Shortcut("previous_call", ("p",), ("P",)),
    Shortcut("next_call", ("n",), ("N",)),
    Shortcut("slower", ("[",), ("[",)),
    Shortcut("faster", ("]",), ("]",)),
    FIND,
    HELP,
)
SEARCH_PAGE: tuple[Shortcut, ...] = (
    Shortcut("next_hit", ("ArrowDown",), ("↓",)),
    Shortcut("previous_hit", ("ArrowUp",), ("↑",)),
    Shortcut("play_hit", ("Space",), ("Space",)),
    Shortcut("open_hit", ("Enter",), ("Enter",)),
    FIND,
    HELP,
)
LIBRARY_PAGE: tuple[Shortcut, ...] = (
    Shortcut("play", ("Space",), ("Space",)),
    Shortcut("previous_clip", ("ArrowUp",), ("↑",)),
    Shortcut("next_clip", ("ArrowDown",), ("↓",)),
)
CANDIDATES_PAGE: tuple[Shortcut, ...] = (
    *LIBRARY_PAGE,
    Shortcut("accept", ("k",), ("K",)),
    Shortcut("dismiss", ("x",), ("X",)),
    Shortcut("undo_dismiss", ("Ctrl+z",), ("Ctrl", "Z")),
)
PLAYLIST_PAGE: tuple[Shortcut, ...] = (
    *LIBRARY_PAGE,
    Shortcut("answer_met", ("1",), ("1",)),
    Shortcut("answer_not_met", ("2",), ("2",)),
    Shortcut("move_up", ("Ctrl+ArrowUp",), ("Ctrl", "↑")),
    Shortcut("move_down", ("Ctrl+ArrowDown",), ("Ctrl", "↓")),
)


def shortcut_data(shortcuts: Sequence[Shortcut]) -> list[dict[str, object]]:
    """The table as the scripts read it."""
    return [{"keys": list(shortcut.keys), "action": shortcut.action} for shortcut in shortcuts]
