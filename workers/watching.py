"""Looks into the watched folder from one worker process at a time."""

from __future__ import annotations

import time
from functools import cached_property

import structlog

from models.watch import Watcher
from workers.duty import DutyThread

log = structlog.get_logger()


class WatchThread(DutyThread):
    """Takes in new recordings of `CALLQA_WATCH_DIR`."""

    duty, every_s, ttl_s = "watch", 1.0, 30.0

    @cached_property
    def _watcher(self) -> Watcher:
        folder = self._tools.settings.watch_dir
        assert folder is not None, "started only where a folder is set"
        tools = self._tools
        return Watcher(tools.engine, tools.storage, tools.settings, folder.absolute())

    def turn(self) -> None:
        for taken in self._watcher.look(time.monotonic()):
            if taken.receipt is not None:
                log.info("watch.taken", call_id=taken.receipt.call_id, created=taken.receipt.created)
            elif taken.error is not None:
                log.warning("watch.refused", error=taken.error.code)
