"""Errors for a reader in a browser: what happened and what to do next, in the page's dress."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import PlainTextResponse
from starlette.responses import Response

from api.errors import BadRequest, status_of
from api.pages.assets import PagesNotBuilt
from api.pages.rendering import render
from qa_engine.errors import CallQAError

WORDED = (403, 404, 503)
CLIENT, SERVER = 400, 500


def error_page(request: Request, error: CallQAError) -> Response:
    """The page for an expected error; handed to `install_error_handlers`."""
    status = status_of(error)
    try:
        return render(
            request,
            "errors/error.html",
            status=status,
            error=error,
            kind=_kind(error, status),
            back=_back(request),
        )
    except PagesNotBuilt as unbuilt:  # no page can be dressed without styles
        return PlainTextResponse(f"{error.message}\n{error.hint}\n{unbuilt.message}\n{unbuilt.hint}", status)


def _kind(error: CallQAError, status: int) -> str:
    """Which heading: a request that nobody can read, a step that was not taken, or a fault of ours."""
    if status in WORDED:
        return str(status)
    if isinstance(error, BadRequest):
        return "422"
    return "refused" if CLIENT <= status < SERVER else "500"


def _back(request: Request) -> str:
    """The page that the reader came from, "" where it is another site's or this one."""
    came = urlsplit(request.headers.get("referer", ""))
    is_here = request.method == "GET" and (came.path, came.query) == (request.url.path, request.url.query)
    if came.netloc != request.url.netloc or is_here:
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path
