"""The heat map: which team or agent meets which item of the form, and the calls behind every cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.pages.board import Asked, AskedDep
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.saved_views import PATHS, chips_of
from api.pages.views.heat import heat_view
from api.routes.parameters import Text
from models.board_scope import BoardScope
from models.dial_kpi import By
from models.heat import read_heat
from models.saved_view import ViewPage
from models.settings import Settings
from models.studio.forms import forms_in

router = APIRouter(include_in_schema=False)


def board_scope(services: ServicesDep, scope: AskedDep, rubric: Text = "") -> BoardScope:
    """Days and scope of a board, and the form: that of the centre where none is named."""
    return BoardScope(
        rubric or next(iter(services.settings.rubric_ids), ""), scope.first, scope.last, scope.where
    )


ScopeDep = Annotated[BoardScope, Depends(board_scope)]


def of_page(
    request: Request, opened: Session, asked: Asked, scope: BoardScope, settings: Settings, *, page: ViewPage
) -> Mapping[str, Any]:
    """What every page of the board is given besides its own: filters, crumbs, tabs."""
    titles = RubricShelf(forms_in(opened, settings)).titles()
    forms = {
        name: titles.get(name, name) for name in dict.fromkeys([*settings.rubric_ids, scope.rubric]) if name
    }
    query = {**asked.query, **({"rubric": scope.rubric} if len(forms) > 1 else {})}
    path, filters = PATHS[page], urlencode(query)
    return {
        "nav": "board",
        "tab": page.value,
        "path": path,
        "saved": chips_of(request, opened, page, filters),
        "saved_query": filters,
        "query": query,
        "names": {by.value: known for by, known in asked.names.items()},
        "forms": forms,
        "rubric": scope.rubric,
        "whole_url": f"{path}?{urlencode({'from': query['from'], 'to': query['to']})}",
        "scope_url": lambda **change: f"{path}?{urlencode({**query, **change})}",
    }


@router.get("/board/items")
def items(
    request: Request, services: ServicesDep, opened: ReadDep, asked: AskedDep, scope: ScopeDep
) -> HTMLResponse:
    """By team; within a team, or of one agent, by agent."""
    by = By.AGENT if {By.TEAM, By.AGENT} & set(asked.where) else By.TEAM
    titles = RubricShelf(forms_in(opened, services.settings)).item_titles(scope.rubric)
    page = of_page(request, opened, asked, scope, services.settings, page=ViewPage.ITEMS)
    return render(
        request,
        "board/items.html",
        **page,
        below=by.value,
        heat=heat_view(
            read_heat(opened, scope, by=by),
            titles,
            asked.names[by],
            {**asked.query, "rubric": scope.rubric},
            by=by,
            words=words_of(request),
        ),
    )
