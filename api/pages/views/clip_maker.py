"""What the call page needs to keep a stretch of the call as an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.languages import Words
from api.pages.views.call_page import CallView
from api.pages.views.library import objection_types
from models.library.edit import may_teach

SAID = ("saved", "open", "undo", "undone", "failed", "in", "out", "from_to")


@dataclass(frozen=True, slots=True)
class ClipMakerView:
    """Objection types to choose from, and what the script is handed."""

    objections: tuple[str, ...]
    data: Mapping[str, Any]


def clip_maker(view: CallView, words: Words) -> ClipMakerView | None:
    """None for those who make no examples."""
    if not may_teach():
        return None
    return ClipMakerView(
        objection_types(),
        {
            "call": view.id,
            "rubric": view.form.rubric if view.form else "",
            "words": {name: words(f"clip.js.{name}") for name in SAID},
        },
    )
