"""The Celery application: carries job ids to workers. The database keeps the truth, so every setting here is chosen
for messages that may be lost, doubled or late without harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery
from kombu.entity import Queue as MessageQueue

from models.settings import Settings
from models.stage_job import Queue

TASK = "callqa.process"
DAY_S = 86_400
MEMORY_POLL_S = 0.02
DELIVERY_LIMIT = 5


def is_embedded(settings: Settings) -> bool:
    """Whether each worker process feeds itself from the database, without a broker."""
    return settings.broker_url.startswith("memory://")


def queue_name(settings: Settings, queue: Queue) -> str:
    """The broker's name of a queue."""
    return f"{settings.queue_prefix}.{queue.value}"


def _is_amqp(url: str) -> bool:
    return url.startswith(("amqp", "pyamqp"))


def _transport_options(url: str) -> dict[str, Any]:
    if url.startswith("memory"):
        return {"polling_interval": MEMORY_POLL_S}
    if _is_amqp(url):
        # without confirms a broker that is killed loses thousands of accepted messages
        return {"confirm_publish": True}
    # Redis redelivers by a timer only. There is no right value for it with long jobs (short: doubles, long: late),
    # so it is set never to fire and the lease in the database does the recovering.
    return {"visibility_timeout": DAY_S}


def _message_queue(queue: Queue, settings: Settings) -> MessageQueue:
    arguments: dict[str, Any] = {}
    if _is_amqp(settings.broker_url):
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,  # then dropped: the job table publishes it again if it is still due
            "x-consumer-timeout": DAY_S * 1000,  # ms; the default of 30 min would cut off long transcriptions
        }
    name = queue_name(settings, queue)
    return MessageQueue(name, routing_key=name, queue_arguments=arguments)  # type: ignore[no-untyped-call]


def make_app(settings: Settings, process: Callable[[int], None] | None = None) -> Celery:
    """The application for one process. `process(job_id)` does the work; None for one that only publishes."""
    url = settings.broker_url
    # a host name keeps kombu from warning that it invents one
    broker = "memory://localhost//" if is_embedded(settings) else url
    app = Celery("callqa", broker=broker, set_as_current=False)
    app.conf.update(
        task_queues=[_message_queue(queue, settings) for queue in Queue],
        task_default_queue=queue_name(settings, Queue.LIGHT),
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_ignore_result=True,
        result_backend=None,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A solo worker is busy for minutes and cannot beat; a closed connection would only cost a doubled message.
        broker_heartbeat=0,
        broker_transport_options=_transport_options(url),
        # The pool cannot cancel a task in its own thread; the fencing token makes going on harmless.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        enable_utc=True,
    )
    if process is not None:
        app.task(process, name=TASK, shared=False)
    return app


def publish(app: Celery, settings: Settings, job_id: int, queue: Queue) -> None:
    """Tells workers that a job is due. Raises kombu's OperationalError where the broker does not answer."""
    app.send_task(
        TASK,
        args=(job_id,),
        queue=queue_name(settings, queue),
        ignore_result=True,
        retry=False,  # the dispatcher's next look is the retry
    )
