"""The commands of dialer figures and their options; the work is in `api.cli.dialer`."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import end_with, run_settings

FILES = ("people", "calendar")


def import_(  # noqa: PLR0917 (one parameter an option)
    dialer: Annotated[
        str,
        typer.Argument(
            metavar="vicidial|asterisk|freeswitch|csv|orders|tickets|people|calendar",
            help="拨号系统,CRM 的订单、工单,人员表或工作日历 · Dialer, orders or tickets of a CRM, people, or days off",
        ),
    ],
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…", help="导出文件夹、文件,或数据库地址 · Folder of exports, file, or database URL"
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(help="csv、orders、tickets 的映射文件:列、时区、用词 · Mapping file of generic tables"),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="来源名,缺省为拨号系统名 · Name of the source, the dialer's by default")
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="拨号服务器的时区,缺省为 CALLQA_TIMEZONE · Time zone of the dialer's server"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查,不保存 · Check only")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 callqa.import/1 · Print callqa.import/1")
    ] = False,
) -> None:
    """导入话单,或 CRM 的订单、工单;每行保存或附原因拒收,重复导入不改变数字 · Each row stored or rejected with a reason.

    退出码:有文件无法读取为 1,只有行被拒收为 0 · Exit code 1 where a file could not be read; rejected rows alone are 0.
    """
    from api.cli.dialer import import_tables
    from models.dial_input import SYSTEMS

    if dialer in FILES:
        from api.cli.people import import_files

        end_with(import_files(run_settings(), dialer, paths, dry_run=dry_run, as_json=as_json))
        return
    if dialer not in SYSTEMS:
        raise typer.BadParameter(f"{dialer}:应为 {'、'.join((*SYSTEMS, *FILES))} 之一", param_hint="dialer")
    code = import_tables(
        run_settings(),
        dialer,
        paths,
        mapping=mapping,
        source=source,
        timezone=timezone,
        dry_run=dry_run,
        as_json=as_json,
    )
    end_with(code)


def pull(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="来源名,缺省为全部 · Source; all by default")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="每个来源一份 callqa.import/1 · callqa.import/1 by source")
    ] = False,
) -> None:
    """现在就拉取 CALLQA_SOURCES 里的来源,只读新的部分 · Pull the scheduled sources now, what is new of them."""
    from api.cli.pull import pull_now

    end_with(pull_now(run_settings(), name, as_json=as_json))


def people(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="写到文件,缺省为标准输出 · File; stdout by default")
    ] = None,
) -> None:
    """导出现在的人员表(CSV),改好后用 callqa import people 再导入 · The people file as it is now, to edit and import again."""
    from api.cli.people import export_file

    export_file(run_settings(), path)


def kpi(  # noqa: PLR0917 (one parameter an option)
    by: Annotated[
        str | None,
        typer.Option(metavar="total|agent|team|region|day|hour|campaign", help="分组,缺省为全部 · Grouping"),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="起始日期(含) · First day")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="结束日期(含) · Last day")] = None,
    source: Annotated[str | None, typer.Option(help="只看一个来源 · One source only")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 callqa.kpi/1 · Print callqa.kpi/1")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="写成 CSV,附分子、分母、口径 · Write CSV")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="写成 Excel 表格 · Write a spreadsheet")
    ] = None,
    again: Annotated[
        bool, typer.Option("--rebuild", help="先重建看板的汇总 · Make the roll-ups of the boards anew first")
    ] = False,
) -> None:
    """拨号指标:接通、接触、转化、时长、占用率,附分子分母 · Dialer figures with numerator and denominator."""
    from api.cli.dialer import show_kpi
    from models.dial_kpi import By

    if by is not None and by not in set(By):
        raise typer.BadParameter(f"{by}:应为 {'、'.join(By)} 之一", param_hint="--by")
    end_with(
        show_kpi(
            run_settings(),
            by=By(by) if by else None,
            first=first,
            last=last,
            source=source,
            as_json=as_json,
            again=again,
            files=[file for file in (csv, xlsx) if file],
        )
    )
