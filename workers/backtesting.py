"""Runs back-tests that were asked for in the studio, one at a time, in one worker process."""

from __future__ import annotations

import structlog

from models.database import reading, session
from models.job_dispatch import hold_lease
from models.studio.backtest import next_backtest, run_backtest
from workers.duty import DutyThread

log = structlog.get_logger()


class BackTestThread(DutyThread):
    """Looks every few seconds. A test that outlasts the process is begun anew by another."""

    duty, every_s, ttl_s = "backtests", 2.0, 60.0

    def turn(self) -> None:
        with reading(self._tools.engine) as opened:
            test = next_backtest(opened)
        if test is None:
            return
        state = run_backtest(self._tools.engine, self._tools.settings, test, may_go_on=self._may_go_on)
        log.info("backtest.ended", test=test, state=state.value)

    def _may_go_on(self) -> bool:
        """Keeps the duty while a test takes longer than the lease lasts."""
        if self._stopping.is_set():
            return False
        with session(self._tools.engine) as opened:
            return hold_lease(opened, self.duty, holder=self._tools.worker, ttl_s=self.ttl_s)
