"""Liveness and readiness, for load balancers and `callqa doctor`."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import ServicesDep
from api.errors import DatabaseUnavailable, responses
from models.migrations import is_current
from models.version import code_version

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["callqa 0.1.0"])


@router.get("/healthz", summary="进程存活 · Alive")
async def healthz() -> Health:
    """Touches nothing but this process."""
    return Health(status="ok", version=code_version())


@router.get("/readyz", summary="可以接活 · Ready", responses=responses(503))
def readyz(services: ServicesDep) -> Health:
    """Ready when the database answers with the current schema and the storage is there."""
    if not is_current(services.settings.database_url):
        raise DatabaseUnavailable("数据库还没有迁移到当前版本", hint="请运行 callqa db upgrade")
    return Health(status="ready", version=code_version())
