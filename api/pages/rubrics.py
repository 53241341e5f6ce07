"""The rubrics, to be read aloud: what is asked, what it weighs, what decides it, with its examples."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.deps import ServicesDep
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.rubric_page import rubric_view

router = APIRouter(prefix="/rubrics", include_in_schema=False)


@router.get("")
def rubric_list(request: Request, services: ServicesDep) -> HTMLResponse:
    """Every rubric of the installation; one whose file has errors is listed with them."""
    shelf = RubricShelf(services.settings)
    return render(request, "rubrics/list.html", shelved=shelf.all(), nav="rubrics")


@router.get("/{rubric_id}")
def rubric_page(
    request: Request, services: ServicesDep, rubric_id: Annotated[str, Path(max_length=200)]
) -> HTMLResponse:
    """One rubric. Raises `NotFound`, or `BadRubric` with what is wrong in its file."""
    view = rubric_view(RubricShelf(services.settings).get(rubric_id))
    return render(request, "rubrics/rubric.html", view=view, nav="rubrics")
