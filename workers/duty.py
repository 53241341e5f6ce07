"""Work that one worker process at a time does beside its jobs: a thread that holds a lease while it does it."""

from __future__ import annotations

import threading

import structlog

from models.database import session
from models.job_dispatch import drop_lease, hold_lease
from qa_engine.errors import Unavailable
from workers.tools import Tools

log = structlog.get_logger()

FIRST_AFTER_S = 5.0
"""The longest wait for the first turn: a process that is restarted often must come to its hourly duties too."""


class DutyThread(threading.Thread):
    """Calls `turn` every `every_s` seconds while no other process holds the duty. What a turn leaves undone, the next one
    does, here or elsewhere: after `stop_wait_s` a turn is cut off at shutdown, and its transaction rolls back."""

    duty: str
    every_s: float
    ttl_s: float
    stop_wait_s: float = 5.0

    def __init__(self, tools: Tools) -> None:
        super().__init__(name=self.duty, daemon=True)
        self._tools = tools
        self._stopping = threading.Event()

    def turn(self) -> None:
        """One piece of work; the duty is held."""
        raise NotImplementedError

    def tick(self) -> None:
        """Takes the duty if it is free, and does a turn."""
        with session(self._tools.engine) as opened:
            mine = hold_lease(opened, self.duty, holder=self._tools.worker, ttl_s=self.ttl_s)
        if mine:
            self.turn()

    def stop(self) -> None:
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=self.stop_wait_s)

    def run(self) -> None:
        pause_s = min(self.every_s, FIRST_AFTER_S)
        while not self._stopping.wait(pause_s):
            pause_s = self.every_s
            try:
                self.tick()
            except Unavailable as error:
                log.warning("duty.later", duty=self.duty, error=error.code)
            except Exception:
                log.exception("duty.failed", duty=self.duty)  # one odd row must not end the duty
        try:
            with session(self._tools.engine) as opened:
                drop_lease(opened, self.duty, holder=self._tools.worker)
        except Unavailable:
            log.warning("duty.not_handed_over", duty=self.duty)
