"""The rubrics, to be read aloud: what is asked, what it weighs, what decides it, with its examples."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.deps import ReadDep, ServicesDep
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.rubric_page import rubric_view
from models.access.roles import Right, current_access
from models.studio.forms import forms_in

router = APIRouter(prefix="/rubrics", include_in_schema=False)


def _may_draft() -> bool:
    access = current_access()
    return access is None or access.may(Right.DRAFT)


@router.get("")
def rubric_list(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """Every rubric of the installation; one whose file has errors is listed with them."""
    settings = services.settings
    return render(
        request,
        "rubrics/list.html",
        shelved=RubricShelf(forms_in(opened, settings)).all(),
        nav="rubrics",
        may_draft=_may_draft(),
        local=lambda moment: local_time(moment, settings.zone),
    )


@router.get("/{rubric_id}")
def rubric_page(
    request: Request, services: ServicesDep, opened: ReadDep, rubric_id: Annotated[str, Path(max_length=200)]
) -> HTMLResponse:
    """One rubric. Raises `NotFound`, or `BadRubric` with what is wrong in its file."""
    settings = services.settings
    shelf = RubricShelf(forms_in(opened, settings))
    view = rubric_view(shelf.get(rubric_id))
    return render(
        request,
        "rubrics/rubric.html",
        view=view,
        rubric_id=rubric_id,
        release=shelf.forms.in_force(rubric_id),
        nav="rubrics",
        may_draft=_may_draft(),
        local=lambda moment: local_time(moment, settings.zone),
    )
