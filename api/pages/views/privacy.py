"""What a page shows of a call: who somebody is stands as ▇, in the transcript and wherever it is quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_engine.calls import Removed, Role, Transcript, Turn
from qa_engine.language.entities import find_entities
from qa_engine.language.redaction import BLOCK, redact
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict
from qa_engine.scoring.wording import short

_BLOCKS = re.compile(re.escape(BLOCK) + "+")


def masked_texts(transcript: Transcript) -> tuple[str, ...]:
    """The turns' texts as people read them, with personal entities as blocks, each as long as its original."""
    found = find_entities(transcript.turns)
    return tuple(redact(turn.shown, own) for turn, own in zip(transcript.turns, found, strict=True))


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
        shown = masked_piece(piece, texts)
        if shown.text != piece.text:
            reason = reason.replace(short(piece.text), short(shown.text))
        pieces.append(shown)
    return replace(item, evidence=tuple(pieces), reason=reason)


def masked_piece(piece: Evidence, texts: Sequence[str]) -> Evidence:
    """A piece of evidence with its quote taken from `texts`."""
    if piece.turn is None or piece.turn >= len(texts) or not piece.text:
        return piece
    quoted = texts[piece.turn][piece.start or 0 : piece.end]
    return replace(piece, text=quoted) if BLOCK in quoted else piece


def unmasked(edited: str, shown: str, real: str) -> str | None:
    """A person's edit of a text that was shown with blocks, with what the blocks hid put back; None where the blocks are no
    longer those that were shown. `shown` is as long as `real`."""
    hidden = [found.span() for found in _BLOCKS.finditer(shown)]
    kept = [found.span() for found in _BLOCKS.finditer(edited)]
    if [end - start for start, end in hidden] != [end - start for start, end in kept]:
        return None
    whole, place = "", 0
    for (start, end), (from_, to) in zip(kept, hidden, strict=True):
        whole += edited[place:start] + real[from_:to]
        place = end
    return whole + edited[place:]
