"""How much an utterance sounds like an agent: log odds from runs of one to three characters.

The table (`data/role_grams.json`) is trained on the product's own templates by `fixtures/builders/roles/train.py`; every
weight can be read in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from qa_engine.speech.cleanup import simplified, spoken_chars

TABLE: Final = Path(str(files("qa_engine.speech"))) / "data" / "role_grams.json"
# One utterance says no more than this, however many of its characters agree.
MOST_ODDS: Final = 4.0
_LONGEST: Final = 3


@dataclass(frozen=True, slots=True)
class RoleTable:
    """`grams` maps a run of characters to its log odds for the agent; `scale` brings sums over utterances to log odds."""

    grams: dict[str, float]
    bias: float
    scale: float


@cache
def role_table() -> RoleTable:
    """The trained table."""
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    return RoleTable(document["grams"], document["bias"], document["scale"])


def spoken_zh(text: str) -> str:
    """What was spoken, in Simplified script."""
    return spoken_chars(simplified(text))


def grams(spoken: str) -> set[str]:
    """Runs of one to three characters, with ^ and $ for the edges of the utterance."""
    edged = f"^{spoken_chars(spoken)}$"
    return {edged[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(edged) - n + 1)}


def cut_odds(odds: float) -> float:
    """Log odds within ±`MOST_ODDS`."""
    return max(-MOST_ODDS, min(MOST_ODDS, odds))


def utterance_odds(text: str) -> float:
    """Log odds that an agent says it; 0 for nothing said."""
    spoken = spoken_zh(text)
    if not spoken:
        return 0.0
    table = role_table()
    return cut_odds(table.bias + sum(table.grams.get(gram, 0.0) for gram in grams(spoken))) * table.scale
