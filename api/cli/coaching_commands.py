"""The commands of coaching, experiments and reports."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import run_settings

coaching_app = typer.Typer(help="辅导:发现、计划、结论 · Coaching.", no_args_is_help=True)
experiment_app = typer.Typer(help="话术实验 · Script experiments.", no_args_is_help=True)
report_app = typer.Typer(help="报表 · Reports.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · JSON on stdout")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="日期,缺省为今天 · Day, today by default")]


@coaching_app.command("findings")
def findings(
    rubric: Annotated[
        str | None, typer.Option(help="质检表,缺省为第一张 · Form, the first by default")
    ] = None,
    day: Day = None,
    as_json: Json = False,
) -> None:
    """每位坐席与同类通话的同事相比多丢分的项目 · Items that each agent loses more on than peers."""
    from api.cli.coaching import show_findings

    show_findings(run_settings(), rubric=rubric, day=day, as_json=as_json)


@coaching_app.command("check")
def check(day: Day = None, as_json: Json = False) -> None:
    """判定观察期已满的计划;无效的自动开下一轮 · Judge plans whose time is over; open the next round where needed."""
    from api.cli.coaching import check_plans

    check_plans(run_settings(), day=day, as_json=as_json)


@experiment_app.command("check")
def experiment_check(day: Day = None, as_json: Json = False) -> None:
    """更新进行中的实验,护栏被突破时自动停止 · Update running experiments; stop one whose guardrail is broken."""
    from api.cli.coaching import check_experiments

    check_experiments(run_settings(), day=day, as_json=as_json)


@experiment_app.command("size")
def experiment_size(
    base: Annotated[float, typer.Argument(help="目前的比率,如 0.05 · Usual share")],
    wanted: Annotated[float, typer.Argument(help="要分辨的比率,如 0.06 · Share to tell from it")],
) -> None:
    """每个版本需要多少次接触 · Contacts needed in each version."""
    from api.cli.coaching import show_size

    show_size(base, wanted)


@report_app.command("make")
def report_make(
    kind: Annotated[str, typer.Argument(metavar="morning|weekly|monthly", help="哪一种 · Which")],
    to: Annotated[Path, typer.Option("--to", help="输出 .pdf 或 .xlsx · File to write")],
    day: Day = None,
) -> None:
    """晨会资料、周报、月报,存为 PDF 或 XLSX · Morning pack, weekly or monthly report as a file."""
    from api.cli.coaching import write_report
    from models.reports import Kind

    if kind not in set(Kind):
        raise typer.BadParameter(f"{kind}:应为 {'、'.join(Kind)} 之一", param_hint="kind")
    write_report(run_settings(), Kind(kind), to=to, day=day)
