"""A worker's hot words: those of the call's campaign, and none rather than a failed call."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from models.database import reading
from models.transcript import get_transcript
from qa_engine.calls import CallFacts
from tests.conftest import make_settings
from tests.workers.conftest import RUBRICS
from tests.workers.scene import CALLS, call_of, take_recording
from workers.runner import run_until_idle
from workers.tools import Tools

NAMED = "campaigns: {ins-2026: {other: [别载给沃打]}}\n"
"""Sounds like what the customer of ins-006 says, so that a change can be seen."""


@pytest.mark.parametrize(("file", "written"), [(NAMED, ["别载给沃打"]), ("campaigns: [", []), (None, [])])
def test_a_recording_is_heard_with_them(
    tmp_path: Path, sqlite_url: str, file: str | None, written: list[str]
) -> None:
    path = tmp_path / "hotwords.yaml"
    if file is not None:
        path.write_text(file)
    settings = make_settings(tmp_path, sqlite_url, rubrics_dir=RUBRICS, rubrics="short-form", hotwords=path)
    tools = Tools(settings)
    receipt = take_recording(
        tools.engine,
        settings,
        CALLS / "ins-006" / "audio.opus",
        facts=CallFacts(campaign="ins-2026", agent_name="李晓梅"),
        agent_channel=0,
    )
    with capture_logs() as logs:
        run_until_idle(tools)
    assert call_of(tools.engine, receipt.call_id).state == "done"
    with reading(tools.engine) as opened:
        transcript, signals = get_transcript(opened, receipt.call_id)
    assert signals is not None
    assert [change.written for change in signals.corrected] == written
    assert all(word in "".join(turn.text for turn in transcript.turns) for word in written)
    unusable = [entry for entry in logs if entry["event"] == "hot_words.unusable"]
    assert bool(unusable) is (file != NAMED)
    tools.engine.dispose()
