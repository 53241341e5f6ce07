"""Imports and their sources over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.rejected_csv import rejected_csv
from api.routes.parameters import Page, PageSize, Text
from models.columns import utc_now
from models.import_run import ImportRunRow, RunState, get_run, list_runs, rejections, state_of
from models.import_source import list_sources
from models.pull_plan import known_schedule
from qa_engine.dialer.freshness import Freshness

router = APIRouter(tags=["imports"])
RunId = Annotated[int, Path(ge=1, lt=1 << 63, description="导入编号 · Number of the import", examples=[12])]


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FileCountsBody(BaseModel):
    """Rows of one table: rows_in = stored + rejected."""

    rows_in: int = Field(examples=[500])
    stored: int = Field(examples=[497])
    rejected: int = Field(examples=[3])
    rejected_by_reason: dict[str, int] = Field(examples=[{"duplicate": 2, "bad_time": 1}])


class RunBody(BaseModel):
    """One import and what became of its rows."""

    id: int = Field(examples=[12])
    source: str = Field(examples=["vicidial"])
    kind: str = Field(description="拨号系统或数据种类 · Dialer, or what else was read", examples=["vicidial"])
    via: str = Field(description="cli、api 或 pull · What started it", examples=["pull"])
    started_by: str = Field(examples=["ops"])
    started_at: datetime = Field(examples=["2026-11-02T09:00:00Z"])
    finished_at: datetime | None = Field(examples=["2026-11-02T09:00:07Z"])
    state: RunState
    rows_in: int = Field(examples=[500])
    stored: int = Field(examples=[497])
    rejected: int = Field(examples=[3])
    first_day: date | None = Field(examples=["2026-11-01"])
    last_day: date | None = Field(examples=["2026-11-02"])
    files: dict[str, FileCountsBody] = Field(
        examples=[
            {
                "vicidial_log": {
                    "rows_in": 500,
                    "stored": 497,
                    "rejected": 3,
                    "rejected_by_reason": {"bad_time": 3},
                }
            }
        ]
    )
    warnings: dict[str, int] = Field(examples=[{"missing_agent": 1}])
    orphans: dict[str, int] = Field(examples=[{"recordings_without_call": 2}])
    problems: list[dict[str, str]] = Field(
        examples=[[{"file": "x.csv", "code": "bad_table", "message": "…"}]]
    )


class RejectionBody(_FromRow):
    """A row that was not stored; numbers of telephones are hidden in `found`."""

    file: str = Field(examples=["vicidial_log"])
    row: int = Field(description="数据行号,从 1 开始,不含列名行 · Data row from 1", examples=[17])
    reason: str = Field(examples=["bad_time"])
    column: str = Field(examples=["call_date"])
    found: str = Field(examples=["2026-11-31 09:00:00"])
    expected: str = Field(examples=[""])


class RunsBody(BaseModel):
    """A page of imports, the latest first."""

    total: int = Field(examples=[40])
    imports: list[RunBody]


class ReportBody(RunBody):
    """An import with its first rejected rows of each reason."""

    rejections: list[RejectionBody]


class SourceBody(_FromRow):
    """Where data come from, and whether they are fresh."""

    name: str = Field(examples=["vicidial"])
    kind: str = Field(examples=["vicidial"])
    interval_s: float | None = Field(
        description="定时拉取的间隔,null 为手工导入 · Interval of the pull, null by hand", examples=[300.0]
    )
    last_run_id: int | None = Field(examples=[12])
    last_good_at: datetime | None = Field(examples=["2026-11-02T09:00:07Z"])
    last_day: date | None = Field(
        description="最近有通话的一天 · Latest day with calls", examples=["2026-11-02"]
    )
    freshness: Freshness


def _body(row: ImportRunRow) -> RunBody:
    return RunBody.model_validate({**row.model_dump(), "state": state_of(row, utc_now())})


@router.get("/imports", summary="导入记录 · Imports")
def imports(
    opened: ReadDep,
    source: Annotated[Text, Query(description="只看一个来源 · One source only", examples=["vicidial"])] = "",
    page: Page = 1,
    size: PageSize = 50,
) -> RunsBody:
    """每次导入的行数:读入 = 保存 + 未保存。

    Every import: rows read = stored + rejected.
    """
    rows, total = list_runs(opened, source=source, page=page, size=size)
    return RunsBody(total=total, imports=[_body(row) for row in rows])


@router.get("/imports/{run_id}", summary="导入报告 · Report of an import", responses=responses(404))
def import_report(opened: ReadDep, run_id: RunId) -> ReportBody:
    """一次导入的报告,每种原因附前 200 行。

    One import, with the first 200 rejected rows of each table and reason.
    """
    body = _body(get_run(opened, run_id))
    found = [RejectionBody.model_validate(row) for row in rejections(opened, run_id)]
    return ReportBody(**body.model_dump(), rejections=found)


@router.get(
    "/imports/{run_id}/rejected.csv",
    summary="未保存的行 · Rejected rows as CSV",
    response_class=Response,
    responses={
        **responses(404),
        200: {"content": {"text/csv": {"example": "file,row,reason,column,found,expected"}}},
    },
)
def rejected(opened: ReadDep, run_id: RunId) -> Response:
    """保留下来的未保存行,UTF-8 CSV。

    The rejected rows that are kept, as CSV in UTF-8.
    """
    get_run(opened, run_id)
    return rejected_csv(run_id, rejections(opened, run_id))


@router.get("/sources", summary="数据来源 · Sources")
def sources(services: ServicesDep, opened: ReadDep) -> list[SourceBody]:
    """每个来源最近一次完整导入的时间和新鲜度。

    When each source was last read in full, and whether that is fresh.
    """
    schedule, _ = known_schedule(services.settings)
    found = list_sources(opened, schedule, now=utc_now())
    return [SourceBody.model_validate(one) for one in found]
