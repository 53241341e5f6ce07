"""Orders and tickets of a CRM over HTTP: the import of the command line, and what figures are made of."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile

from api.deps import ReadDep, Services, ServicesDep
from api.errors import BadRequest, responses
from api.routes.bodies.crm import ImportBody, OrderLine, OrdersBody, TicketLine, TicketsBody
from api.routes.parameters import Day, Page, PageSize, Text
from api.routes.summary import BadRange
from api.routes.uploads import Source
from models.access.roles import set_access
from models.crm import CrmTicketRow, OrderRow
from models.crm_list import CrmFilter, list_crm
from models.dial_import import ImportOrder, run_import
from models.dial_input import BOOK_SUFFIXES, TEXT_SUFFIXES
from qa_engine.crm.mapping import as_named, parse_crm_mapping
from qa_engine.crm.records import OrderStatus, TicketKind, TicketStatus
from qa_engine.dialer.columns import MAX_MAPPING_BYTES

router = APIRouter(tags=["overview"])
Table = Annotated[
    UploadFile,
    File(description="CSV、TSV 或 xlsx · Table", examples=["@orders.csv"]),
]
Mapping = Annotated[
    UploadFile | None,
    File(description="映射文件,YAML · Mapping file", examples=["@mapping.yaml"]),
]
DryRun = Annotated[bool, Form(description="只检查,不保存 · Check only", examples=[False])]
First = Annotated[Day | None, Query(alias="from", description="起始日,含", examples=["2026-11-01"])]
Last = Annotated[Day | None, Query(alias="to", description="结束日,含", examples=["2026-11-30"])]

Agent = Annotated[Text, Query(description="坐席 · Agent", examples=["A001"])]
Team = Annotated[Text, Query(description="当时的团队 · Team at the time", examples=["T1"])]
Campaign = Annotated[Text, Query(description="项目 · Campaign", examples=["ins-2026"])]


def _take(
    services: Services,
    table: str,
    file: UploadFile,
    mapping: UploadFile | None,
    source: str,
    *,
    dry_run: bool,
) -> ImportBody:
    """Imports an uploaded table. Raises what makes it unreadable as a whole."""
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name.replace("\0", "") or f"{table}.csv"
    if Path(name).suffix.lower() not in TEXT_SUFFIXES | BOOK_SUFFIXES:
        raise BadRequest(f"不支持的文件:{name[:100]}", hint="请上传 csv、tsv、txt 或 xlsx")
    words = as_named(table)
    if mapping is not None:
        data = mapping.file.read(MAX_MAPPING_BYTES + 1)
        words = parse_crm_mapping(data, table, file=mapping.filename or "mapping.yaml")
    with tempfile.TemporaryDirectory(prefix="callqa-") as folder:
        path = Path(folder) / f"{Path(name).stem[:100]}{Path(name).suffix.lower()}"
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        order = ImportOrder(table, [str(path)], source or table, words, dry_run=dry_run)
        set_access(
            None
        )  # whoever hands it in: a file is settled with the calls of all teams; holds in this thread alone
        report = run_import(services.settings, order)
    if report.problems:
        raise report.problems[0][1]
    return ImportBody.model_validate(report.document())


@router.post("/orders", summary="导入订单 · Import orders", responses=responses(413))
def import_orders(
    services: ServicesDep,
    file: Table,
    mapping: Mapping = None,
    source: Annotated[Source, Form(description="来源 · Name of the source", examples=["orders"])] = "orders",
    *,
    dry_run: DryRun = False,
) -> ImportBody:
    """The same as `callqa import orders`: every row stored or rejected with a reason, the newest version counts."""
    return _take(services, "orders", file, mapping, source, dry_run=dry_run)


@router.post("/tickets", summary="导入工单 · Import tickets", responses=responses(413))
def import_tickets(
    services: ServicesDep,
    file: Table,
    mapping: Mapping = None,
    source: Annotated[
        Source, Form(description="来源 · Name of the source", examples=["tickets"])
    ] = "tickets",
    *,
    dry_run: DryRun = False,
) -> ImportBody:
    """The same as `callqa import tickets`."""
    return _take(services, "tickets", file, mapping, source, dry_run=dry_run)


def _check_range(chosen: CrmFilter) -> CrmFilter:
    if chosen.first and chosen.last and chosen.first > chosen.last:
        raise BadRange(f"日期范围 {chosen.first} 到 {chosen.last} 不可用", hint="起始日不能晚于结束日")
    return chosen


@router.get("/orders", summary="订单 · Orders")
def orders(  # noqa: PLR0917 (query parameters)
    opened: ReadDep,
    first: First = None,
    last: Last = None,
    agent: Agent = "",
    team: Team = "",
    campaign: Campaign = "",
    status: Annotated[OrderStatus | None, Query(description="状态 · Status", examples=["won"])] = None,
    page: Page = 1,
    size: PageSize = 50,
) -> OrdersBody:
    """Orders by the day of their closing, else of their creation; the newest first."""
    chosen = _check_range(CrmFilter(first, last, agent, team, campaign, status))
    found = list_crm(opened, OrderRow, chosen, page=page, size=size)
    lines = [
        OrderLine.model_validate(row).model_copy(update={"call_id": found.call_of(row)}) for row in found.rows
    ]
    return OrdersBody(total=found.total, orders=lines)


@router.get("/tickets", summary="工单 · Tickets")
def tickets(  # noqa: PLR0917 (query parameters)
    opened: ReadDep,
    first: First = None,
    last: Last = None,
    agent: Agent = "",
    team: Team = "",
    campaign: Campaign = "",
    status: Annotated[TicketStatus | None, Query(description="状态 · Status", examples=["closed"])] = None,
    kind: Annotated[TicketKind | None, Query(description="类型 · Kind", examples=["complaint"])] = None,
    page: Page = 1,
    size: PageSize = 50,
) -> TicketsBody:
    """Tickets by the day of their opening, the newest first."""
    chosen = _check_range(CrmFilter(first, last, agent, team, campaign, status, kind))
    found = list_crm(opened, CrmTicketRow, chosen, page=page, size=size)
    lines = [
        TicketLine.model_validate(row).model_copy(update={"call_id": found.call_of(row)})
        for row in found.rows
    ]
    return TicketsBody(total=found.total, tickets=lines)
