"""Pages for people: server-rendered HTML, readable without scripts. `router` has no prefix."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import alerts, assets, board, calls, coaching, experiments, reports, rubrics
from api.pages.errors import error_page

__all__ = ["error_page", "router"]

router = APIRouter(include_in_schema=False)
for part in (assets, calls, board, alerts, coaching, experiments, reports, rubrics):
    router.include_router(part.router)
