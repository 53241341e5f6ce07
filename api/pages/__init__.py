"""Pages for people: server-rendered HTML, readable without scripts. `router` has no prefix."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import (
    account,
    agents,
    alerts,
    appeals,
    assets,
    attribution,
    board,
    board_items,
    board_quality,
    calls,
    coaching,
    experiments,
    figure,
    imports,
    inbox,
    library,
    playlists,
    reports,
    reviews,
    rubrics,
    saved_views,
    scorecards,
    search,
    studio,
    studio_backtest,
    studio_release,
    studio_try,
    target,
    targets,
)
from api.pages.errors import error_page

__all__ = ["error_page", "router"]

router = APIRouter(include_in_schema=False)
for part in (
    assets,
    account,
    agents,
    calls,
    board,
    board_items,
    board_quality,
    figure,
    alerts,
    attribution,
    coaching,
    experiments,
    imports,
    library,
    playlists,
    reports,
    reviews,
    studio_release,
    appeals,
    inbox,
    rubrics,
    saved_views,
    studio,
    studio_try,
    studio_backtest,
    scorecards,
    targets,
    target,
    search,
):
    router.include_router(part.router)
