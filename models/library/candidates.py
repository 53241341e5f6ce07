"""Moments of scored calls that may become clips: the best and the worst of each item and objection type."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from models.call import CallRow
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.library.rows import ClipDismissalRow, ClipRow
from models.review import reviewed_verdicts
from models.transcript import TranscriptRow, get_transcript
from qa_engine.language.entities import entities_in
from qa_engine.language.redaction import redact
from qa_engine.library.choose import Moment, choose
from qa_engine.library.masking import Line, mask

LOOKED_AT = 150
"""The latest scored calls: enough of each item, and read in a moment."""
READ_FOR_EACH = 30
LEAD_MS, TAIL_MS, LONGEST_MS, SHORTEST_MS = 3_000, 5_000, 25_000, 6_000
OBJECTION = "objection:"
UNHEARD = 0.9
"""Sureness of a turn of which the recogniser gives none."""
DOUBTED = 0.5
STEPS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment with what can be read of it (masked), and of which call."""

    moment: Moment
    lines: tuple[Line, ...]
    reason: str
    day: date
    campaign: str


def propose(
    opened: Session, *, subject: str = "", each: int = 1, most_subjects: int = 6, page: int = 1
) -> tuple[Sequence[Candidate], int]:
    """The best and worst `each` of a subject (an item's id, `objection:` and a type), or of `most_subjects` of them a page;
    and how many subjects there are. Nothing that was dismissed, or is a clip already."""
    rows = _evaluations(opened, subject)
    calls = {call.id: call for call, _ in rows}
    taken = _taken(opened, calls)
    reasons: dict[tuple[str, str], str] = {}
    by_subject: dict[str, list[Moment]] = {}
    forms = {evaluation.rubric for _, evaluation in rows}
    said = {form: reviewed_verdicts(opened, form) for form in forms}
    for call, evaluation in rows:
        for moment, reason in _moments(call, evaluation, said[evaluation.rubric], subject):
            if (moment.call_id, moment.subject) not in taken:
                by_subject.setdefault(moment.subject, []).append(moment)
                reasons[moment.call_id, moment.subject] = reason
    subjects = sorted(by_subject, key=lambda one: (-len(by_subject[one]), one))
    first = (page - 1) * most_subjects
    shown = subjects[first : first + most_subjects]
    heard = _Heard(opened)
    chosen = [
        moment
        for name in shown
        for good in (True, False)
        for moment in choose(heard.sure(_surest(by_subject[name], is_good=good)), each)
    ]
    return [
        Candidate(
            moment, heard.lines(moment), _masked(reasons[moment.call_id, moment.subject]),
            calls[moment.call_id].day, calls[moment.call_id].campaign or "",
        )
        for moment in chosen
    ], len(subjects)  # fmt: skip


def dismiss(opened: Session, call_id: str, subject: str, *, name: str) -> None:
    """Never proposes the subject of this call again."""
    if opened.get(ClipDismissalRow, (call_id, subject)) is None:
        opened.add(ClipDismissalRow(call_id=call_id, subject=subject, name=name))


def take_back(opened: Session, call_id: str, subject: str) -> None:
    """Ends a dismissal."""
    row = opened.get(ClipDismissalRow, (call_id, subject))
    if row is not None:
        opened.delete(row)


def _evaluations(opened: Session, subject: str) -> Sequence[tuple[CallRow, EvaluationRow]]:
    wanted = (
        select(CallRow, EvaluationRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(col(EvaluationRow.current).is_(True))
        .options(
            load_only(CallRow.agent_id, CallRow.day, CallRow.campaign),  # type: ignore[arg-type]
            load_only(EvaluationRow.rubric, EvaluationRow.document),  # type: ignore[arg-type]
        )
    )
    if subject and not subject.startswith(OBJECTION):
        wanted = wanted.join(
            EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id)
        ).where(EvaluationItemRow.item_id == subject, col(EvaluationItemRow.verdict).in_(("pass", "fail")))
    return opened.exec(
        wanted.order_by(col(CallRow.day).desc(), col(CallRow.id), col(EvaluationRow.id)).limit(LOOKED_AT)
    ).all()


def _taken(opened: Session, calls: Collection[str]) -> frozenset[tuple[str, str]]:
    """(call, subject) that were dismissed or are clips, in the bin too."""
    away = opened.exec(select(ClipDismissalRow).where(col(ClipDismissalRow.call_id).in_(calls))).all()
    clips = opened.exec(select(ClipRow).where(col(ClipRow.call_id).in_(calls))).all()
    return frozenset(
        [(row.call_id, row.subject) for row in away]
        + [(clip.call_id, clip.item_id) for clip in clips if clip.item_id]
        + [(clip.call_id, OBJECTION + clip.objection) for clip in clips if clip.objection]
    )


def _moments(
    call: CallRow, evaluation: EvaluationRow, said: Mapping[tuple[str, str], Any], subject: str
) -> Iterator[tuple[Moment, str]]:
    document = evaluation.document
    base = Moment(
        call.id, call.agent_id or "", "", True, 0.0, "", 0, 0, evaluation_id=evaluation.id or 0,
        rubric=evaluation.rubric,
    )  # fmt: skip
    for item in document["items"]:
        if item["verdict"] not in {"pass", "fail"} or subject not in {"", item["id"]}:
            continue
        person = said.get((call.id, item["id"]))
        pieces = [
            one
            for one in item.get("evidence", ())
            if one.get("start_s") is not None
            and one.get("start") is not None  # words, not a figure of the call
        ]
        if not pieces or (person is not None and person != item["verdict"]):
            continue
        piece = max(pieces, key=_strength)
        yield (
            replace(
                base,
                subject=item["id"],
                is_good=item["verdict"] == "pass",
                sureness=1.0 if person is not None else _strength(piece),
                text=piece["text"],
                start_ms=round(piece["start_s"] * 1000),
                end_ms=round((piece.get("end_s") or piece["start_s"]) * 1000),
                turn=piece.get("turn"),
            ),
            item.get("reason", ""),
        )
    for found in document.get("objections", ()):
        evidence = found.get("evidence")
        if not evidence or evidence.get("start_s") is None or subject not in {"", OBJECTION + found["type"]}:
            continue
        steps = len(found.get("steps", {})) / STEPS
        good = found["outcome"] == "resolved"
        sure = (steps if good else 1 - steps) * (1.0 if found.get("sure", True) else DOUBTED)
        yield (
            replace(
                base,
                subject=OBJECTION + found["type"],
                is_good=good,
                sureness=sure,
                text=evidence.get("text", ""),
                start_ms=round(evidence["start_s"] * 1000),
                end_ms=round(evidence["start_s"] * 1000) + LONGEST_MS - LEAD_MS - TAIL_MS,
                turn=found.get("turn"),
            ),
            "",
        )


def _masked(reason: str) -> str:
    """A reason quotes what was said."""
    return redact(reason, entities_in(reason))


def _surest(moments: Sequence[Moment], *, is_good: bool) -> Sequence[Moment]:
    """Those worth reading a transcript for."""
    kind = [one for one in moments if one.is_good is is_good]
    return sorted(kind, key=lambda one: (-one.sureness, one.call_id))[:READ_FOR_EACH]


def _strength(piece: Mapping[str, Any]) -> float:
    """How surely a piece of evidence shows what it should: its likeness, or less the more syllables differ."""
    if piece.get("score") is not None:
        return min(max(float(piece["score"]), 0.0), 1.0)
    return 1.0 / (1 + (piece.get("distance") or 0))


class _Heard:
    """Transcripts of the moments, each read once."""

    def __init__(self, opened: Session) -> None:
        self._opened = opened
        self._rows: dict[str, TranscriptRow | None] = {}

    def sure(self, moments: Sequence[Moment]) -> list[Moment]:
        """The moments with the recogniser's doubt in them, cut to whole turns; those without a transcript left out."""
        self._read(moments)
        return [found for one in moments if (found := self._heard(one)) is not None]

    def lines(self, moment: Moment) -> tuple[Line, ...]:
        """What is said, masked."""
        transcript, _ = get_transcript(self._opened, moment.call_id)
        return mask(transcript, (moment.start_ms, moment.end_ms)).lines

    def _read(self, moments: Sequence[Moment]) -> None:
        missing = {one.call_id for one in moments} - self._rows.keys()
        found = self._opened.exec(select(TranscriptRow).where(col(TranscriptRow.call_id).in_(missing))).all()
        self._rows |= dict.fromkeys(missing) | {row.call_id: row for row in found}

    def _heard(self, one: Moment) -> Moment | None:
        row = self._rows.get(one.call_id)
        if row is None:
            return None
        turn = row.turns[one.turn] if one.turn is not None and one.turn < len(row.turns) else None
        confidence = turn.get("confidence") if turn else None
        start, end = _around(one, row)
        return replace(
            one,
            sureness=one.sureness * (UNHEARD if confidence is None else confidence),
            start_ms=start,
            end_ms=end,
        )


def _around(one: Moment, row: TranscriptRow) -> tuple[int, int]:
    """Whole turns around the evidence, as far as they fit; else a little before and after it."""
    start, end = max(0, one.start_ms - LEAD_MS), one.end_ms + TAIL_MS
    last = round(row.duration_s * 1000)
    for turn in row.turns:
        begins, ends = round(turn["start_s"] * 1000), round(turn["end_s"] * 1000)
        if begins < start < ends:  # the whole sentence before, or nothing of it
            start = begins if one.start_ms - begins < LONGEST_MS // 3 else min(ends, one.start_ms)
        if begins < end < ends and ends - start <= LONGEST_MS:
            end = ends
    end = min(max(end, start + SHORTEST_MS), start + LONGEST_MS, last)
    return max(0, min(start, end - SHORTEST_MS)), end
