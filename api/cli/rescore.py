"""`callqa rescore`: asks for new scores of stored calls, and follows them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict

from sqlalchemy import Engine

from api.cli.console import note, print_json, progress_bar
from api.cli.database import store
from api.cli.processes import WorkerProcesses
from api.cli.score import Form, load_plans
from models.database import reading
from models.logs import set_up_logs
from models.rescore import Asked, ask_rescore, open_rescores, rescore_progress
from models.settings import Settings
from models.stage_job import Queue
from models.stored_calls import Wanted
from qa_engine.scoring.compile import Plan

LOOK_EVERY_S = 0.5


def rescore(
    settings: Settings,
    wanted: Wanted,
    *,
    is_dry_run: bool = False,
    is_waiting: bool = False,
    workers: int = 0,
    as_json: bool = False,
) -> int:
    """Makes the jobs; waits for them where asked, or where it brings workers of its own. Returns 1 where one failed."""
    plans = load_plans(settings, Form())
    then = None
    with store(settings) as engine:
        asked = _ask(engine, plans, wanted, model=settings.asked_model, is_dry_run=is_dry_run)
        if asked.id and (is_waiting or workers):
            _follow(settings, engine, workers=workers)
            with reading(engine) as opened:
                then = rescore_progress(opened, asked.id)
    if as_json:
        print_json({**asdict(asked), "dry_run": is_dry_run, "progress": asdict(then) if then else None})
    elif is_dry_run:
        note(f"符合条件 {asked.matched} 通,其中 {asked.asked} 通需要重新评分(试运行,没有登记)")
    else:
        note(f"符合条件 {asked.matched} 通,已登记重新评分 {asked.asked} 通,编号 {asked.id}")
        if asked.asked and then is None:
            note("由运行中的工作进程完成;中断后会自动继续。查看进度:callqa rescore --status " + str(asked.id))
    if then is not None and not as_json:
        note(f"完成 {then.done},失败 {then.failed}", style="bold red" if then.failed else "bold green")
    return 1 if then and then.failed else 0


def _ask(engine: Engine, plans: Sequence[Plan], wanted: Wanted, *, model: str, is_dry_run: bool) -> Asked:
    with progress_bar() as bar:
        task = bar.add_task("登记", total=None)

        def show(matched: int, made: int) -> None:
            bar.update(task, completed=matched, description=f"登记 {made} 通")

        asked = ask_rescore(engine, plans, wanted, model=model, is_dry_run=is_dry_run, on_progress=show)
        bar.update(task, total=asked.matched)
    return asked


def show_status(settings: Settings, batch: str, *, as_json: bool = False) -> int:
    """How far a request is. Raises `NotFound`."""
    with store(settings) as engine, reading(engine) as opened:
        now = rescore_progress(opened, batch)
    if as_json:
        print_json(asdict(now))
    else:
        note(f"登记 {now.asked},完成 {now.done},待完成 {now.open},失败 {now.failed}")
    return 1 if now.failed else 0


def _follow(settings: Settings, engine: Engine, *, workers: int) -> None:
    """Until no new score is to come any more, of earlier requests that were interrupted neither."""
    quiet = settings.model_copy(update={"log_level": "WARNING"})
    set_up_logs(quiet)
    with ExitStack() as stack:
        if workers:
            stack.enter_context(WorkerProcesses(quiet, workers, (Queue.LIGHT,)))
        bar = stack.enter_context(progress_bar())
        task = bar.add_task("重新评分", total=None)
        total = 0
        while True:
            with reading(engine) as opened:
                calls, jobs = open_rescores(opened)
            total = max(total, calls)
            bar.update(task, total=total, completed=total - calls)
            if not jobs:
                return
            time.sleep(LOOK_EVERY_S)
