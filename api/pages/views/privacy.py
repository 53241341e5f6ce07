"""What a page shows of a call: who somebody is stands as ▇, in the transcript and wherever it is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_engine.calls import Removed, Role, Transcript, Turn
from qa_engine.language.entities import find_entities
from qa_engine.language.redaction import BLOCK, redact
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict
from qa_engine.scoring.wording import short


def masked_texts(transcript: Transcript) -> tuple[str, ...]:
    """The turns' texts with personal entities as blocks, each as long as its original."""
    found = find_entities(transcript.turns)
    return tuple(redact(turn.text, own) for turn, own in zip(transcript.turns, found, strict=True))


def masked_removed(removed: Sequence[Removed]) -> tuple[Removed, ...]:
    """Text that was taken out, masked likewise: the guard may have been wrong about it."""
    turns = tuple(Turn(Role.AGENT, piece.start_s, piece.end_s, piece.text) for piece in removed)
    found = find_entities(turns)
    return tuple(
        replace(piece, text=redact(piece.text, own)) for piece, own in zip(removed, found, strict=True)
    )


def masked_evaluation(evaluation: Evaluation, texts: Sequence[str]) -> Evaluation:
    """The evaluation with its quotes taken from `texts`."""
    return replace(evaluation, items=tuple(_masked_item(item, texts) for item in evaluation.items))


def _masked_item(item: ItemVerdict, texts: Sequence[str]) -> ItemVerdict:
    reason = item.reason
    pieces: list[Evidence] = []
    for piece in item.evidence:
        shown = _masked_piece(piece, texts)
        if shown.text != piece.text:
            reason = reason.replace(short(piece.text), short(shown.text))
        pieces.append(shown)
    return replace(item, evidence=tuple(pieces), reason=reason)


def _masked_piece(piece: Evidence, texts: Sequence[str]) -> Evidence:
    if piece.turn is None or piece.turn >= len(texts) or not piece.text:
        return piece
    quoted = texts[piece.turn][piece.start or 0 : piece.end]
    return replace(piece, text=quoted) if BLOCK in quoted else piece
