"""`callqa demo`: the sample calls through the real pipeline, a summary, then the pages."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from rich.progress import Progress as ProgressBar
from rich.progress import TaskID
from sqlalchemy import Engine
from sqlmodel import Session

from api.cli.console import failure_table, note, notes, progress_bar
from api.cli.demo_centre import TODAY, import_dials, import_people_and_days, judge_days, set_up
from api.cli.demo_quality import work
from api.cli.demo_transcripts import take_made_up
from api.cli.labels import STATES
from api.cli.net import listen
from api.cli.processes import WorkerProcesses
from api.cli.score import Form, load_plans
from api.cli.serve import serve_pages
from api.cli.summary import show_summary
from fixtures.operations.attempts import attempts
from models.call_filter import CallFilter
from models.database import open_database, reading
from models.intake import MANIFEST, Taken, manifest_items, take_all
from models.logs import set_up_logs
from models.migrations import upgrade
from models.queries import count_calls
from models.settings import Settings
from models.stage_job import progress
from models.storage import Storage
from qa_engine.errors import Unavailable
from qa_engine.speech.engines.catalog import ModelKind, fetch_model, resolve_model
from qa_engine.speech.engines.layout import own_cores

States: TypeAlias = Mapping[str, int]

SOURCE = "demo"
LOOK_EVERY_S = 0.3
STALLED_S = 600.0
PORTS_TRIED = 20
"""Ports tried one after another, so that a demo beside another service just works."""
MOST_WORKERS = 2
"""One process a core, but each holds a model of its own."""


class Stalled(Unavailable):
    """The workers finish nothing any more."""

    code = "pipeline_stalled"


def run_demo(
    settings: Settings, *, serve: bool = True, workers: int | None = None, folder: Path | None = None
) -> int:
    """Runs the demonstration; returns the exit code, 1 where a call failed. Doing it again adds nothing twice. Calls of
    one's own, in a `folder`, get no invented centre around them."""
    calls = (folder or Path(str(files("fixtures"))) / "calls").absolute()
    model = resolve_model(settings.whisper_model)
    if model.kind is ModelKind.HUB:  # before anything else: without a model there is no demo
        note(f"获取模型 {model.name} …")
        fetch_model(model.name, settings.hub_timeout_s)
    load_plans(settings, Form())
    n = workers or min(MOST_WORKERS, own_cores())
    quiet = settings.model_copy(
        update={
            "log_level": os.environ.get("CALLQA_LOG_LEVEL", "WARNING"),
            "today": settings.today or (None if folder else TODAY),
        }
    )
    set_up_logs(quiet)
    items = manifest_items(calls / MANIFEST, quiet, source=SOURCE)
    with ExitStack() as stack:
        listening = stack.enter_context(listen(quiet.host, quiet.port, tries=PORTS_TRIED)) if serve else None
        note("准备数据库")
        upgrade(quiet.database_url)
        engine = open_database(quiet.database_url)
        stack.callback(engine.dispose)
        if folder is None:
            import_people_and_days(quiet)
        with progress_bar() as bar:
            task = bar.add_task("接收样例录音", total=len(items))
            taken = take_all(
                engine,
                Storage(quiet.storage_url),
                quiet,
                items,
                lambda done, _total: bar.update(task, completed=done),
            )
        made_up: list[str] = []
        ids = [one.receipt.call_id for one in taken if one.receipt]
        _say_taken(taken)
        if serve or _open_calls(engine, ids):
            stack.enter_context(WorkerProcesses(quiet, n))
        if folder is None:
            dials = list(attempts(calls))  # while the workers are at the calls
            made_up = take_made_up(engine, quiet, SOURCE, dials)
            import_dials(quiet, SOURCE, dials)
        wait_until_ended(engine, [*ids, *made_up])
        if folder is None:
            set_up(engine)
            judge_days(quiet, engine)
            work(engine, quiet, SOURCE, calls)
        failed = show_summary(engine, ids, asked_for=model)
        if listening is not None:
            serve_pages(quiet, listening)
    return 1 if failed or any(one.error for one in taken) else 0


def _say_taken(taken: Sequence[Taken]) -> None:
    new = sum(1 for one in taken if one.receipt and one.receipt.created)
    known = sum(1 for one in taken if one.receipt and not one.receipt.created)
    note(f"新接收 {new} 通,已有 {known} 通")
    failures = [(str(one.path), one.error) for one in taken if one.error]
    if failures:
        notes().print(failure_table(failures))


def _open_calls(engine: Engine, ids: Collection[str]) -> int:
    with reading(engine) as opened:
        return progress(opened, ids).open


def wait_until_ended(engine: Engine, ids: Collection[str]) -> None:
    """Shows progress until every call has ended. Raises `Stalled` where nothing moves for ten minutes."""
    with progress_bar() as bar:
        task = bar.add_task("处理", total=len(ids))
        seen: States = {}
        moved_s = time.monotonic()
        while True:
            with reading(engine) as opened:
                now, states = progress(opened, ids), _states(opened)
            _update(bar, task, now.total - now.open, states)
            if not now.open:
                return
            if states != seen:
                seen, moved_s = states, time.monotonic()
            if time.monotonic() - moved_s > STALLED_S:
                raise Stalled(
                    f"处理停了 {STALLED_S / 60:g} 分钟,还有 {now.open} 通没有完成",
                    hint="请看上面工作进程的日志,并运行 callqa doctor;再次运行会从停下的地方继续",
                )
            time.sleep(LOOK_EVERY_S)


def _states(opened: Session) -> States:
    states: dict[str, int] = {}
    for (state, _), number in count_calls(opened, CallFilter(source=SOURCE)).items():
        states[state] = states.get(state, 0) + number
    return states


def _update(bar: ProgressBar, task: TaskID, ended: int, states: States) -> None:
    shown = " · ".join(f"{STATES[state]} {states[state]}" for state in STATES if states.get(state))
    bar.update(task, completed=ended, description=f"处理 {shown}")
