"""Logs are events with ids and measures: never a phone number, a name or what was said."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from models.settings import Settings

# Libraries that report each step of theirs at INFO.
CHATTY = ("celery", "kombu", "amqp", "httpx", "httpcore", "uvicorn", "faster_whisper", "jieba", "alembic")
# What a careless call could pass by mistake; dropped rather than masked, so that nothing can be read back.
PRIVATE_KEYS = frozenset(
    {"text", "words", "turns", "phone", "name", "agent_name", "customer_id", "transcript"}
)


def drop_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Removes fields that could identify a person or quote a call."""
    for key in PRIVATE_KEYS & event.keys():
        event[key] = "[removed]"
    return event


def bare_stack(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turns an exception into its class and the places it passed: its text or variables may quote a call."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["exception"] = type(error).__qualname__
        event["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Sends all logs to stderr (or `stream`), as JSON lines or, on a terminal, for reading. Called once, at the door."""
    target = stream or sys.stderr
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    json_lines = settings.log_format == "json" or (settings.log_format == "auto" and not target.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_private,
        bare_stack,
    ]
    final: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # warns at each start that tasks with a countdown would not work on our exchange: we send none
    logging.getLogger("kombu.transport.native_delayed_delivery").setLevel(logging.ERROR)
