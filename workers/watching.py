"""Looks into the watched folder from one worker process at a time."""

from __future__ import annotations

import threading
import time

import structlog

from models.database import session
from models.job_dispatch import hold_lease
from models.watch import Watcher
from qa_engine.errors import Unavailable
from workers.tools import Tools

log = structlog.get_logger()

DUTY = "watch"
DUTY_TTL_S = 30.0
LOOK_EVERY_S = 1.0


class WatchThread(threading.Thread):
    """Takes in new recordings of `CALLQA_WATCH_DIR`; `on_new` is called after each look that found any."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(name="watch", daemon=True)
        self._tools = tools
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def _look(self, watcher: Watcher) -> None:
        with session(self._tools.engine) as opened:
            mine = hold_lease(opened, DUTY, holder=self._tools.worker, ttl_s=DUTY_TTL_S)
        if not mine:
            return
        for taken in watcher.look(time.monotonic()):
            if taken.receipt is not None:
                log.info("watch.taken", call_id=taken.receipt.call_id, created=taken.receipt.created)
            elif taken.error is not None:
                log.warning("watch.refused", error=taken.error.code)

    def run(self) -> None:
        folder = self._tools.settings.watch_dir
        assert folder is not None, "started only where a folder is set"
        watcher = Watcher(self._tools.engine, self._tools.storage, self._tools.settings, folder.absolute())
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self._look(watcher)
            except Unavailable as error:
                log.warning("watch.later", error=error.code)
            except Exception:
                log.exception("watch.failed")  # one odd file must not end the watch
