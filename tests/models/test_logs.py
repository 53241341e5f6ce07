"""No log line can quote a call or name a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from models.logs import set_up_logs
from models.settings import Settings


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Logs as the product sets them up, put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    written = StringIO()
    set_up_logs(Settings(_env_file=None, log_format="json"), written)
    yield written
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_an_event_is_one_json_line(logged: StringIO) -> None:
    structlog.get_logger().info("call.transcribed", call_id="c1", audio_s=12.5)
    line = json.loads(logged.getvalue())
    assert (line["event"], line["call_id"], line["audio_s"], line["level"]) == (
        "call.transcribed",
        "c1",
        12.5,
        "info",
    )


def test_private_fields_are_dropped(logged: StringIO) -> None:
    structlog.get_logger().info("call.odd", text="我叫王芳", customer_id="13800000000")
    written = logged.getvalue()
    assert "王芳" not in written
    assert "13800000000" not in written


@pytest.mark.parametrize("library", [False, True], ids=["ours", "a library's"])
def test_an_exception_leaves_places_and_no_values(logged: StringIO, library: bool) -> None:
    def quote() -> None:
        raise ValueError("我的电话是13800000000")

    try:
        quote()
    except ValueError:
        if library:
            logging.getLogger("some.library").exception("failed")
        else:
            structlog.get_logger().exception("job.failed")
    written = logged.getvalue()
    assert "13800000000" not in written
    line = json.loads(written)
    assert line["exception"] == "ValueError"
    assert "test_logs.py" in line["stack"][0]
