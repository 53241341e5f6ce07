"""Search across every transcript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import ReadDep
from api.errors import responses
from api.routes.bodies.calls import call_line
from api.routes.bodies.search import SearchBody, found_body
from api.routes.calls import Filters
from api.routes.parameters import LAST_PAGE, Text
from api.search_lines import HITS_SHOWN, call_hits
from models.queries import summaries
from models.search import SearchSort, search_calls
from models.search_document import unindexed
from qa_engine.search.query import parse_query

router = APIRouter(tags=["search"], responses=responses(422))
MAX_PAGE = 100


class Wanted(Filters):
    """A query, and the filters of the list of calls."""

    q: Text = Field(
        description='词之间用空格,都要有; "一字不差"; -不要的词; 坐席: / 客户: · Words, "exact", -without, agent:/customer:',
        examples=["续保 客户:考虑"],
    )
    sound: bool = Field(True, description="也找同音的字 · Homophones too")
    call: Text | None = Field(None, description="只在这通里,列出全部 · All hits of this call")
    sort: SearchSort = Field(SearchSort.RELEVANCE, description="排序 · Order")
    page: int = Field(1, ge=1, le=LAST_PAGE, description="页码,从 1 开始 · Page from 1")
    size: int = Field(20, ge=1, le=MAX_PAGE, description="每页条数 · Calls a page")


@router.get("/search", summary="搜索文字稿 · Search")
def search(opened: ReadDep, wanted: Annotated[Wanted, Query()]) -> SearchBody:
    """Calls in which it was said, each with up to 3 turns. Personal data is masked before it is indexed: nobody finds a call by
    it. 422 `bad_search` where the query cannot be read."""
    found = search_calls(
        opened,
        parse_query(wanted.q),
        wanted.filter(),
        sort=wanted.sort,
        by_sound=wanted.sound,
        call_id=wanted.call or "",
    )
    start = (wanted.page - 1) * wanted.size
    some = found.calls[start : start + wanted.size]
    hits = call_hits(opened, some, most=None if wanted.call else HITS_SHOWN)
    known = summaries(opened, [one.call_id for one in some], rubric=wanted.rubric)
    return SearchBody(
        total=len(found.calls),
        exact=found.exact,
        has_more=found.has_more or found.sounds_more,
        unindexed=unindexed(opened),
        page=wanted.page,
        size=wanted.size,
        calls=[
            found_body(call_line(known[one.call_id]), hits[one.call_id])
            for one in some
            if one.call_id in known
        ],
    )
