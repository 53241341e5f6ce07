"""Transcripts made elsewhere: a `callqa.transcript/1` file takes the place of sound and recogniser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from qa_engine.calls import Call
from qa_engine.errors import NotFound, Where
from qa_engine.exchange import BadTranscript, parse_call

# A two-hour call with words is about 4 MB; more is not a transcript.
MAX_BYTES: Final = 64_000_000


def import_transcript(path: str | Path) -> Call:
    """Reads a transcript file; a byte-order mark is allowed. Raises BadTranscript (with file and place), NotFound.

    The call has no `signals`: conditions on sound are unknown for it, never failed."""
    source = Path(path)
    where = Where(source.name)
    try:
        size = source.stat().st_size
        if size > MAX_BYTES:
            raise BadTranscript(
                f"文件有 {size / 1e6:.0f} MB,最多 {MAX_BYTES // 1_000_000} MB",
                hint="请确认这是一通电话的 callqa.transcript/1 文件",
                where=where,
            )
        data = source.read_bytes()
    except OSError as error:
        raise NotFound("读不到转写文件", hint="请检查路径和读取权限", where=where) from error
    if not data:
        raise BadTranscript("文件是空的(0 字节)", hint="需要 callqa.transcript/1 文档", where=where)
    return parse_call(data.removeprefix(b"\xef\xbb\xbf"), file=source.name)
