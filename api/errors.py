"""Every error leaves the service in one shape: `{"error": {code, message, hint, where}}` with its HTTP status."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa_engine.errors import BadInput, CallQAError, NotFound, Unavailable

log = structlog.get_logger(__name__)

ErrorPage = Callable[[Request, CallQAError], Response]
"""Renders an error for a reader in a browser; pages hand one in, JSON is the fallback."""


class WhereBody(BaseModel):
    """Place of a fault in an input; 1-based."""

    file: str | None = Field(None, examples=["calls.csv"])
    line: int | None = Field(None, examples=[12])
    column: int | None = Field(None, examples=[7])
    row: int | None = Field(None, examples=[3])


class ErrorBody(BaseModel):
    """What was found, and what to do next."""

    code: str = Field(description="Stable and machine readable", examples=["not_found"])
    message: str = Field(examples=["没有这通电话:c-001"])
    hint: str = Field(
        description="What to do next; may be empty", examples=["用 GET /api/v1/calls 查看已有的电话"]
    )
    where: WhereBody | None = None


class ErrorReply(BaseModel):
    """The body of every answer with a status of 400 or more."""

    error: ErrorBody


class BadRequest(BadInput):
    """A parameter or form field that does not have its type, range or form."""

    code = "bad_request"


class CrossSite(BadInput):
    """A browser was made to send a change from another site."""

    code = "cross_site"
    http_status = 403


class BodyTooLarge(BadInput):
    """A request body over the cap; found while streaming, before anything is kept."""

    code = "body_too_large"
    http_status = 413


class DiskFull(Unavailable):
    """The disk under the database or the recordings is full; nothing was accepted."""

    code = "disk_full"
    http_status = 507


class StorageUnavailable(Unavailable):
    """The place of the recordings cannot be written or read."""

    code = "storage_unavailable"


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or is not migrated."""

    code = "database_unavailable"


class InternalError(CallQAError):
    """A defect of CallQA itself; details are in the log, never in the answer."""

    code = "internal_error"


class HttpError(CallQAError):
    """A plain HTTP refusal (unknown route, method not allowed …) in our shape; status per instance."""

    code = "http_error"

    def __init__(self, status: int, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNMIGRATED = ("no such table", "no such column", "undefinedtable", "undefinedcolumn")
_HTTP_MESSAGES: Mapping[int, tuple[str, str]] = {
    400: ("请求无法解析", "请检查请求的格式,例如 multipart 表单是否完整"),
    404: ("没有这个地址", "接口清单见 /openapi.json"),
    405: ("这个地址不支持该方法", "允许的方法见响应头 Allow"),
    415: ("不支持的内容类型", "请检查 Content-Type"),
}


def as_callqa_error(error: BaseException) -> CallQAError | None:
    """The expected error behind a library's exception (disk full, database away …); None for defects."""
    if isinstance(error, Unavailable) and isinstance(error.__cause__, DBAPIError):
        return _database_error(error.__cause__) or error  # a full disk has its own next step
    if isinstance(error, CallQAError):
        return error
    if isinstance(error, DBAPIError):
        return _database_error(error)
    return _storage_error(error) if isinstance(error, OSError) else None


def _storage_error(error: OSError) -> CallQAError | None:
    if error.errno in _FULL:
        return DiskFull("磁盘空间不足,本次没有保存任何内容", hint="请清理磁盘或更换存储位置后重试")
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}:
        return StorageUnavailable(
            f"存储位置无法读写({error.strerror})", hint="请检查 CALLQA_STORAGE_URL 指向的位置和权限"
        )
    return None


def _database_error(error: DBAPIError) -> CallQAError | None:
    detail = f"{type(error.orig).__name__} {error.orig}".lower()
    if "disk is full" in detail or "disk full" in detail or "diskfull" in detail:
        return DiskFull("数据库所在磁盘已满,本次没有保存任何内容", hint="请清理磁盘后重试")
    if any(mark in detail for mark in _UNMIGRATED):
        return DatabaseUnavailable("数据库还没有迁移到当前版本", hint="请运行 callqa db upgrade")
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return DatabaseUnavailable(
            "数据库暂时不可用", hint="请检查 CALLQA_DATABASE_URL 和数据库服务,或运行 callqa doctor"
        )
    return None


def status_of(error: CallQAError) -> int:
    """HTTP status that answers this error."""
    return error.status if isinstance(error, HttpError) else error.http_status


def error_reply(error: CallQAError) -> ErrorReply:
    """The JSON body of an error."""
    where = WhereBody.model_validate(error.where, from_attributes=True) if error.where else None
    return ErrorReply(error=ErrorBody(code=error.code, message=error.message, hint=error.hint, where=where))


def error_response(error: CallQAError) -> JSONResponse:
    """The JSON answer of an error."""
    headers = {"Retry-After": "5"} if isinstance(error, Unavailable) else None
    return JSONResponse(error_reply(error).model_dump(), status_of(error), headers)


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """OpenAPI entries of a route's error answers."""
    return {status: {"model": ErrorReply, "description": _DESCRIPTIONS[status]} for status in statuses}


_DESCRIPTIONS: Mapping[int, str] = {
    404: "没有这通电话(或其结果还没有)· Not found",
    409: "与已存内容冲突 · Conflict",
    413: "内容过大 · Body too large",
    415: "不是可用的录音 · Unsupported media",
    416: "Range 超出文件 · Range not satisfiable",
    422: "参数或内容有误 · Invalid input",
    503: "数据库或存储暂时不可用 · Unavailable, retry later",
    507: "磁盘空间不足 · Disk full",
}


_FAULTS: Mapping[str, str] = {
    "missing": "没有填写",
    "enum": "不认识的值,可用 {expected}",
    "literal_error": "不认识的值,可用 {expected}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期,如 2026-11-14",
    "date_parsing": "应为日期,如 2026-11-14",
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
}
"""What pydantic found, in the reader's language; what is not here is said as pydantic says it."""


def _from_validation(error: RequestValidationError, *, on_page: bool) -> CallQAError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in {"query", "body", "path", "header"})
    said = _FAULTS[first["type"]].format(**first.get("ctx", {})) if first["type"] in _FAULTS else first["msg"]
    return BadRequest(
        f"参数 {place or '请求体'}:{said}",
        hint="请从页面上的链接或表单进入" if on_page else "参数的类型和范围见 /openapi.json",
    )


def _from_http(error: HTTPException, *, on_page: bool) -> CallQAError:
    cause = as_callqa_error(error.__cause__) if error.__cause__ else None
    if cause is not None:  # FastAPI wraps what breaks while it reads a form, a full disk too
        return cause
    if error.status_code == NotFound.http_status:
        message, hint = _HTTP_MESSAGES[404]
        return NotFound(message, hint="请检查链接是否完整,或从上面的菜单进入" if on_page else hint)
    message, hint = _HTTP_MESSAGES.get(error.status_code, (str(error.detail), ""))
    return HttpError(error.status_code, message, hint=hint)


def wants_page(request: Request) -> bool:
    """Whether a person in a browser asks: an HTML-accepting request outside the JSON API."""
    return not request.url.path.startswith(("/api/", "/healthz", "/readyz", "/openapi")) and "text/html" in (
        request.headers.get("accept", "")
    )


def install_error_handlers(app: FastAPI, *, page: ErrorPage | None = None) -> None:
    """Registers the handlers. `page` renders errors for browsers; without it everybody gets JSON."""

    def answer(request: Request, error: CallQAError, headers: Mapping[str, str] | None = None) -> Response:
        response = page(request, error) if page and wants_page(request) else error_response(error)
        response.headers.update(headers or {})
        return response

    def on_expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, CallQAError)
        return answer(request, as_callqa_error(error) or error)

    def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, _from_validation(error, on_page=wants_page(request)))

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, _from_http(error, on_page=wants_page(request)), error.headers)

    def on_library(request: Request, error: Exception) -> Response:
        expected = as_callqa_error(error)
        if expected is None:
            return on_defect(request, error)
        log.warning("request.unavailable", path=request.url.path, code=expected.code)
        return answer(request, expected)

    def on_defect(request: Request, error: Exception) -> Response:
        log.error("request.failed", path=request.url.path, error=type(error).__name__)
        return answer(
            request, InternalError("服务内部出错", hint="请把时间和操作告诉管理员,细节在服务日志里")
        )

    app.add_exception_handler(CallQAError, on_expected)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(SQLAlchemyError, on_library)
    app.add_exception_handler(OSError, on_library)
    app.add_exception_handler(Exception, on_defect)
