"""Dialer figures over HTTP: the document that `callqa kpi --json` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from api.deps import ReadDep
from api.documents.figures_file import MEDIA, Ending, table_answer
from api.routes.parameters import Text
from api.routes.summary import BadRange
from models.dial_kpi import GROUPINGS, By, Period, kpi_sums
from models.figure_table import sums_table
from models.kpi_document import FORMAT, kpi_document
from models.scopes import scope_names

router = APIRouter(prefix="/kpi", tags=["overview"])
EXAMPLE = {
    "format": FORMAT,
    "total": {"dials": 500, "connects": 180, "connect_rate": {"num": 180, "den": 500, "value": 0.36}},
    "by_team": {"T1": {"dials": 500, "hold_s": None}},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures."""

    groupings: list[By]
    period: Period


def asked(
    by: Annotated[
        By | None, Query(description="不填为全部分组 · Every grouping where left out", examples=["team"])
    ] = None,
    first: Annotated[
        date | None, Query(alias="from", description="起始日,含 · First day", examples=["2026-11-01"])
    ] = None,
    last: Annotated[
        date | None, Query(alias="to", description="结束日,含 · Last day", examples=["2026-11-30"])
    ] = None,
    source: Annotated[Text, Query(description="数据来源 · Name of the import", examples=["vicidial"])] = "",
) -> Asked:
    """Raises `BadRange`."""
    if first and last and first > last:
        raise BadRange(f"日期范围 {first} 到 {last} 不可用", hint="起始日不能晚于结束日")
    return Asked([by] if by else list(GROUPINGS), Period(first, last, source or None))


AskedDep = Annotated[Asked, Depends(asked)]


@router.get("", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def kpi(opened: ReadDep, wanted: AskedDep) -> dict[str, Any]:
    """话务指标:次数和秒数为整数,比率带分子和分母;外呼系统无从知道的为 null。

    Counts and seconds as integers, ratios with numerator and denominator; null = the dialer cannot know.
    """
    return kpi_document(kpi_sums(opened, wanted.groupings, wanted.period), wanted.groupings)


@router.get(
    ".{ending}", response_class=Response, responses={200: {"content": {kind: {} for kind in MEDIA.values()}}}
)
def kpi_file(
    opened: ReadDep,
    wanted: AskedDep,
    ending: Annotated[Ending, Path(description="csv 或 xlsx · csv or xlsx", examples=["csv"])],
) -> Response:
    """同样的指标,每行一个:分子、分母、数值、单位、n、口径;csv 或 xlsx。

    The same figures, one a row, as CSV or a spreadsheet.
    """
    period = wanted.period
    made = kpi_sums(opened, wanted.groupings, period)
    table = sums_table(made, wanted.groupings, period.first, period.last, scope_names(opened))
    return table_answer(
        table, ending, period="-".join(str(day) for day in (period.first, period.last) if day)
    )
