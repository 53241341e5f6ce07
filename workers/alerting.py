"""Looks at the figures and sends messages, in one worker process at a time."""

from __future__ import annotations

import time

import structlog

from models.alert_rules import load_rules
from models.alert_watch import check_figures
from models.clock import now_of
from models.notify.deliver import send_waiting
from qa_engine.errors import CallQAError
from workers.duty import DutyThread
from workers.tools import Tools

log = structlog.get_logger()

MOST_OF_THE_TIME = 10
"""A look that took t seconds is followed by a pause of ten times t at least: alerts must not starve the boards."""


class AlertThread(DutyThread):
    """Judges every `alert_every_s`, sends what is due every few seconds."""

    duty, every_s, ttl_s = "alerts", 2.0, 120.0

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._look_at_s = time.monotonic()

    def turn(self) -> None:
        started_s = time.monotonic()
        if started_s >= self._look_at_s:
            self._look()
            now_s = time.monotonic()
            pause_s = max(self._tools.settings.alert_every_s, MOST_OF_THE_TIME * (now_s - started_s))
            self._look_at_s = now_s + pause_s
        send_waiting(self._tools.engine, self._tools.settings)

    def _look(self) -> None:
        try:
            book = load_rules(self._tools.settings)
        except CallQAError as error:
            log.warning("alerts.bad_rules", error=error.code, where=str(error.where))
            return
        new = check_figures(self._tools.engine, self._tools.settings, book, now_of(self._tools.settings))
        if new:
            log.info("alerts.found", hits=new)
