"""How scores are spread, how much people have heard, and how far reviewers agree with the machine and each other."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.deps import ReadDep, ServicesDep
from api.pages.board import AskedDep
from api.pages.board_items import ScopeDep, of_page
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.coverage import coverage_view
from api.pages.views.reviewers import judged_lines, reviewers_view, second_lines
from api.pages.views.spread import spread_row, spread_rows
from api.routes.parameters import Page, Text
from models.coverage import drawn_scores, mondays, read_coverage, whole_weeks
from models.dial_kpi import By
from models.review_pairs import read_review_pairs, read_score_shifts, read_second_looks
from models.review_select import DRAWN_A_WEEK
from models.saved_view import ViewPage
from models.score_spread import read_spread
from models.studio.forms import forms_in

router = APIRouter(prefix="/board", include_in_schema=False)
PAGE_SIZE = 100


@router.get("/scores")
def scores(
    request: Request, services: ServicesDep, opened: ReadDep, asked: AskedDep, scope: ScopeDep
) -> HTMLResponse:
    """The spread of all, and by team or agent."""
    by = By.AGENT if {By.TEAM, By.AGENT} & set(asked.where) else By.TEAM
    words = words_of(request)
    found = read_spread(opened, scope, by=by)
    query = {**asked.query, "rubric": scope.rubric}
    return render(
        request,
        "board/scores.html",
        **of_page(request, opened, asked, scope, services.settings, page=ViewPage.SCORES),
        below=by.value,
        whole=spread_row(found, "", words("heat.all"), query) if found else None,
        rows=spread_rows(found, asked.names[by], query, by=by, none=words("board.none")),
    )


@router.get("/coverage")
def coverage(
    request: Request, services: ServicesDep, opened: ReadDep, asked: AskedDep, scope: ScopeDep
) -> HTMLResponse:
    """Agents by whole weeks, least covered first."""
    whole = whole_weeks(scope)
    days = {"from": whole.first.isoformat(), "to": whole.last.isoformat()}
    view = coverage_view(
        read_coverage(opened, whole),
        drawn_scores(opened, whole),
        mondays(whole),
        asked.names[By.AGENT],
        {**asked.query, **days, "rubric": scope.rubric},
        none=words_of(request)("board.none"),
    )
    return render(
        request,
        "board/coverage.html",
        **of_page(request, opened, asked, scope, services.settings, page=ViewPage.COVERAGE),
        view=view,
        days=days,
        most=DRAWN_A_WEEK,
    )


@router.get("/reviewers")
def reviewers(
    request: Request, services: ServicesDep, opened: ReadDep, asked: AskedDep, scope: ScopeDep
) -> HTMLResponse:
    """Reviewer by machine, reviewer by reviewer, overturned items."""
    view = reviewers_view(
        read_review_pairs(opened, scope),
        read_second_looks(opened, scope),
        read_score_shifts(opened, scope),
        RubricShelf(forms_in(opened, services.settings)).item_titles(scope.rubric),
        {**asked.query, "rubric": scope.rubric},
        words=words_of(request),
    )
    return render(
        request,
        "board/reviewers.html",
        **of_page(request, opened, asked, scope, services.settings, page=ViewPage.REVIEWERS),
        view=view,
    )


@router.get("/reviewers/rows")
def reviewer_rows(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    asked: AskedDep,
    scope: ScopeDep,
    *,
    reviewer: Text = "",
    item: Text = "",
    first_by: Text = "",
    second_by: Text = "",
    overturned: bool = False,
    page: Page = 1,
) -> HTMLResponse:
    """The verdicts behind a figure of agreement; those of two reviewers where both are named."""
    titles = RubricShelf(forms_in(opened, services.settings)).item_titles(scope.rubric)
    words = words_of(request)
    if first_by or second_by:
        looks = [
            one
            for one in read_second_looks(opened, scope)
            if (one.first_by, one.second_by) == (first_by, second_by)
            and (not overturned or one.first != one.second)
        ]
        lines = second_lines(looks, titles, scope.rubric, words=words)
    else:
        pairs = [
            one
            for one in read_review_pairs(opened, scope)
            if one.is_sure
            and reviewer in {"", one.reviewer}
            and item in {"", one.item_id}
            and (not overturned or one.is_overturned)
        ]
        lines = judged_lines(pairs, titles, scope.rubric, words=words)
    more = {"reviewer": reviewer, "item": item, "first_by": first_by, "second_by": second_by}
    kept = {name: value for name, value in more.items() if value} | (
        {"overturned": "1"} if overturned else {}
    )
    return render(
        request,
        "board/judged.html",
        **of_page(request, opened, asked, scope, services.settings, page=ViewPage.REVIEWERS),
        lines=lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(lines),
        is_second=bool(first_by or second_by),
        overturned=overturned,
        kept=kept,
        page=page,
        pages=max(1, -(-len(lines) // PAGE_SIZE)),
    )
