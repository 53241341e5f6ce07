"""One worker process: a solo Celery worker with its dispatcher thread. `python -m workers.embedded` runs it.

Processes are never forked off a worker: the recogniser hangs in a child of a process that has loaded it. More work at
once means more of these processes.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import warnings

import structlog
from celery.platforms import SecurityWarning
from celery.signals import worker_shutting_down
from celery.worker import WorkController

from models.logs import set_up_logs
from models.migrations import is_current, upgrade
from models.settings import Settings, load_settings
from models.stage_job import Queue
from qa_engine.errors import CallQAError, Unavailable
from workers.alerting import AlertThread
from workers.app import is_embedded, make_app, queue_name
from workers.backtesting import BackTestThread
from workers.dispatch import Dispatcher, Feeder
from workers.duty import DutyThread
from workers.pulling import PullThread
from workers.rolling import RollingThread
from workers.runner import Ran, run_job
from workers.tools import Tools
from workers.verdicts import VerdictThread
from workers.watching import WatchThread

log = structlog.get_logger()

ALL_QUEUES = tuple(Queue)
GAVE_JOB_BACK = 75  # EX_TEMPFAIL


class _Parent:
    """Stops this process when the one that started it is gone, so that no worker is left behind."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid

    def check(self) -> None:
        if self._pid is not None and os.getppid() != self._pid:
            log.warning("worker.parent_gone")
            self._pid = None
            os.kill(os.getpid(), signal.SIGTERM)


def _give_up(settings: Settings, tools: Tools) -> None:
    """The drain time is over. The lease is handed back at once by the dead-worker check of any other process."""
    log.warning("worker.drain_over", drain_s=settings.drain_s, worker=tools.worker)
    os._exit(GAVE_JOB_BACK)


def run_worker(
    settings: Settings, *, queues: tuple[Queue, ...] = ALL_QUEUES, parent_pid: int | None = None
) -> int:
    """Works until SIGTERM or SIGINT; returns the exit status. Must run in the main thread (signals).

    On SIGTERM the job in hand is finished; one that takes longer than `drain_s` is left to another worker."""
    tools = Tools(settings)

    def process(job_id: int) -> None:
        try:
            ran = run_job(tools, job_id)
        except Unavailable as error:
            log.warning("job.database_away", job_id=job_id, error=error.code)
            return
        finally:
            feeder.took(job_id)
        if ran is not Ran.NOTHING:
            dispatcher.kick()

    app = make_app(settings, process)
    feeder = Feeder(tools, app, queues)
    dispatcher = Dispatcher(tools, feeder, _Parent(parent_pid).check)
    duties: list[DutyThread] = [
        AlertThread(tools),
        VerdictThread(tools),
        RollingThread(tools),
        BackTestThread(tools),
    ]
    if settings.sources is not None:
        duties.append(PullThread(tools))
    if settings.watch_dir is not None:
        duties.append(WatchThread(tools))

    def _draining(**_: object) -> None:
        timer = threading.Timer(settings.drain_s, _give_up, (settings, tools))
        timer.daemon = True
        timer.start()

    worker_shutting_down.connect(_draining, weak=False)
    dispatcher.start()
    for duty in duties:
        duty.start()
    log.info("worker.started", worker=tools.worker, queues=[queue.value for queue in queues])
    # Celery's concern with root is pickled messages; ours are JSON numbers
    warnings.simplefilter("ignore", SecurityWarning)
    worker: WorkController = app.Worker(
        pool="solo",
        concurrency=1,
        queues=[queue_name(settings, queue) for queue in queues],
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=is_embedded(settings),
        loglevel=settings.log_level,
    )
    worker.start()
    for duty in duties:
        duty.stop()
    dispatcher.stop()
    tools.engine.dispose()
    log.info("worker.stopped", worker=tools.worker)
    return int(worker.exitcode or 0)


def main(arguments: list[str] | None = None) -> int:
    """Entry point of a worker process; settings come from the environment."""
    parser = argparse.ArgumentParser(prog="callqa worker")
    parser.add_argument("--queues", default=",".join(ALL_QUEUES))
    parser.add_argument("--parent", type=int, default=None)
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
        set_up_logs(settings)
        if not is_current(settings.database_url):
            upgrade(settings.database_url)
        queues = tuple(Queue(name) for name in given.queues.split(",") if name)
        return run_worker(settings, queues=queues, parent_pid=given.parent)
    except CallQAError as error:
        print(error, file=sys.stderr)  # noqa: T201 (the log may not be set up)
        return 1


if __name__ == "__main__":
    sys.exit(main())
