"""Sentiment over the call as one curve a speaker, drawn as SVG without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_engine.calls import Role, Transcript

WIDTH = 1000.0
HEIGHT = 30.0


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` in an SVG box of 1000 × 30, +1 at the top; `start`, `end`, `shift` in [-1, 1], None if not judged."""

    role: Role
    points: str
    start: float | None
    end: float | None
    shift: float | None


def curves(transcript: Transcript, analysis: Mapping[str, Any] | None) -> tuple[Curve, ...]:
    """The curve of each speaker with at least two judged turns."""
    if not analysis or transcript.duration_s <= 0:
        return ()
    scores = {turn["turn"]: turn["sentiment"]["score"] for turn in analysis["turns"] if turn.get("sentiment")}
    found = (_curve(role, transcript, scores, analysis) for role in Role)
    return tuple(curve for curve in found if curve is not None)


def _curve(
    role: Role, transcript: Transcript, scores: Mapping[int, float], analysis: Mapping[str, Any]
) -> Curve | None:
    points = [
        ((turn.start_s + turn.end_s) / 2 / transcript.duration_s * WIDTH, (1 - scores[index]) / 2 * HEIGHT)
        for index, turn in enumerate(transcript.turns)
        if turn.role is role and index in scores
    ]
    if len(points) < 2:
        return None
    summary = (analysis.get("speakers", {}).get(role.value) or {}).get("sentiment") or {}
    return Curve(
        role,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        summary.get("start"),
        summary.get("end"),
        summary.get("shift"),
    )
