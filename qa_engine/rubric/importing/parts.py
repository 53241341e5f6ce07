"""One criterion that asks several things → several criteria with their share of the points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_engine.rubric.importing.rows import Criterion, item_title
from qa_engine.rubric.importing.scores import Points, grades, plain_numbers, points_of
from qa_engine.rubric.importing.wording import clauses, short

_POINTS_BEHIND = re.compile(
    r"[,,、;;((]?\s*(?:每[^,,;;。]{0,10})?(?:扣|减|得|加)\s*\d+(?:\.\d+)?\s*分[))]?[^,,;;]{0,4}$"
)
_ENDS = re.compile(r"^[\s,,;;]+|[\s,,;;]+$")


def parts_of(criterion: Criterion) -> list[Criterion]:
    """The criterion as it is, or one for each row that shares its points, or for each clause of its cell."""
    if criterion.parts:
        return [
            _part(part, criterion, part.standard or part.deduct or part.title) for part in criterion.parts
        ]
    if grades(criterion.standard) or grades(criterion.deduct):
        return [criterion]
    standards = clauses(criterion.standard) if criterion.standard else ()
    faults = clauses(criterion.deduct) if criterion.deduct else ()
    if len(standards) > 1:
        paired = faults if len(faults) == len(standards) else (criterion.deduct,) * len(standards)
        return [
            _part(replace(criterion, standard=text, deduct=fault), criterion, text)
            for text, fault in zip(standards, paired, strict=True)
        ]
    if len(faults) > 1 and all(points_of(fault) != Points() for fault in faults):
        return [_part(replace(criterion, deduct=fault), criterion, fault) for fault in faults]
    listed = clauses(criterion.title) if not criterion.standard and not criterion.deduct else ()
    return [replace(criterion, title=text, focus=text) for text in listed] if len(listed) > 1 else [criterion]


def _part(part: Criterion, whole: Criterion, text: str) -> Criterion:
    name, title = short(_without_points(text)), item_title(whole.title)
    alone = not title or title == name or name.startswith(title)
    return replace(part, focus=text, title=name if alone else f"{title}:{name}")


def _without_points(text: str) -> str:
    return _ENDS.sub("", _POINTS_BEHIND.sub("", plain_numbers(text))) or text


def shares(parts: Sequence[Criterion], points: float | None) -> tuple[list[float | None], bool]:
    """Points of each part and whether they had to be made equal: its own where all are given and sum to the whole."""
    own = [points_of(f"{part.deduct}\n{part.standard}") for part in parts]
    values = [each.once or each.per_hit for each in own]
    distinct = len({(part.standard, part.deduct) for part in parts}) == len(parts)
    given = [value for value in values if value]
    if distinct and len(given) == len(parts) and (points is None or abs(sum(given) - points) < 0.01):
        return list(values), False
    return [None if points is None else points / len(parts)] * len(parts), True
