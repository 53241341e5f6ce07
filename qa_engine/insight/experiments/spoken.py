"""Which version was really spoken: the rubric language's likeness to script lines, over the agent's opening turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_engine.calls import Role, Transcript
from qa_engine.language.normalize import normalize
from qa_engine.language.similarity import ScriptLines, SpokenTurn

MIN_SCORE = 0.55
"""As `similar` has it: precision 1.00 and recall 0.90 on its development pairs."""
MARGIN = 0.05
"""Two versions nearer to each other than this cannot be told apart in what was said."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The version heard, None where none was or two are as near; with its likeness 0..1 and the second it began."""

    version: str | None
    score: float = 0.0
    start_s: float | None = None


class VersionDetector:
    """Hears which of several versions an agent speaks. `lines` are the script lines by version; `within_s` is how far
    into the call they are looked for."""

    def __init__(self, lines: Mapping[str, Sequence[str]], *, within_s: float = 60.0) -> None:
        self._lines = {version: ScriptLines(texts) for version, texts in lines.items()}
        self._within_s = within_s

    def hear(self, transcript: Transcript) -> Spoken:
        """The version of one call."""
        turns = [
            (turn.start_s, SpokenTurn(normalize(turn.text)))
            for turn in transcript.turns
            if turn.role is Role.AGENT and turn.start_s < self._within_s
        ]
        best = sorted((self._best(version, turns) for version in self._lines), key=lambda one: -one.score)
        first, second = best[0], best[1] if len(best) > 1 else Spoken(None)
        if first.score < MIN_SCORE or first.score - second.score < MARGIN:
            return Spoken(None, first.score)
        return first

    def _best(self, version: str, turns: Sequence[tuple[float, SpokenTurn]]) -> Spoken:
        found = Spoken(version)
        for start_s, turn in turns:
            near = next(self._lines[version].nearest(turn, MIN_SCORE), None)
            if near is not None and near.score > found.score:
                found = Spoken(version, near.score, start_s)
        return found
