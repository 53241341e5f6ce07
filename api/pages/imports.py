"""Imports: the sources with their freshness, every run, and one run's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.deps import ReadDep, ServicesDep
from api.pages.figures import local_time
from api.pages.rendering import render
from api.routes.parameters import Page, Text
from models.columns import utc_now
from models.dial_store import KEPT_OF_A_REASON
from models.import_orphans import Orphan, orphan_lists
from models.import_run import ImportRunRow, get_run, list_runs, rejections, state_of
from models.import_source import list_sources
from models.pull_plan import known_schedule
from qa_engine.dialer.refusal import shown

router = APIRouter(prefix="/imports", include_in_schema=False)
PAGE_SIZE = 50
SHOWN_ROWS = 500
SHOWN_ORPHANS = 50


def _line(row: ImportRunRow, zone: Any, now: datetime) -> dict[str, Any]:
    return {
        "run": row,
        "state": state_of(row, now).value,
        "started": local_time(row.started_at, zone),
        "seconds": None if row.finished_at is None else (row.finished_at - row.started_at).total_seconds(),
    }


@router.get("")
def import_list(
    request: Request, services: ServicesDep, opened: ReadDep, *, source: Text = "", page: Page = 1
) -> HTMLResponse:
    """Sources, then runs, the latest first."""
    zone, now = services.settings.zone, utc_now()
    schedule, problem = known_schedule(services.settings)
    rows, total = list_runs(opened, source=source, page=page, size=PAGE_SIZE)
    return render(
        request,
        "imports/list.html",
        nav="imports",
        sources=[
            (one, local_time(one.last_good_at, zone)) for one in list_sources(opened, schedule, now=now)
        ],
        lines=[_line(row, zone, now) for row in rows],
        source=source,
        problem=problem,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        page_url=lambda number: f"/imports?{urlencode({'source': source, 'page': number})}",
    )


@router.get("/{run_id}")
def import_report(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    run_id: Annotated[int, Path(ge=1, lt=1 << 63)],
) -> HTMLResponse:
    """One run. Raises `NotFound`."""
    row = get_run(opened, run_id)
    zone = services.settings.zone
    found = rejections(opened, run_id, limit=SHOWN_ROWS + 1)
    lone: Mapping[str, Sequence[Orphan]] = {}
    if row.first_day and row.last_day:
        lone = orphan_lists(opened, row.source, row.first_day, row.last_day, zone, SHOWN_ORPHANS)
    return render(
        request,
        "imports/report.html",
        nav="imports",
        line=_line(row, zone, utc_now()),
        run=row,
        rejected=found[:SHOWN_ROWS],
        more=len(found) > SHOWN_ROWS,
        kept=KEPT_OF_A_REASON,
        orphans={
            kind: [(one, local_time(one.at, zone), shown(one.name)) for one in some]
            for kind, some in lone.items()
        },
        shown_orphans=SHOWN_ORPHANS,
    )
