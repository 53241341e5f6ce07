"""`callqa serve` and `callqa worker`: the service's processes, started and stopped together."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import uvicorn

from api.app import create_app
from api.cli.console import note
from api.cli.net import address, listen, own_hosts
from api.cli.processes import WorkerProcesses
from api.cli.score import Form, load_plans
from models.logs import set_up_logs
from models.migrations import upgrade
from models.settings import Settings
from models.stage_job import Queue
from qa_engine.errors import BadInput
from qa_engine.speech.engines.catalog import ModelKind, resolve_model
from qa_engine.speech.engines.hub import cached_folder

KEEP_ALIVE_S = 5
SHUTDOWN_S = 10


def serve(settings: Settings, *, workers: int = 1) -> int:
    """API, pages and, without a broker of their own, worker processes; until Ctrl-C or SIGTERM."""
    set_up_logs(settings)
    with ExitStack() as stack:
        listening = stack.enter_context(listen(settings.host, settings.port))
        _say_model(settings)
        upgrade(settings.database_url)
        load_plans(settings, Form())  # a form that cannot be read would fail every call, one by one
        if _is_embedded(settings) and workers:
            stack.enter_context(WorkerProcesses(settings, workers))
        serve_pages(settings, listening)
    return 0


def parse_queues(text: str) -> tuple[Queue, ...]:
    """`asr,light` → queues. Raises `BadInput`."""
    known = {queue.value: queue for queue in Queue}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= known.keys():
        raise BadInput(f"没有队列 {text}", hint=f"可用:{','.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names))


def serve_pages(settings: Settings, listening: socket.socket) -> None:
    """Answers requests on the socket until Ctrl-C or SIGTERM; requests under way are finished."""
    app = create_app(settings, hosts=own_hosts(settings.host, settings.allowed_hosts))
    config = uvicorn.Config(
        app,
        log_config=None,  # logs go where ours go
        access_log=False,  # query strings hold what people search for
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    _keep_what_is_loaded()
    note(f"CallQA 在 {address(listening)} · 按 Ctrl-C 停止", style="bold green")
    with _quiet_signals():
        uvicorn.Server(config).run(sockets=[listening])
    note("已停止", style="dim")


def _keep_what_is_loaded() -> None:
    """Takes what start-up has made out of the garbage collector's rounds: it stays anyway, and a full round over it made every
    third board of a thousand agents 130 ms slower."""
    gc.collect()
    gc.freeze()


def work(settings: Settings, *, n: int, queues: tuple[Queue, ...]) -> int:
    """Worker processes until Ctrl-C or SIGTERM; one that dies is started again."""
    set_up_logs(settings)
    stop = threading.Event()
    with _quiet_signals(stop), WorkerProcesses(settings, n, queues):
        stop.wait()
    return 0


@contextmanager
def _quiet_signals(stop: threading.Event | None = None) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block in order. uvicorn raises the signal that stopped it once more, when its own
    handlers are gone: without ours SIGTERM would kill the process before the workers are stopped."""

    def stopping(_number: int, _frame: FrameType | None) -> None:
        if stop is not None:
            stop.set()

    before = {number: signal.signal(number, stopping) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_model(settings: Settings) -> None:
    """What the operator must know about the recogniser. Raises `BadSettings` for a model that cannot be."""
    model = resolve_model(settings.whisper_model)
    if model.notice_zh:
        note(model.notice_zh, style="yellow")
    elif model.kind is ModelKind.HUB and cached_folder(model.path_or_hub_id) is None:
        note(
            f"模型 {model.name} 不在本机,第一次转写时下载;要先确认能取到,请运行 callqa models fetch {model.name}",
            style="yellow",
        )


def _is_embedded(settings: Settings) -> bool:
    return settings.broker_url.startswith("memory://")
