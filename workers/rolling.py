"""Rolls up what an earlier version left, in one worker process at a time."""

from __future__ import annotations

import structlog

from models.kpi_catch_up import catch_up
from workers.duty import DutyThread

log = structlog.get_logger()
DAYS_A_TURN = 5
"""Few, so that a turn stays short beside imports and scores that wait for the same days."""


class RollingThread(DutyThread):
    """A few days a turn until none waits."""

    duty, every_s, ttl_s = "roll-up", 5.0, 120.0

    def turn(self) -> None:
        done = catch_up(self._tools.engine, self._tools.settings.zone, most=DAYS_A_TURN)
        if done:
            log.info("kpi.caught_up", days=done)
