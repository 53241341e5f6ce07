"""Saved views: filters under a name, as chips on the list of calls, the queues and the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.deps import ServicesDep
from models.database import session as writing
from models.saved_view import (
    DAYS,
    SavedViewRow,
    ViewPage,
    change_view,
    cleaned_query,
    list_views,
    remove_view,
    removed_view,
    restore_view,
    save_view,
)

router = APIRouter(prefix="/views", include_in_schema=False)
SEE_OTHER = 303
AGE_S = 90 * 86_400
MOST_REMEMBERED = 1000
MAX_ID = 2**62
PATHS: Mapping[ViewPage, str] = MappingProxyType(
    {
        ViewPage.CALLS: "/",
        ViewPage.REVIEWS: "/reviews",
        ViewPage.BOARD: "/board",
        ViewPage.ITEMS: "/board/items",
        ViewPage.SCORES: "/board/scores",
        ViewPage.COVERAGE: "/board/coverage",
        ViewPage.REVIEWERS: "/board/reviewers",
    }
)
ViewId = Annotated[int, Path(ge=1, le=MAX_ID)]
Name = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved view; `is_current`: it is what the page shows."""

    row: SavedViewRow
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chips:
    """The chips of a page. `query` is what could be saved, "" where nothing is narrowed; `last` the address of what was
    looked at last, "" where that is this or nothing; `gone` a view that was just removed."""

    page: str
    chips: Sequence[Chip]
    query: str
    has_days: bool
    last: str
    gone: SavedViewRow | None


def chips_of(request: Request, opened: Session, page: ViewPage, query: str) -> Chips:
    """`query` are the filters of the page as it is shown."""
    full, lasting = cleaned_query(query), cleaned_query(query, keep_days=False)
    gone = request.query_params.get("gone", "")
    last = unquote(request.cookies.get(_cookie(page), ""))[:MOST_REMEMBERED]
    return Chips(
        page.value,
        [
            Chip(row, _address(page, row.query), row.query in {full, lasting} and bool(lasting))
            for row in list_views(opened, page)
        ],
        lasting or (full if page is ViewPage.CALLS else ""),
        any(key in DAYS for key, _ in parse_qsl(full)),
        _address(page, cleaned_query(last)) if last and not lasting else "",
        removed_view(opened, int(gone)) if gone.isascii() and gone.isdecimal() and len(gone) < 18 else None,
    )


def remember_view(answer: Response, page: ViewPage, query: str) -> None:
    """Keeps what somebody looks at, to be offered when the page is opened plain."""
    lasting = cleaned_query(query, keep_days=False)
    if lasting and len(lasting) <= MOST_REMEMBERED:
        answer.set_cookie(_cookie(page), quote(lasting), max_age=AGE_S, httponly=True, samesite="lax")


def _cookie(page: ViewPage) -> str:
    return f"callqa_view_{page.value}"


def _address(page: ViewPage, query: str, *, gone: int | None = None) -> str:
    parts = [part for part in (query, f"gone={gone}" if gone else "") if part]
    return f"{PATHS[page]}?{'&'.join(parts)}" if parts else PATHS[page]


@router.post("")
def save(
    services: ServicesDep,
    page: Annotated[ViewPage, Form()],
    query: Annotated[str, Form(max_length=4000)],
    name: Name,
    *,
    shared: Annotated[bool, Form()] = False,
    days: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Keeps the filters; `days` with their dates. Raises `BadInput`, `Conflict`."""
    kept = cleaned_query(query, keep_days=days)
    with writing(services.engine) as opened:
        save_view(opened, page, name, kept, shared=shared)
    return RedirectResponse(_address(page, cleaned_query(query)), SEE_OTHER)


@router.post("/{view_id}")
def change(
    services: ServicesDep, view_id: ViewId, name: Name, *, shared: Annotated[bool, Form()] = False
) -> RedirectResponse:
    """Renames and shares. Raises `NotFound`, `BadInput`, `Conflict`."""
    with writing(services.engine) as opened:
        row = change_view(opened, view_id, name=name, shared=shared)
        address = _address(ViewPage(row.page), row.query)
    return RedirectResponse(address, SEE_OTHER)


@router.post("/{view_id}/remove")
def remove(services: ServicesDep, view_id: ViewId) -> RedirectResponse:
    """Removes, and offers to take that back. Raises `NotFound`."""
    with writing(services.engine) as opened:
        row = remove_view(opened, view_id)
        address = _address(ViewPage(row.page), row.query, gone=view_id)
    return RedirectResponse(address, SEE_OTHER)


@router.post("/{view_id}/restore")
def restore(services: ServicesDep, view_id: ViewId) -> RedirectResponse:
    """The undo. Raises `NotFound`."""
    with writing(services.engine) as opened:
        row = restore_view(opened, view_id)
        address = _address(ViewPage(row.page), row.query)
    return RedirectResponse(address, SEE_OTHER)
