"""Forms as people keep them: spreadsheets and CSV files, honest and hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.form_file import MAX_UNPACKED_BYTES, parse_form, read_form
from qa_engine.errors import NotFound
from qa_engine.rubric.importing import BadForm

HEAD = ["一级指标", "评分项", "评分标准", "分值"]
ROWS = [["开场", "问候", "问候客户", 5], [None, "身份", "报公司", "5%"]]


def workbook(rows: Sequence[Sequence[object]] = (HEAD, *ROWS), *, merged: Sequence[str] = ()) -> Workbook:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "评分表"
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    return made


def data(made: Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def texts(source: bytes, **options: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in parse_form(source, file="form", **options).rows]


class TestSpreadsheets:
    def test_values_as_a_person_sees_them(self) -> None:
        made = workbook()
        made.active["D2"] = 0.05
        made.active["D2"].number_format = "0%"
        made.active["D3"] = 5.0
        assert texts(data(made))[1:] == [["开场", "问候", "问候客户", "5%"], ["", "身份", "报公司", "5"]]

    def test_a_merged_cell_is_the_same_cell_everywhere(self) -> None:
        sheet = parse_form(data(workbook(merged=["A2:A3"])), file="form.xlsx")
        assert sheet.rows[2][0] == sheet.rows[1][0]
        assert (sheet.rows[2][0].text, sheet.rows[2][0].name) == ("开场", "A2")

    def test_the_first_sheet_that_is_a_form_is_taken(self) -> None:
        made = workbook()
        made.create_sheet("说明", 0).append(["填写说明"])
        assert parse_form(data(made), file="form.xlsx").name == "评分表"

    def test_a_hidden_sheet_is_taken_by_name_only(self) -> None:
        made = workbook()
        made.create_sheet("旧版", 0).append(HEAD)
        made["旧版"].sheet_state = "hidden"
        assert parse_form(data(made), file="form.xlsx").name == "评分表"
        assert texts(data(made), sheet="旧版") == [HEAD]

    def test_a_sheet_that_is_not_there(self) -> None:
        with pytest.raises(BadForm, match="是不是想写 评分表"):
            parse_form(data(workbook()), file="form.xlsx", sheet="评分")

    def test_formulas_are_not_computed(self) -> None:
        """openpyxl saves no results beside formulas; nothing is made up for them."""
        rows = texts(data(workbook([HEAD, *ROWS, ["合计", None, None, "=SUM(D2:D3)"]])))
        assert rows[3] == ["合计", "", "", ""]

    def test_formatting_down_to_the_last_row_is_no_content(self) -> None:
        made = workbook()
        made.active["A1048576"].number_format = "0%"
        assert len(texts(data(made))) == 3


class TestTextFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_encodings_that_office_programs_write(self, encoding: str) -> None:
        assert texts("评分项,分值\n问候客户,5\n".encode(encoding)) == [["评分项", "分值"], ["问候客户", "5"]]

    @pytest.mark.parametrize("separator", [",", "\t", ";"])
    def test_separators(self, separator: str) -> None:
        line = separator.join(["评分项", "评分标准", "分值"])
        assert texts(f"{line}\n".encode()) == [["评分项", "评分标准", "分值"]]

    def test_line_breaks_inside_a_cell(self) -> None:
        assert texts('评分项,分值\n"1、问候\r\n2、报公司",5\n'.encode())[1] == ["1、问候\n2、报公司", "5"]


def bomb() -> bytes:
    """A small archive that unpacks to more than the limit."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (MAX_UNPACKED_BYTES + 1))
    return buffer.getvalue()


def with_part(source: bytes, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part))
    return buffer.getvalue()


def other_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("form.csv", "评分项\n问候")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
# What arrives, and a word of the error's message or next step.
HOSTILE = {
    "a spreadsheet with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "an old spreadsheet": (OLE + struct.pack("<H", 0x809), ".xls"),
    "a bomb": (bomb(), "超过上限"),
    "another archive": (other_zip(), "不是 .xlsx"),
    "half a file": (data(workbook())[:900], "损坏"),
    "only the mark of an archive": (b"PK\x03\x04", "损坏"),
    "entities": (with_part(data(workbook()), "xl/workbook.xml", ENTITIES), "实体"),
    "no XML": (with_part(data(workbook()), "xl/workbook.xml", b"<a"), "不是可读的 .xlsx"),
    "ten thousand rows": (data(workbook([HEAD, *[["开场", "问候", "问候", 1]] * 10_000])), "5,000 行"),
    "ten thousand lines": (("评分项,分值\n" + "问候,1\n" * 10_000).encode(), "5,000 行"),
    "a hundred columns": (data(workbook([["评分项"] * 100])), "最多"),
    "an empty sheet": (data(workbook([])), "空"),
    "an empty file": (b"", "空"),
    "a table of something else": (data(workbook([["姓名", "电话"], ["甲", "乙"]])), "姓名|电话"),
    "an open quote": ('评分项,分值\n"问候,5\n'.encode(), "引号"),
    "sound": (b"RIFF\x00\xff\xfe\x00WAVE", "UTF-8"),
    "another encoding": ("評分項,分值\n問候,5\n".encode("big5"), "UTF-8"),
}


@pytest.mark.parametrize(("source", "word"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_used_is_refused_by_name(source: bytes, word: str) -> None:
    with pytest.raises(BadForm) as caught:
        parse_form(source, file="form.xlsx")
    assert word in str(caught.value)
    assert caught.value.hint
    assert caught.value.where is not None


def test_the_row_of_a_fault_is_named() -> None:
    with pytest.raises(BadForm) as caught:
        parse_form(data(workbook([HEAD, *[["开场", "问候", "问候", 1]] * 10_000])), file="form.xlsx")
    assert str(caught.value.where) == "form.xlsx[评分表] row 5001"


def test_files_that_are_not_there_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        read_form(tmp_path / "none.xlsx")
    path = tmp_path / "form.csv"
    path.write_bytes("评分项\n问候\n".encode())
    assert read_form(path).file == "form.csv"
    monkeypatch.setattr("models.form_file.MAX_FILE_BYTES", 3)
    with pytest.raises(BadForm, match="超过"):
        read_form(path)
