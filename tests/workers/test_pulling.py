"""The worker's pulls: when they are due, and whatever is wrong with one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import reading
from models.import_run import list_runs
from tests.conftest import make_settings
from workers.pulling import PullThread
from workers.tools import Tools

CSV = "id,started_at,agent_id,status,connected\n1,2026-11-02 09:00:00,1001,x,1\n"


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Tools:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "a.csv").write_text(CSV, "utf-8")
    (tmp_path / "sources.yaml").write_text(
        "sources:\n"
        "  - {name: bad, dialer: vicidial, every: 5m, url: 'mysql://reader:${NOT_SET_HERE}@h/asterisk'}\n"
        "  - {name: good, dialer: csv, every: 5m, folder: good}\n",
        "utf-8",
    )
    return Tools(make_settings(tmp_path, database_url, sources=tmp_path / "sources.yaml"))


def seen(tools: Tools) -> dict[str, str]:
    with reading(tools.engine) as opened:
        found, total = list_runs(opened)
    assert total == len({run.source for run in found})
    return {run.source: run.state for run in found}


def test_a_source_in_trouble_does_not_stop_the_others(tools: Tools) -> None:
    PullThread(tools).tick()
    assert seen(tools) == {"bad": "failed", "good": "done"}
    PullThread(tools).tick()  # neither is due again
    assert seen(tools) == {"bad": "failed", "good": "done"}
    tools.engine.dispose()


def test_only_who_holds_the_duty_pulls(tools: Tools) -> None:
    other = Tools(tools.settings, worker="other")
    with reading(other.engine) as opened:
        assert list_runs(opened)[1] == 0
    first = PullThread(other)
    first.tick()
    second = PullThread(tools)
    second.turn = lambda: pytest.fail("two at once")  # type: ignore[method-assign]
    second.tick()
    for one in (tools, other):
        one.engine.dispose()


def test_a_broken_file_ends_nothing(tools: Tools) -> None:
    assert tools.settings.sources is not None
    tools.settings.sources.write_text("sources: [", "utf-8")
    PullThread(tools).tick()
    assert seen(tools) == {}
    tools.engine.dispose()
