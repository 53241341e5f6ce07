"""Pulls the sources of `CALLQA_SOURCES` when they are due."""

from __future__ import annotations

import structlog

from models.columns import utc_now
from models.pull import due_sources, pull
from models.pull_plan import load_sources
from qa_engine.errors import CallQAError, Conflict
from workers.duty import DutyThread

log = structlog.get_logger()


class PullThread(DutyThread):
    """Looks every few seconds; a pull may outlast the duty's own lease, so that each source has one of its own."""

    duty, every_s, ttl_s = "pull", 5.0, 60.0

    def turn(self) -> None:
        tools = self._tools
        try:
            plans = load_sources(tools.settings)
        except CallQAError as error:
            log.warning("pull.no_plan", error=error.code)
            return
        for plan in due_sources(tools.engine, plans, utc_now()):
            if self._stopping.is_set():
                return
            try:
                report = pull(tools.engine, tools.settings, plan, holder=tools.worker)
            except Conflict:
                continue  # a hand-started pull is at it
            except CallQAError as error:
                log.warning("pull.failed", source=plan.name, error=error.code)
                continue
            stored = sum(count.stored for count in report.files.values()) if report else 0
            if report is not None and report.problems:
                log.warning("pull.partial", source=plan.name, stored=stored, problems=len(report.problems))
            else:
                log.info("pull.done", source=plan.name, stored=stored)
