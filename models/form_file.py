"""Reads a company's QA form from a spreadsheet or CSV file into a `Sheet`, within limits.

Spreadsheets come from strangers: they are read as values, never computed; a zip that unpacks to more than the limit, a
password, an old or foreign format and document types with entities are refused by name.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_engine.dialer.tables import BadEncoding, decode_table
from qa_engine.errors import NotFound, Where
from qa_engine.rubric.importing.rows import read_rows
from qa_engine.rubric.importing.sheet import MAX_COLUMNS, MAX_ROWS, BadForm, Sheet, sheet_of
from qa_engine.rubric.problems import did_you_mean

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MAX_FILE_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 40_000_000
"""XML of all parts together. openpyxl needs about ten times as much memory."""
MAX_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_form(path: Path, *, sheet: str | None = None) -> Sheet:
    """The sheet named, else the first one on which the columns of a form are found. Raises `NotFound`, `BadForm`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path))) from error
    except OSError as error:
        raise BadForm(f"文件无法读取:{error.strerror}", hint="请检查权限", where=Where(str(path))) from error
    if len(data) > MAX_FILE_BYTES:
        message = f"文件超过 {MAX_FILE_BYTES // 1_000_000} MB"
        raise BadForm(message, hint="请只保留评分表,去掉图片和附件", where=Where(path.name))
    return parse_form(data, file=path.name, sheet=sheet)


def parse_form(data: bytes, *, file: str, sheet: str | None = None) -> Sheet:
    """`read_form` of bytes. What kind of file it is says its content, not its name."""
    if data.startswith(_OLE):
        locked = _ENCRYPTED in data
        found = "文件有打开密码" if locked else "这是旧版 Excel(.xls)文件"
        hint = "在 Excel 里去掉密码后另存" if locked else "在 Excel 里另存为 .xlsx"
        raise BadForm(f"{found},需要没有密码的 .xlsx 或 .csv", hint=hint, where=Where(file))
    if data.startswith(b"PK"):
        return _spreadsheet(data, file, sheet)
    if sheet is not None:
        raise BadForm("CSV 文件没有工作表", hint="去掉 --sheet", where=Where(file))
    return _csv(data, file)


def _csv(data: bytes, file: str) -> Sheet:
    try:
        text, _ = decode_table(data, file=file)
    except BadEncoding as error:
        raise BadForm(error.message, hint=error.hint, where=error.where) from error
    first = text[:4_000].split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MAX_ROWS and any(cell.strip() for cell in row):
                message = f"表格超过 {MAX_ROWS:,} 行"
                raise BadForm(message, hint="请只保留评分表本身", where=Where(file, row=len(rows)))
    except csv.Error as error:
        hint = "请检查引号是否成对,或在 Excel 里另存为 .xlsx"
        raise BadForm(f"不是合法的 CSV:{error}", hint=hint, where=Where(file, row=len(rows) + 1)) from error
    return sheet_of(rows, file=file)


def _spreadsheet(data: bytes, file: str, wanted: str | None) -> Sheet:
    workbook = _opened(data, file)
    names = [ws.title for ws in workbook.worksheets]
    if wanted is not None:
        if wanted not in names:
            message = f"没有工作表“{wanted}”"
            raise BadForm(message, hint=did_you_mean(wanted, names), where=Where(file))
        return _sheet(workbook[wanted], file)
    first_error: BadForm | None = None
    for ws in workbook.worksheets:
        if ws.sheet_state != "visible":
            continue
        try:
            sheet = _sheet(ws, file)
            read_rows(sheet)
        except BadForm as error:
            first_error = first_error or error
        else:
            return sheet
    raise first_error or BadForm("没有可见的工作表", hint="用 --sheet 指定工作表", where=Where(file))


def _opened(data: bytes, file: str) -> Workbook:
    from openpyxl import load_workbook  # noqa: PLC0415 (slow to load, for this alone)

    _check_zip(data, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that a form does not need
            return load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parts raise on broken files
        message = f"不是可读的 .xlsx 文件({type(error).__name__})"
        hint = "在 Excel 或 WPS 里打开后另存为 .xlsx,或另存为 CSV UTF-8"
        raise BadForm(message, hint=hint, where=Where(file)) from error


def _check_zip(data: bytes, file: str) -> None:
    """Refuses archives that unpack to too much, and XML that defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
                message = f"文件解开后有 {unpacked:,} 字节、{len(parts):,} 个部分,超过上限 {MAX_UNPACKED_BYTES:,} 字节"
                raise BadForm(message, hint="请只保留评分表,去掉图片和附件", where=Where(file))
            if any(part.flag_bits & 1 for part in parts):
                raise BadForm("压缩包有密码", hint="请去掉密码后另存为 .xlsx", where=Where(file))
            if "[Content_Types].xml" not in archive.namelist():
                raise BadForm("是压缩包,不是 .xlsx 文件", hint="请先解压,再导入其中的表格", where=Where(file))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _ENTITY.search(archive.read(part)[:100_000]):
                    message = f"{part.filename[:60]} 里有文档类型或实体定义"
                    raise BadForm(message, hint="请在 Excel 里重新另存", where=Where(file))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        hint = "文件可能没有下载完整;请重新导出"
        raise BadForm("文件已损坏,不是可读的 .xlsx", hint=hint, where=Where(file)) from error


def _sheet(ws: Worksheet, file: str) -> Sheet:
    rows = _rows(ws, file)
    blocks = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in ws.merged_cells.ranges]
    return sheet_of(rows, file=file, name=ws.title, merged=blocks)


def _rows(ws: Worksheet, file: str) -> list[list[str]]:
    """Rows as text. Rows and columns that only carry formatting are not counted.

    The cells that exist are read: openpyxl's own walk over rows makes every cell up to the last one formatted, a minute
    and gigabytes for a form whose last row of the sheet has a colour."""
    texts = {
        place: text
        for place, cell in ws._cells.items()  # noqa: SLF001
        if (text := _text(cell.value, cell.number_format)).strip()
    }
    if not texts:
        return []
    last, width = max(row for row, _ in texts), max(column for _, column in texts)
    if last > MAX_ROWS:
        where = Where(f"{file}[{ws.title}]", row=MAX_ROWS + 1)
        raise BadForm(f"表格超过 {MAX_ROWS:,} 行", hint="请只保留评分表本身", where=where)
    if width > MAX_COLUMNS:
        where = Where(f"{file}[{ws.title}]")
        raise BadForm(f"表格有 {width} 列,最多 {MAX_COLUMNS} 列", hint="请只保留评分表本身", where=where)
    return [[texts.get((row, column), "") for column in range(1, width + 1)] for row in range(1, last + 1)]


def _text(value: Any, number_format: str) -> str:
    """A value as a person sees it in the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if "%" in number_format:
            return f"{value * 100:.6g}%"
        return f"{value:.10g}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
