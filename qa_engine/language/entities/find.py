"""Entities of a whole call, or of one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from qa_engine.calls import Role, Turn
from qa_engine.language.entities.address import find_addresses
from qa_engine.language.entities.cues import Cues
from qa_engine.language.entities.dictated import find_dictated
from qa_engine.language.entities.email import find_emails
from qa_engine.language.entities.entity import KINDS, Entity, Found, Kind
from qa_engine.language.entities.figures import MAY_HOLD_FIGURE, find_figures
from qa_engine.language.entities.names import find_names
from qa_engine.language.entities.plate import find_plates
from qa_engine.language.entities.spoken import Spoken, join
from qa_engine.language.entities.wechat import find_wechat_ids
from qa_engine.language.normalize import Normalized, fold, normalize_all

_PRECEDENCE: tuple[Kind, ...] = (
    "email",
    "plate",
    "id_card",
    "bank_card",
    "phone",
    "wechat",
    "address",
    "name",
    "money",
    "percent",
    "date",
    "time",
    "number",
)
_DICTATED: frozenset[Kind] = frozenset({"phone", "id_card", "bank_card"})
_FIGURES: frozenset[Kind] = frozenset({"money", "percent", "date", "time", "number"})
_MANY_DIGITS = re.compile(r"(?:[0-9零〇幺一二两三四五六七八九要期久拐洞][^\n]{0,8}?){2}")
"""Two signs of a dictated number near each other: without them in a call no pattern of numbers is tried."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """Turns in one form, with the offsets of every turn."""

    spoken: Spoken
    offsets: Sequence[Sequence[int]]
    numerals: Sequence[frozenset[int]]
    """Per turn the places where a spoken numeral ends: its digits do not point at its last character."""

    def original(self, found: Found) -> tuple[int, int, int]:
        """Turn, start and end in characters of the turn's original text."""
        turn = self.spoken.turn_at(found.start)
        begin = self.spoken.starts[turn]
        offsets = self.offsets[turn]
        first, last = found.start - begin, found.end - begin
        end = offsets[last] if last in self.numerals[turn] else offsets[last - 1] + 1
        return turn, offsets[first], end


def find_entities(
    turns: Sequence[Turn],
    *,
    normals: Sequence[Normalized] | None = None,
    kinds: AbstractSet[Kind] = frozenset(KINDS),
) -> tuple[tuple[Entity, ...], ...]:
    """The entities of every turn, in order, without overlap. `normals` are the turns' normal forms where the caller
    has them; of `kinds` not asked for only those are looked for that could be mistaken for one that is."""
    forms = normals if normals is not None else normalize_all([turn.text for turn in turns])
    return _entities([turn.text for turn in turns], [turn.role for turn in turns], forms, kinds)


def entities_in(text: str) -> tuple[Entity, ...]:
    """The entities of one sentence."""
    return _entities([text], [None], normalize_all([text]), frozenset(KINDS))[0]


def _entities(
    texts: Sequence[str],
    roles: Sequence[Role | None],
    forms: Sequence[Normalized],
    kinds: AbstractSet[Kind],
) -> tuple[tuple[Entity, ...], ...]:
    chosen: list[dict[Kind, list[tuple[int, int]]]] = [{} for _ in texts]
    said = _as_said(forms, roles)
    _place(said, _personal(said.spoken, kinds), chosen)
    if kinds & _FIGURES:
        figures = _as_figures(forms, roles)
        _place(figures, find_figures(figures.spoken.text), chosen)
    return tuple(
        [
            tuple([entity for entity in _apart(text, found) if entity.kind in kinds]) if found else ()
            for text, found in zip(texts, chosen, strict=True)
        ]
    )


def _as_said(forms: Sequence[Normalized], roles: Sequence[Role | None]) -> _Texts:
    """Numerals as they were said: only the turns that have any are folded again."""
    folded = [fold(form.original) if form.numerals else (form.text, form.offsets) for form in forms]
    return _Texts(
        join([text for text, _ in folded], roles),
        [offsets for _, offsets in folded],
        [frozenset()] * len(folded),
    )


def _as_figures(forms: Sequence[Normalized], roles: Sequence[Role | None]) -> _Texts:
    """Numerals as digits; turns without a sign of a figure stand empty, so that none of the patterns is tried on them."""
    ends = [frozenset(end for _, end in form.numerals) for form in forms]
    texts = [form.text if MAY_HOLD_FIGURE.search(form.text) else "" for form in forms]
    return _Texts(join(texts, roles), [form.offsets for form in forms], ends)


def _personal(spoken: Spoken, kinds: AbstractSet[Kind]) -> Iterator[Found]:
    cues = Cues(spoken)
    yield from find_emails(spoken.text)
    if _MANY_DIGITS.search(spoken.text):
        yield from find_plates(spoken, cues)
        yield from find_dictated(spoken, cues)
    yield from find_wechat_ids(spoken, cues)
    if kinds & (_FIGURES | {"address", "name"}):
        yield from find_addresses(spoken.text)
    if "name" in kinds:
        yield from find_names(spoken)


def _place(texts: _Texts, found: Iterable[Found], chosen: list[dict[Kind, list[tuple[int, int]]]]) -> None:
    """Sorts what was found in the joined text into turns, in characters of the originals."""
    for each in found:
        turn, start, end = texts.original(each)
        chosen[turn].setdefault(each.kind, []).append((start, end))


def _apart(text: str, found: dict[Kind, list[tuple[int, int]]]) -> list[Entity]:
    """Of overlapping entities the one whose kind comes first, and of one kind the first."""
    taken: set[int] = set()
    kept: list[Entity] = []
    for kind in _PRECEDENCE:
        for start, end in found.get(kind, ()):
            if start < end and taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                kept.append(Entity(kind, start, end, text[start:end]))
    kept.sort(key=lambda entity: entity.start)
    return kept
