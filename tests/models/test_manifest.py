"""calls.csv: every encoding that Excel writes here, and errors that name the row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.manifest import BadManifest, Manifest, parse_manifest, parse_time, read_manifest
from qa_engine.dialer.tables import BadEncoding
from qa_engine.errors import NotFound

ZONE = ZoneInfo("Asia/Shanghai")
TABLE = """file,call_id,agent_id,agent_name,team_id,campaign,direction,started_at,disposition,customer_id,agent_channel,城市
a.wav,C1,A1,王芳,T1,保险,outbound,2026-11-02 15:08:31,SALE,K1,0,上海

b.wav,,A2,"钱,立伟",,,,,,,1,
"""


def parse(text: str | bytes) -> Manifest:
    data = text if isinstance(text, bytes) else text.encode()
    return parse_manifest(data, folder=Path("/in"), zone=ZONE)


def test_rows_become_facts() -> None:
    first, second = parse(TABLE).rows
    assert (first.file, first.call_id, first.agent_channel) == (Path("/in/a.wav"), "C1", 0)
    assert first.facts.agent_name == "王芳"
    assert first.facts.started_at == datetime(2026, 11, 2, 7, 8, 31, tzinfo=UTC)
    assert first.facts.extra == {"城市": "上海"}
    assert (second.call_id, second.facts.campaign, second.agent_channel) == (None, None, 1)
    assert second.facts.agent_name == "钱,立伟"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings_of_excel_are_told_apart(encoding: str, named: str) -> None:
    manifest = parse(TABLE.encode(encoding))
    assert manifest.encoding == named
    assert manifest.rows[0].facts.agent_name == "王芳"
    assert manifest.rows[0].facts.extra == {"城市": "上海"}


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode("utf-16-le"),
        "file,agent_name\na.wav,陳麗華\nb.wav,鄭國榮\n".encode("big5"),  # decodes as GBK, into nonsense
        "file,agent_name\na.wav,José Peña Ñúñez\n".encode("latin-1"),
        b"PK\x03\x04\x14\x00\x06\x00",  # a workbook, renamed
        b"file,agent_name\na.wav,\xff\xfe\xfd\n",
    ],
    ids=["utf-16 without mark", "big5", "latin-1", "xlsx", "noise"],
)
def test_other_encodings_are_refused_with_a_next_step(data: bytes) -> None:
    with pytest.raises(BadEncoding, match="UTF-8") as caught:
        parse(data)
    assert caught.value.http_status == 422


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (",C9,,,,,,,,,,", "file 列为空"),
        ("c.wav,C9,,,,,,昨天,,,,", "started_at 不是时间:昨天"),
        ("c.wav,C9,,,,,,,,,左,", "agent_channel 应为 0 或 1:左"),
        ("c.wav,C9", "有 2 列"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_on(line: str, found: str) -> None:
    manifest = parse(TABLE + line + "\n")
    assert len(manifest.rows) == 2
    (problem,) = manifest.problems
    assert found in problem.message
    assert problem.hint
    assert str(problem.where) == "calls.csv row 3"


@pytest.mark.parametrize(
    "text",
    ["", "agent,call\n1,2\n", "file,file\na,b\n", 'file,agent_id\n"a.wav,1\n'],
    ids=["empty", "no file column", "column twice", "quote left open"],
)
def test_a_table_that_cannot_be_read_at_all(text: str) -> None:
    with pytest.raises(BadManifest, match=r"calls\.csv"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02T15:08:31+08:00",
        "2026-11-02 15:08:31",
        "2026/11/2 15:08:31",  # what Excel makes of it
        "20261102150831",
        "2026-11-02T07:08:31Z",
    ],
)
def test_times_as_dialers_write_them(text: str) -> None:
    assert parse_time(text, ZONE) == datetime(2026, 11, 2, 7, 8, 31, tzinfo=UTC)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"calls\.csv"):
        read_manifest(tmp_path / "calls.csv", zone=ZONE)
