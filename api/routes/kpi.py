"""Dialer figures over HTTP: the document that `callqa kpi --json` prints."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import ReadDep
from api.routes.parameters import Text
from api.routes.summary import BadRange
from models.dial_kpi import GROUPINGS, By, Period, kpi_sums
from models.kpi_document import FORMAT, kpi_document

router = APIRouter(prefix="/kpi", tags=["overview"])
EXAMPLE = {
    "format": FORMAT,
    "total": {"dials": 500, "connects": 180, "connect_rate": {"num": 180, "den": 500, "value": 0.36}},
    "by_team": {"T1": {"dials": 500, "hold_s": None}},
}


@router.get("", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def kpi(
    opened: ReadDep,
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
) -> dict[str, Any]:
    """话务指标:次数和秒数为整数,比率带分子和分母;外呼系统无从知道的为 null。

    Counts and seconds as integers, ratios with numerator and denominator; null = the dialer cannot know.
    """
    if first and last and first > last:
        raise BadRange(f"日期范围 {first} 到 {last} 不可用", hint="起始日不能晚于结束日")
    groupings = [by] if by else list(GROUPINGS)
    return kpi_document(kpi_sums(opened, groupings, Period(first, last, source or None)), groupings)
