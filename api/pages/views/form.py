"""The form of one call as the page shows it: numbered items with verdicts, evidence and points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.figures import ScoreView, clock, number
from qa_engine.calls import Transcript
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, Verdict

LEAD_S = 2.0
"""Playback of a piece of evidence starts this much before it, so that the ear is in the sentence."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A piece of evidence to click: its place in the call and its words. Without a time it is a fact."""

    text: str
    turn: int | None
    start_s: float | None
    end_s: float | None

    @property
    def clock(self) -> str:
        """When it was said; of a stretch without words (searched in vain, silent) its start and end."""
        if self.start_s is None:
            return ""
        if self.text or self.end_s is None:
            return clock(self.start_s)
        return f"{clock(self.start_s)}–{clock(self.end_s)}"


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of the form. `points` of `weight` are earned; empty for items that weigh nothing. `change` is what a
    bonus or deduction adds, `kill` what a fail does ("call", "section", "cap" with its `cap`)."""

    number: int
    id: str
    title: str
    verdict: Verdict
    points: str
    weight: str
    change: str
    kill: str
    cap: str
    trial: bool
    reason: str
    coach: str
    chips: tuple[Chip, ...]
    settle: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with what it earned. `kind` is "auto_fail" for the section that stands first."""

    title: str
    kind: str
    items: tuple[ItemView, ...]
    earned: str
    possible: str
    failed: int


@dataclass(frozen=True, slots=True)
class FormView:
    """One evaluation of a call, ready to be printed."""

    rubric: str
    version: int
    title: str
    result: str
    score: ScoreView
    formula: str
    sections: tuple[SectionView, ...]
    evaluation: Evaluation

    @property
    def items(self) -> tuple[ItemView, ...]:
        return tuple(item for section in self.sections for item in section.items)

    @property
    def open_items(self) -> int:
        """How many items need a person's look: not met, or not decided."""
        return sum(item.verdict in {Verdict.FAIL, Verdict.UNKNOWN} for item in self.items)


def form_view(
    evaluation: Evaluation, transcript: Transcript, *, section_titles: dict[str, str], formula: str
) -> FormView:
    """Auto-fail items first, then the sections in the rubric's order; items are numbered in that order."""
    groups: list[tuple[str, str, list[ItemVerdict]]] = []
    deadly = [item for item in evaluation.items if item.auto_fail]
    if deadly:
        groups.append(("auto_fail", "", deadly))
    for item in evaluation.items:
        if item.auto_fail:
            continue
        if not groups or groups[-1][1] != item.section:
            groups.append(("section", item.section, []))
        groups[-1][2].append(item)
    first = 1
    sections: list[SectionView] = []
    for kind, section, items in groups:
        sections.append(_section(kind, section_titles.get(section, section), items, transcript, first))
        first += len(items)
    return FormView(
        rubric=evaluation.rubric,
        version=evaluation.version,
        title=evaluation.title,
        result=evaluation.result.value,
        score=ScoreView(evaluation.score, evaluation.score_low, evaluation.score_high, evaluation.pass_mark),
        formula=formula,
        sections=tuple(sections),
        evaluation=evaluation,
    )


def _section(
    kind: str, title: str, items: Sequence[ItemVerdict], transcript: Transcript, first: int
) -> SectionView:
    live = [item for item in items if item.weight and item.verdict is not Verdict.NA]
    return SectionView(
        title=title,
        kind=kind,
        items=tuple(_item(item, transcript, first + place) for place, item in enumerate(items)),
        earned=number(sum(item.weight * (item.credit or 0.0) for item in live)),
        possible=number(sum(item.weight for item in live)) if live else "",
        failed=sum(item.verdict is Verdict.FAIL for item in items),
    )


def _item(item: ItemVerdict, transcript: Transcript, place: int) -> ItemView:
    scored = item.weight and item.verdict is not Verdict.NA
    kill, _, cap = (item.auto_fail or "").partition(":")
    return ItemView(
        number=place,
        id=item.id,
        title=item.title,
        verdict=item.verdict,
        points=("?" if item.credit is None else number(item.weight * item.credit)) if scored else "",
        weight=number(item.weight) if item.weight else "",
        change=f"{item.points:+g}" if item.points else "",
        kill=kill,
        cap=cap,
        trial=item.trial,
        reason=item.reason,
        coach=item.coach if item.verdict in {Verdict.FAIL, Verdict.UNKNOWN} else "",
        chips=_chips(item.evidence, transcript),
        settle=tuple(Chip("", _turn_at(transcript, start), start, end) for start, end in item.settle),
    )


def _chips(evidence: Sequence[Evidence], transcript: Transcript) -> tuple[Chip, ...]:
    """Chips in the order in which the call is heard, facts last; the same words at the same place are shown once."""
    chips = dict.fromkeys(
        Chip(
            text=piece.text or piece.phrase or "",
            turn=piece.turn,
            start_s=evidence_start_s(piece, transcript),
            end_s=piece.end_s,
        )
        for piece in evidence
    )
    return tuple(sorted(chips, key=lambda chip: (chip.start_s is None, chip.start_s or 0.0)))


def evidence_start_s(piece: Evidence, transcript: Transcript) -> float | None:
    """Where the evidence starts; the start of its turn where it has no time of its own."""
    if piece.start_s is not None:
        return piece.start_s
    if piece.turn is not None and piece.turn < len(transcript.turns):
        return transcript.turns[piece.turn].start_s
    return None


def _turn_at(transcript: Transcript, time_s: float) -> int | None:
    at = [index for index, turn in enumerate(transcript.turns) if turn.start_s <= time_s]
    return at[-1] if at else None
