"""Files over HTTP with byte ranges (RFC 9110 §14), from any storage: players seek by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.errors import HttpError, error_response
from models.storage import Storage

CHUNK_BYTES = 256 * 1024
ONE_RANGE = re.compile(r"\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes first..last, both included, of a file; last < first is an empty file."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class NotSatisfiable(HttpError):
    """The range begins behind the end of the file."""

    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(416, f"文件只有 {size} 字节", hint="请检查 Range 请求头")


def wanted_span(header: str | None, size: int) -> Span | None:
    """The bytes that a `Range` header asks for; None = the whole file: no header, another unit, a malformed one or
    several ranges, all of which a server may ignore. Raises `NotSatisfiable`."""
    unit, _, ranges = (header or "").partition("=")
    match = ONE_RANGE.fullmatch(ranges)
    if unit.strip().lower() != "bytes" or match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise NotSatisfiable(size)
        return Span(size - length, size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotSatisfiable(size)
    return Span(int(first), min(int(last), size - 1) if last else size - 1)


def file_response(
    request: Request, storage: Storage, key: str, *, media_type: str, etag: str | None, filename: str
) -> Response:
    """A stored file, whole or in part; `etag` without quotes. Raises `NotFound`, `StorageUnreachable`."""
    size = storage.size(key)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'inline; filename="{filename}"',
    }
    if etag:
        headers["ETag"] = f'"{etag}"'
    condition = request.headers.get("if-range")
    changed = condition is not None and condition != headers.get("ETag")
    try:
        span = None if changed else wanted_span(request.headers.get("range"), size)
    except NotSatisfiable as error:
        refusal = error_response(error)
        refusal.headers.update({**headers, "Content-Range": f"bytes */{size}"})
        return refusal
    whole = Span(0, size - 1)
    sent = span or whole
    headers["Content-Length"] = str(sent.length)
    if span:
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    status = 206 if span else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    file = storage.open(key)  # opened here, so that a missing file is a 404 and not a broken stream
    return _FileStream(file, sent, status, headers, media_type)


class _FileStream(StreamingResponse):
    """Closes the file also where the listener left before the first piece was read."""

    def __init__(
        self, file: BinaryIO, span: Span, status: int, headers: Mapping[str, str], media_type: str
    ) -> None:
        super().__init__(_chunks(file, span), status, headers, media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _chunks(file: BinaryIO, span: Span) -> Iterator[bytes]:
    with file:
        file.seek(span.first)
        left = span.length
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
