"""`callqa replay`: stored evaluations made again from what they pin, and what is different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy import Engine, func
from sqlmodel import col, select

from api.cli.console import note, out, print_json, progress_bar, table
from api.cli.database import store
from models.call import named_calls
from models.database import reading
from models.evaluation import EvaluationRow, evaluation_page, get_evaluations
from models.replay import Changed, Replayed, Replayer, ReplayStatus
from models.settings import Settings
from qa_engine.errors import BadInput

STATUSES = {
    ReplayStatus.EQUAL: "✓ 逐字节一致",
    ReplayStatus.DIFFERS: "✗ 不一致",
    ReplayStatus.IMPOSSIBLE: "? 无法重算",
}
CHANGES = {
    "code": "程序版本", "rubric": "质检表", "lexicon": "词表", "transcript": "文字稿", "facts": "话务信息", "engine": "识别引擎",
    "input": "缺少",
}  # fmt: skip
SHOWN = 8
SHOWN_ROWS = 200


def replay(settings: Settings, names: Sequence[str], *, every: bool = False, as_json: bool = False) -> int:
    """Replays the evaluations of the named calls, or all; returns 0 where every one is equal, else 1."""
    if every == bool(names):
        raise BadInput("要写通话编号,或者 --all", hint="例如 callqa replay ins-001,或 callqa replay --all")
    replayer = Replayer(settings)
    counts: Counter[ReplayStatus] = Counter()
    rows: list[tuple[str, ...]] = []
    with store(settings) as engine:
        for one in _all(engine, replayer) if every else _of_calls(engine, replayer, names):
            counts[one.status] += 1
            if as_json:
                print_json(asdict(one))
            elif (not every or one.status is not ReplayStatus.EQUAL) and len(rows) < SHOWN_ROWS:
                rows.append(_row(one))
    if rows:
        out().print(table(("通话", "质检表", "重算", "不同之处", "评分以来的变化"), rows))
    equal, total = counts[ReplayStatus.EQUAL], counts.total()
    wrong = total - equal
    if not total:
        note("还没有评分可以重算;先处理通话:callqa ingest、callqa serve", style="yellow")
        return 0
    note(
        f"{total} 份评分:一致 {equal},不一致 {counts[ReplayStatus.DIFFERS]},无法重算 {counts[ReplayStatus.IMPOSSIBLE]}",
        style="bold red" if wrong else "bold green",
    )
    return 1 if wrong else 0


def _of_calls(engine: Engine, replayer: Replayer, names: Sequence[str]) -> Iterator[Replayed]:
    for name in names:
        with reading(engine) as opened:
            for call in named_calls(opened, name):
                for row in get_evaluations(opened, call.id, history=True):
                    yield replayer.replay(opened, row)


def _all(engine: Engine, replayer: Replayer) -> Iterator[Replayed]:
    with reading(engine) as opened:
        total = opened.exec(select(func.count(col(EvaluationRow.id)))).one()
    after = 0
    with progress_bar() as bar:
        task = bar.add_task("重算", total=total)
        while True:
            with reading(engine) as opened:
                page = evaluation_page(opened, after=after)
                for row in page:
                    yield replayer.replay(opened, row)
                    bar.advance(task)
            if not page:
                return
            after = page[-1].id or 0


def _row(one: Replayed) -> tuple[str, ...]:
    old = "" if one.is_current else "(旧)"
    more = [f"… 共 {len(one.differences)} 处"] if len(one.differences) > SHOWN else []
    return (
        one.external_id or one.call_id,
        f"{one.rubric} v{one.version}{old}",
        STATUSES[one.status],
        "\n".join([*one.differences[:SHOWN], *more]),
        "\n".join(_change(changed) for changed in one.changed) or "没有",
    )


def _change(changed: Changed) -> str:
    return f"{CHANGES[changed.what]}:{changed.text}"
