"""Reads calls.csv: which file is which call, and what the dialer knows about it."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from qa_engine.calls import CallFacts, FactValue
from qa_engine.dialer.tables import decode_table
from qa_engine.errors import BadInput, NotFound, Where

FACT_COLUMNS = (
    "agent_id",
    "agent_name",
    "team_id",
    "campaign",
    "direction",
    "disposition",
    "customer_id",
)
KNOWN_COLUMNS = frozenset(
    {
        *FACT_COLUMNS,
        *("file", "customer_file", "customer_offset_s"),
        *("call_id", "transcript", "started_at", "agent_channel"),
    }
)
MAX_MANIFEST_BYTES = 64_000_000
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S")


class BadManifest(BadInput):
    """A calls.csv, or one row of it, that cannot be used."""

    code = "bad_manifest"


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """The customer's side of a call that was recorded as two files. `offset_s`: it begins that much after the agent's."""

    path: Path
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One call of the table. `row` is the 1-based data row; paths are resolved against the table's folder."""

    row: int
    file: Path
    call_id: str | None
    facts: CallFacts
    agent_channel: int | None = None
    transcript: Path | None = None
    customer: CustomerFile | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The usable rows, and what is wrong with the others."""

    rows: tuple[ManifestRow, ...]
    problems: tuple[BadManifest, ...]
    encoding: str


def parse_time(value: str, zone: ZoneInfo) -> datetime | None:
    """A time as dialers write it; without offset it is local time in `zone`. None for an empty value.

    Raises ValueError."""
    text = value.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for pattern in TIME_FORMATS:
            try:
                moment = datetime.strptime(text, pattern)  # noqa: DTZ007 (the zone is added below)
                break
            except ValueError:
                continue
        else:
            raise
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _channel(value: str) -> int | None:
    if not value:
        return None
    if not re.fullmatch(r"[01]", value):
        raise ValueError(value)
    return int(value)


def _named(number: int, header: list[str], cells: list[str], file: str) -> dict[str, str]:
    if len(cells) != len(header):
        raise BadManifest(
            f"有 {len(cells)} 列,列名有 {len(header)} 个",
            hint="含逗号的内容请加英文双引号",
            where=Where(file, row=number),
        )
    return dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _row(number: int, cells: dict[str, str], folder: Path, zone: ZoneInfo, file: str) -> ManifestRow:
    where = Where(file, row=number)
    if not cells.get("file"):
        raise BadManifest("file 列为空", hint="请填写录音文件名(相对于表格所在文件夹)", where=where)
    try:
        started_at = parse_time(cells.get("started_at", ""), zone)
    except ValueError as error:
        raise BadManifest(
            f"started_at 不是时间:{cells['started_at']}", hint="例如 2026-11-02 15:08:31", where=where
        ) from error
    try:
        channel = _channel(cells.get("agent_channel", ""))
    except ValueError as error:
        raise BadManifest(
            f"agent_channel 应为 0 或 1:{cells['agent_channel']}",
            hint="0 = 左声道是坐席,1 = 右声道",
            where=where,
        ) from error
    extra: dict[str, FactValue] = {
        key: value for key, value in cells.items() if key not in KNOWN_COLUMNS and value
    }
    facts = CallFacts(
        started_at=started_at, extra=extra, **{name: cells.get(name) or None for name in FACT_COLUMNS}
    )
    transcript = folder / cells["transcript"] if cells.get("transcript") else None
    return ManifestRow(
        number,
        folder / cells["file"],
        cells.get("call_id") or None,
        facts,
        channel,
        transcript,
        _customer(cells, channel, folder, where),
    )


def _customer(cells: dict[str, str], channel: int | None, folder: Path, where: Where) -> CustomerFile | None:
    name, offset = cells.get("customer_file", ""), cells.get("customer_offset_s", "")
    if not name:
        return None
    if channel == 1:
        raise BadManifest(
            "agent_channel 为 1,但 customer_file 说双方各有一个文件",
            hint="file 填坐席一方的录音,agent_channel 留空",
            where=where,
        )
    try:
        offset_s = float(offset or 0)
    except ValueError:
        offset_s = math.nan
    if not math.isfinite(offset_s):
        raise BadManifest(
            f"customer_offset_s 不是秒数:{offset}",
            hint="客户录音比坐席录音晚开始的秒数,例如 0.35;早开始则为负数",
            where=where,
        )
    return CustomerFile(folder / name, offset_s)


def parse_manifest(data: bytes, *, folder: Path, zone: ZoneInfo, file: str = "calls.csv") -> Manifest:
    """Reads a table. Raises `BadManifest` or `BadEncoding` where no row can be read; a bad row is a problem."""
    text, encoding = decode_table(data, file=file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[ManifestRow] = []
    problems: list[BadManifest] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if "file" not in header or len(set(header)) != len(header):
            raise BadManifest(
                f"第一行应为列名,且必须有 file 列,列名不得重复;读到:{','.join(header)[:200] or '空'}",
                hint="列名:file,call_id,agent_id,agent_name,team_id,campaign,direction,started_at,…",
                where=Where(file, 1),
            )
        number = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            try:
                named = _named(number, header, cells, file)
                rows.append(_row(number, named, folder, zone, file))
            except BadManifest as problem:
                problems.append(problem)
    except csv.Error as error:
        raise BadManifest(
            f"不是合法的 CSV:{error}", hint="请检查引号是否成对", where=Where(file, reader.line_num)
        ) from error
    return Manifest(tuple(rows), tuple(problems), encoding)


def read_manifest(path: Path, *, zone: ZoneInfo) -> Manifest:
    """`parse_manifest` of a file. Raises `NotFound` too."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound("找不到清单文件", hint="请检查路径", where=Where(str(path))) from error
    if len(data) > MAX_MANIFEST_BYTES:
        raise BadManifest(
            f"清单超过 {MAX_MANIFEST_BYTES // 1_000_000} MB", hint="请按天拆分清单", where=Where(path.name)
        )
    return parse_manifest(data, folder=path.parent, zone=zone, file=path.name)
