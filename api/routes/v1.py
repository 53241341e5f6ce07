"""Everything under /api/v1, and the groups in which the documentation shows it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.errors import responses
from api.routes import (
    alerts,
    appeals,
    audio,
    calls,
    clips,
    coaching,
    comments,
    crm,
    drafts,
    edits,
    figures,
    imports,
    jobs,
    kpi,
    playlists,
    releases,
    results,
    reviews,
    rubrics,
    scorecards,
    search,
    skills,
    summary,
    targets,
    uploads,
)

TAGS: list[dict[str, Any]] = [
    {"name": "calls", "description": "通话:上传、列表、重试 · Calls"},
    {"name": "results", "description": "一通电话的文字稿、评分、分析 · What was heard and judged"},
    {"name": "audio", "description": "录音与波形 · Sound and waveform"},
    {"name": "rubrics", "description": "质检表 · Rubrics"},
    {"name": "drafts", "description": "质检表草稿、回测、发布 · Drafts of rubrics, back-tests, releases"},
    {"name": "overview", "description": "汇总与进度 · Figures and progress"},
    {"name": "alerts", "description": "预警、归因工单、归因 · Alerts, tickets, attribution"},
    {"name": "coaching", "description": "辅导与实验 · Coaching and experiments"},
    {"name": "reviews", "description": "人工复核与队列 · Reviews and their queues"},
    {"name": "search", "description": "在所有文字稿里搜索 · Search in every transcript"},
    {"name": "appeals", "description": "申诉与成绩确认 · Appeals and acknowledgement"},
    {"name": "comments", "description": "批注与提到的人 · Comments and mentions"},
    {"name": "scorecards", "description": "成绩单与权重 · Scorecards and weights"},
    {"name": "targets", "description": "目标:拆分、路径、校准 · Targets: split, path, calibration"},
    {"name": "library", "description": "案例库、课程、候选 · Example library, playlists, candidates"},
    {"name": "imports", "description": "导入与数据来源 · Imports and sources"},
    {"name": "health", "description": "存活与就绪 · Liveness and readiness"},
]
router = APIRouter(responses=responses(422, 503))
for part in (
    uploads,
    calls,
    results,
    audio,
    rubrics,
    summary,
    kpi,
    figures,
    skills,
    crm,
    jobs,
    alerts,
    coaching,
    imports,
    scorecards,
    targets,
    reviews,
    edits,
    search,
    appeals,
    comments,
    drafts,
    releases,
    clips,
    playlists,
):
    router.include_router(part.router)
