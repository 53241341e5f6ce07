"""`callqa pull`: the scheduled sources, now."""

from __future__ import annotations

import secrets

from api.cli.console import failure_table, note, notes, print_json
from api.cli.dialer import show_report
from api.cli.opening import person
from models.database import open_database
from models.migrations import upgrade
from models.pull import pull
from models.pull_plan import load_sources
from models.settings import Settings
from qa_engine.errors import BadSettings, CallQAError, NotFound


def pull_now(settings: Settings, name: str | None, *, as_json: bool) -> int:
    """Pulls one source or all; exit code 1 where one could not be read. Raises `BadSettings`, `NotFound`."""
    plans = load_sources(settings)
    if not plans:
        raise BadSettings(
            "没有设置要拉取的来源", hint="请把 CALLQA_SOURCES 指向来源文件,写法见 docs/dialers.md"
        )
    chosen = [plan for plan in plans if name in {None, plan.name}]
    if not chosen:
        known = "、".join(plan.name for plan in plans)
        raise NotFound(f"没有来源 {name}", hint=f"来源文件里有:{known}")
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    holder = f"cli-{secrets.token_hex(8)}"
    problems: list[tuple[str, CallQAError]] = []
    documents: dict[str, object] = {}
    try:
        for plan in chosen:
            try:
                report = pull(engine, settings, plan, holder=holder, started_by=person())
            except CallQAError as error:
                problems.append((plan.name, error))
                continue
            documents[plan.name] = report.document() if report else None
            problems += [(plan.name, error) for _, error in report.problems] if report else []
            if not as_json:
                note(plan.name if report else f"{plan.name}:没有新文件")
            if report and not as_json:
                show_report(report)
    finally:
        engine.dispose()
    if as_json:
        print_json(documents)
    if problems:
        notes().print(failure_table(problems))
    return 1 if problems else 0
