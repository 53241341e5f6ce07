"""Judges coaching plans whose weeks are over, and counts running experiments: nobody has to remember to ask."""

from __future__ import annotations

import structlog

from models.clock import today_of
from models.coaching_cycle import check_all
from models.database import session
from models.experiment import ExperimentState
from models.experiment_check import check_running
from workers.duty import DutyThread

log = structlog.get_logger()


class VerdictThread(DutyThread):
    """Both go by whole days; once an hour is soon enough after midnight, and stops a harmful experiment the same hour."""

    duty, every_s, ttl_s = "verdicts", 3600.0, 600.0

    def turn(self) -> None:
        today = today_of(self._tools.settings)
        with session(self._tools.engine) as opened:
            judged = [one for one in check_all(opened, today=today) if one.judgement is not None]
        if judged:
            log.info("coaching.judged", plans=len(judged))
        with session(self._tools.engine) as opened:
            found = check_running(opened, today=today)
            stopped = sum(row.state == ExperimentState.STOPPED for row, _ in found)
        if stopped:
            log.info("experiments.stopped", experiments=stopped)
