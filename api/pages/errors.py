"""Errors for a reader in a browser: what happened and what to do next, in the page's dress."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import PlainTextResponse
from starlette.responses import Response

from api.errors import status_of
from api.pages.assets import PagesNotBuilt
from api.pages.rendering import render
from qa_engine.errors import CallQAError

WORDED = (403, 404, 422, 503)


def error_page(request: Request, error: CallQAError) -> Response:
    """The page for an expected error; handed to `install_error_handlers`."""
    status = status_of(error)
    kind = status if status in WORDED else 500
    try:
        return render(request, "errors/error.html", status=status, error=error, kind=kind)
    except PagesNotBuilt as unbuilt:  # no page can be dressed without styles
        return PlainTextResponse(f"{error.message}\n{error.hint}\n{unbuilt.message}\n{unbuilt.hint}", status)
