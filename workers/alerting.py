"""Looks at the figures and sends messages, in one worker process at a time."""

from __future__ import annotations

import threading
import time

import structlog

from models.alert_rules import load_rules
from models.alert_watch import check_figures
from models.columns import utc_now
from models.database import session
from models.job_dispatch import drop_lease, hold_lease
from models.notify.deliver import send_waiting
from qa_engine.errors import CallQAError, Unavailable
from workers.tools import Tools

log = structlog.get_logger()

DUTY = "alerts"
DUTY_TTL_S = 120.0
SEND_EVERY_S = 2.0
STOP_WAIT_S = 5.0
"""What is cut off after that rolls back, and the next worker does it."""
MOST_OF_THE_TIME = 10
"""A look that took t seconds is followed by a pause of ten times t at least: alerts must not starve the boards."""


class AlertThread(threading.Thread):
    """Judges every `alert_every_s`, sends what is due every few seconds. What it leaves undone, the next one does."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(name="alerts", daemon=True)
        self._tools = tools
        self._stopping = threading.Event()
        self._look_at_s = time.monotonic()

    def stop(self) -> None:
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=STOP_WAIT_S)

    def tick(self) -> None:
        """One turn: take the duty, judge if it is time, send."""
        with session(self._tools.engine) as opened:
            if not hold_lease(opened, DUTY, holder=self._tools.worker, ttl_s=DUTY_TTL_S):
                return
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
        new = check_figures(self._tools.engine, self._tools.settings, book, utc_now())
        if new:
            log.info("alerts.found", hits=new)

    def run(self) -> None:
        while not self._stopping.wait(SEND_EVERY_S):
            try:
                self.tick()
            except Unavailable as error:
                log.warning("alerts.later", error=error.code)
            except Exception:
                log.exception("alerts.failed")  # one odd figure must not end all alerts
        try:
            with session(self._tools.engine) as opened:
                drop_lease(opened, DUTY, holder=self._tools.worker)
        except Unavailable:
            log.warning("alerts.duty_not_handed_over")
