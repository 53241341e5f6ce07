"""The web application: JSON API under /api/v1, pages, health."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.access import AccessGate
from api.deps import Services
from api.errors import install_error_handlers
from api.pages import error_page
from api.pages import router as pages
from api.routes import health, v1
from api.security import FORM_OVERHEAD_BYTES, MB, BodyLimit, SameSite, SecurityHeaders
from models.database import open_database
from models.settings import Settings
from models.storage import Storage
from models.version import code_version

UPLOAD_PATHS = frozenset({"/api/v1/calls", "/api/v1/orders", "/api/v1/tickets"})
DESCRIPTION = """\
电销通话质检:上传录音,得到文字稿、带证据的评分和异议分析。

* 错误一律为 `{"error": {"code", "message", "hint", "where"}}`,`hint` 说明下一步。
* 上传是幂等的:同一编号、同一内容得到同一张回执(200);201 之后录音必被评分,或带原因隔离。
* 时间是录音开头起的秒数(`*_s`)。
"""


def create_app(settings: Settings, *, hosts: Sequence[str] = ()) -> FastAPI:
    """The application for one process. `hosts` are the host names that it answers to; empty = any.

    The database need not answer yet: requests say so (503) until it does."""
    services = Services(settings, open_database(settings.database_url), Storage(settings.storage_url))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.engine.dispose()

    app = FastAPI(
        title="CallQA",
        version=code_version().split()[-1],
        summary="Speech-analytics call QA for Chinese telesales",
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=v1.TAGS,
        docs_url=None,  # the stock pages load scripts from a CDN; call centres run on intranets
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = services
    install_error_handlers(app, page=error_page)
    app.include_router(health.router)
    app.include_router(v1.router, prefix="/api/v1")
    app.include_router(pages)
    upload_bytes = settings.max_upload_mb * MB + FORM_OVERHEAD_BYTES
    app.add_middleware(AccessGate, services=services, page=error_page)
    app.add_middleware(BodyLimit, upload_paths=UPLOAD_PATHS, upload_bytes=upload_bytes)
    app.add_middleware(SameSite, hosts=hosts)
    app.add_middleware(SecurityHeaders)
    return app
