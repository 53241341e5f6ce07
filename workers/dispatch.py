"""Feeds the queues from the job table, and takes back what dead workers held. One thread a worker process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from celery import Celery
from kombu.exceptions import OperationalError as BrokerError
from sqlmodel import col, select

from models.database import reading, session
from models.job_dispatch import DueJob, drop_lease, due_jobs, hold_lease, take_window
from models.job_lease import recover
from models.stage_job import JobState, Queue, StageJobRow
from qa_engine.errors import CallQAError, Unavailable
from workers.app import is_embedded, publish
from workers.identity import dead_workers
from workers.tools import Tools

log = structlog.get_logger()

DUTY = "dispatch"
DUTY_TTL_S = 10.0
WINDOW = 64
# What a process that feeds itself keeps in hand: one recording to listen to, and the small work that ends calls.
EMBEDDED_WINDOW = {Queue.ASR: 1, Queue.LIGHT: 4}
LONGEST_RECOVERY_PAUSE_S = 10.0
SWEEP_EVERY_S = 3600.0


def recover_jobs(tools: Tools) -> int:
    """Takes back jobs whose lease ran out or whose worker on this machine is gone; returns how many.

    Looks before it writes: on SQLite a needless write transaction would hold up everybody."""
    with reading(tools.engine) as opened:
        running = opened.exec(
            select(StageJobRow.worker).where(col(StageJobRow.state) == JobState.RUNNING.value).distinct()
        ).all()
    if not running:
        return 0
    dead = dead_workers(name for name in running if name)
    with session(tools.engine) as opened:
        taken = recover(opened, max_attempts=tools.settings.max_attempts, dead_workers=dead)
    for job_id, state in taken:
        log.warning("job.worker_lost", job_id=job_id, state=state)
    return len(taken)


class Feeder:
    """Publishes due jobs. Embedded: every process feeds itself and remembers what it has in hand. With a broker:
    the process that holds the duty publishes for all, a window at a time."""

    def __init__(self, tools: Tools, app: Celery, queues: tuple[Queue, ...]) -> None:
        self._tools, self._app, self._queues = tools, app, queues
        self._embedded = is_embedded(tools.settings)
        self._in_hand: dict[int, Queue] = {}
        self._lock = threading.Lock()

    def took(self, job_id: int) -> None:
        """The message about this job has been worked on."""
        with self._lock:
            self._in_hand.pop(job_id, None)

    def _due_here(self, queue: Queue) -> tuple[DueJob, ...]:
        with self._lock:
            in_hand = tuple(job_id for job_id, home in self._in_hand.items() if home is queue)
        room = EMBEDDED_WINDOW[queue] - len(in_hand)
        if room <= 0:
            return ()
        with reading(self._tools.engine) as opened:
            due = due_jobs(opened, queue, limit=room, exclude=in_hand)
        with self._lock:
            self._in_hand.update((job.job_id, queue) for job in due)
        return due

    def _due_for_all(self, *, kicked: bool) -> tuple[DueJob, ...]:
        with session(self._tools.engine) as opened:
            # Publishing is safe from anywhere; the duty only keeps idle processes from all asking all the time.
            on_duty = hold_lease(opened, DUTY, holder=self._tools.worker, ttl_s=DUTY_TTL_S)
            if not on_duty and not kicked:
                return ()
            republish_s = self._tools.settings.republish_s
            return tuple(
                job
                for queue in Queue
                for job in take_window(opened, queue, window=WINDOW, republish_s=republish_s)
            )

    def feed(self, *, kicked: bool = False) -> int:
        """Publishes what is due; returns how many messages. A broker that is away delays, it loses nothing.

        `kicked`: this process has just made something due, whoever has the duty."""
        due = (
            tuple(job for queue in self._queues for job in self._due_here(queue))
            if self._embedded
            else self._due_for_all(kicked=kicked)
        )
        for job in due:
            publish(self._app, self._tools.settings, job.job_id, job.queue)
        return len(due)

    def give_up_duty(self) -> None:
        """Lets another process dispatch at once."""
        if not self._embedded:
            with session(self._tools.engine) as opened:
                drop_lease(opened, DUTY, holder=self._tools.worker)


class Dispatcher(threading.Thread):
    """Feeds every `poll_s`, at once when kicked; recovers often enough for a lost lease to be seen soon; deletes
    once an hour what broken uploads left in the storage."""

    def __init__(self, tools: Tools, feeder: Feeder, on_tick: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="dispatcher", daemon=True)
        self._tools, self._feeder, self._on_tick = tools, feeder, on_tick
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._recover_every_s = min(LONGEST_RECOVERY_PAUSE_S, tools.settings.lease_s / 4)

    def kick(self) -> None:
        """Something has become due."""
        self._wake.set()

    def stop(self) -> None:
        """Ends the thread and hands the duty over."""
        self._stopping.set()
        self._wake.set()
        if self.is_alive():
            self.join(timeout=DUTY_TTL_S)

    def _sweep(self) -> None:
        try:
            removed = self._tools.storage.sweep_incoming(now_s=time.time())
        except CallQAError as error:  # what needs the storage will say so; feeding does not
            log.warning("storage.not_swept", error=error.code)
        else:
            if removed:
                log.info("storage.swept", files=removed)

    def run(self) -> None:
        recover_at_s = sweep_at_s = time.monotonic()
        kicked = False
        while not self._stopping.is_set():
            try:
                if time.monotonic() >= recover_at_s:
                    recover_jobs(self._tools)
                    recover_at_s = time.monotonic() + self._recover_every_s
                if time.monotonic() >= sweep_at_s:
                    self._sweep()
                    sweep_at_s = time.monotonic() + SWEEP_EVERY_S
                self._feeder.feed(kicked=kicked)
            except Unavailable as error:
                log.warning("dispatch.database_away", error=error.code)
            except (BrokerError, ConnectionError) as error:
                log.warning("dispatch.broker_away", error=type(error).__name__)
            except Exception:
                log.exception("dispatch.failed")  # a dispatcher that ended would stop the whole installation
            self._on_tick()
            kicked = self._wake.wait(self._tools.settings.poll_s)
            self._wake.clear()
        try:
            self._feeder.give_up_duty()
        except Unavailable:
            log.warning("dispatch.duty_not_handed_over")
