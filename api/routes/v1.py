"""Everything under /api/v1, and the groups in which the documentation shows it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.errors import responses
from api.routes import alerts, audio, calls, coaching, jobs, kpi, results, rubrics, summary, uploads

TAGS: list[dict[str, Any]] = [
    {"name": "calls", "description": "通话:上传、列表、重试 · Calls"},
    {"name": "results", "description": "一通电话的文字稿、评分、分析 · What was heard and judged"},
    {"name": "audio", "description": "录音与波形 · Sound and waveform"},
    {"name": "rubrics", "description": "质检表 · Rubrics"},
    {"name": "overview", "description": "汇总与进度 · Figures and progress"},
    {"name": "alerts", "description": "预警、归因工单、归因 · Alerts, tickets, attribution"},
    {"name": "coaching", "description": "辅导与实验 · Coaching and experiments"},
    {"name": "health", "description": "存活与就绪 · Liveness and readiness"},
]
router = APIRouter(responses=responses(422, 503))
for part in (uploads, calls, results, audio, rubrics, summary, kpi, jobs, alerts, coaching):
    router.include_router(part.router)
