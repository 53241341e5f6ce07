"""Finds calls by what was said in them: the index gives candidates, narrowed by the filters of the list of calls, and each is
checked on its characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, String, and_, column, literal, literal_column, or_, table, type_coerce
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Integer
from sqlmodel import Session, col

from models.call import CallRow
from models.call_filter import CallFilter, filtered, when
from models.database import chunks, is_postgresql
from models.evaluation import EvaluationRow
from models.search_document import FTS, SearchDocumentRow, shown_turns, token, unpacked
from qa_engine.calls import Role
from qa_engine.search.match import Match, match
from qa_engine.search.query import Query, Word
from qa_engine.search.terms import sound_terms, word_terms

MOST = 1000
"""Candidates that are checked: the newest, where the sort names no other order. Beyond it the answer says `more than`."""
WIDE = 3000
"""From so many candidates on SQLite goes through the calls instead."""
_AT_A_TIME = 250


class SearchSort(StrEnum):
    """Orders of the results; each is made total by the call's id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    SCORE_LOW = "score_low"
    SCORE_HIGH = "score_high"


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call that has what was asked for."""

    document_id: int
    call_id: str
    match: Match


@dataclass(frozen=True, slots=True)
class FoundCalls:
    """All that were found, in order. `exact` have every word as spelled, the rest by sound. `has_more` and
    `sounds_more` say that there were more candidates than are checked, of either kind."""

    calls: tuple[FoundCall, ...]
    exact: int
    has_more: bool = False
    sounds_more: bool = False


def _postgresql_terms(word: Word, *, by_sound: bool) -> ColumnElement[bool]:
    terms = col(SearchDocumentRow.terms)

    def has_all(numbers: Sequence[int]) -> ColumnElement[bool]:
        wanted: ColumnElement[bool] = type_coerce(terms, ARRAY(Integer)).contains(
            array(numbers, type_=Integer)
        )
        return wanted

    def has_any(numbers: Sequence[int]) -> ColumnElement[bool]:
        wanted: ColumnElement[bool] = type_coerce(terms, ARRAY(Integer)).overlap(
            array(numbers, type_=Integer)
        )
        return wanted

    ways = [has_all(word_terms(side, text)) for side in word.sides for text in word.texts]
    if by_sound and word.sound:
        for side in word.sides:
            pairs = sound_terms(side, word.sound)
            alone = [one[0] for one in pairs if len(one) == 1]
            ways.append(
                and_(*([has_all(alone)] if alone else []), *(has_any(one) for one in pairs if len(one) > 1))
            )
    return or_(*ways)


def _sqlite_terms(opened: Session, query: Query, *, by_sound: bool) -> ColumnElement[bool]:
    """One question to FTS5 for the whole query: it intersects better than SQL does."""

    def quoted(numbers: Sequence[int], joint: str) -> str:
        return "(" + joint.join(f'"{token(number)}"' for number in numbers) + ")"

    def ways(word: Word) -> str:
        found = [quoted(word_terms(side, text), " AND ") for side in word.sides for text in word.texts]
        if by_sound and word.sound:
            for side in word.sides:
                pairs = sound_terms(side, word.sound)
                found.append("(" + " AND ".join(quoted(pair, " OR ") for pair in pairs) + ")")
        return "(" + " OR ".join(found) + ")"

    asked = " AND ".join(ways(word) for word in query.wanted)
    terms = table(FTS, column("rowid"))
    rows = select_columns(terms.c.rowid).where(literal_column(FTS).op("MATCH")(literal(asked, String)))
    number: Any = col(SearchDocumentRow.id)
    if len(opened.execute(rows.limit(WIDE)).all()) == WIDE:
        # So many are not looked up in the large rows one by one: the plus sends SQLite to the small index of call ids.
        number = literal_column("+search_document.id")
    return cast("ColumnElement[bool]", number.in_(rows))


def _has_terms(opened: Session, query: Query, *, by_sound: bool) -> ColumnElement[bool]:
    if is_postgresql(opened):
        return and_(*(_postgresql_terms(word, by_sound=by_sound) for word in query.wanted))
    return _sqlite_terms(opened, query, by_sound=by_sound)


def _order(sort: SearchSort) -> list[Any]:
    score = col(EvaluationRow.score)
    first: dict[SearchSort, list[Any]] = {
        SearchSort.OLDEST: [when()],
        SearchSort.SCORE_LOW: [score.is_(None), score],
        SearchSort.SCORE_HIGH: [score.is_(None), score.desc()],
    }
    return [*first.get(sort, [when().desc()]), col(CallRow.id)]


def _candidates(
    opened: Session, wanted: CallFilter, has: ColumnElement[bool], sort: SearchSort
) -> tuple[list[int], bool]:
    by_score = sort in {SearchSort.SCORE_LOW, SearchSort.SCORE_HIGH}
    asked = filtered(wanted, select_columns(col(SearchDocumentRow.id)), with_score=by_score).join(
        SearchDocumentRow, col(SearchDocumentRow.call_id) == col(CallRow.id)
    )
    ids = list(opened.execute(asked.where(has).order_by(*_order(sort)).limit(MOST + 1)).scalars())
    return ids[:MOST], len(ids) <= MOST


def _checked(opened: Session, ids: Sequence[int], query: Query, *, by_sound: bool) -> list[FoundCall]:
    """Those of the candidates that have it, in the order of the ids."""
    found: list[FoundCall] = []
    for some in chunks(ids, _AT_A_TIME):
        rows = {
            row.id: row
            for row in opened.execute(
                select_columns(
                    col(SearchDocumentRow.id), col(SearchDocumentRow.call_id), col(SearchDocumentRow.scan)
                ).where(col(SearchDocumentRow.id).in_(some))
            )
        }
        for number in some:
            if number in rows:
                matched = match(unpacked(rows[number].scan), query, by_sound=by_sound)
                if matched is not None:
                    found.append(FoundCall(number, rows[number].call_id, matched))
    return found


def search_calls(
    opened: Session,
    query: Query,
    wanted: CallFilter | None = None,
    *,
    sort: SearchSort = SearchSort.RELEVANCE,
    by_sound: bool = True,
    call_id: str = "",
) -> FoundCalls:
    """Calls of the filter that have what the query asks for. By relevance those with every word as spelled come first, then
    words near each other, then more hits, then the newest; `call_id` narrows to one call."""
    chosen = wanted or CallFilter()
    by_sound = by_sound and query.has_sound

    def has(*, sounds: bool) -> ColumnElement[bool]:
        terms = _has_terms(opened, query, by_sound=sounds)
        return terms & (col(CallRow.id) == call_id) if call_id else terms

    ids, is_all = _candidates(opened, chosen, has(sounds=False), sort)
    found = _checked(opened, ids, query, by_sound=by_sound)
    all_sounds = True
    if by_sound and is_all:
        both, all_sounds = _candidates(opened, chosen, has(sounds=True), sort)
        known = {one.document_id: one for one in found}
        unknown = [number for number in both if number not in known]
        known |= {one.document_id: one for one in _checked(opened, unknown, query, by_sound=True)}
        found = [known[number] for number in dict.fromkeys([*both, *ids]) if number in known]
    if sort is SearchSort.RELEVANCE:
        place = {one.document_id: number for number, one in enumerate(found)}
        found.sort(
            key=lambda one: (one.match.sounds, one.match.spread, -len(one.match.hits), place[one.document_id])
        )
    exact = sum(not one.match.sounds for one in found)
    return FoundCalls(tuple(found), exact, not is_all, not all_sounds)


def turns_of(opened: Session, document_ids: Sequence[int]) -> dict[int, list[tuple[Role, float, float, str]]]:
    """The turns to show of some calls, masked."""
    rows = opened.execute(
        select_columns(col(SearchDocumentRow.id), col(SearchDocumentRow.turns)).where(
            col(SearchDocumentRow.id).in_(document_ids)
        )
    )
    return {number: shown_turns(turns) for number, turns in rows}
