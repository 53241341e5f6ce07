"""`callqa import` and `callqa kpi`: dialer exports in, figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.cli.console import failure_table, note, notes, out, print_json, table
from api.cli.opening import parse_day, person
from api.documents.figures_file import Ending, table_bytes
from models.database import open_database, reading, session
from models.dial import dial_sources
from models.dial_import import ImportOrder, ImportReport, run_import
from models.dial_kpi import By, Period, kpi_sums
from models.figure_table import sums_table
from models.kpi_catch_up import catch_up
from models.kpi_cell import rebuild
from models.kpi_document import kpi_document
from models.migrations import upgrade
from models.scopes import scope_names
from models.settings import Settings
from qa_engine.crm.mapping import VOCABULARIES, as_named, parse_crm_mapping
from qa_engine.dialer.columns import MAX_MAPPING_BYTES, Columns
from qa_engine.dialer.mapping import AS_NAMED, parse_mapping
from qa_engine.errors import BadInput, NotFound, Where
from qa_engine.insight.sheet import Table
from qa_engine.kpi.registry import DIALER_METRICS, Ratio, document
from qa_engine.kpi.sums import Sums

REASONS: Mapping[str, str] = {
    "duplicate": "重复行",
    "duplicate_conflict": "编号相同而内容不同(保留先到的)",
    "bad_time": "时间无法识别",
    "column_count": "列数不对",
    "negative_duration": "时长为负",
    "bad_duration": "时长无法识别",
    "bad_phone": "号码无法识别",
    "bad_disposition": "结果代码无法识别",
    "missing_key": "缺少编号",
    "missing_agent": "缺少坐席",
    "seconds_capped": "秒数到达字段上限 65535",
    "repeated_header": "重复的列名行",
    "bad_json": "不是合法的 JSON 话单",
    "bad_amount": "金额无法识别",
    "outdated": "比已保存的版本旧",
}
WARNINGS: Mapping[str, str] = {
    "missing_agent": "没有坐席",
    "unknown_agent": "坐席不在用户表中",
    "unknown_status": "结果代码没有定义",
    "missing_b_leg": "被叫侧话单缺失,是否接通未知",
    "dead_over_talk": "客户挂断后的秒数超过通话秒数",
    "unread_file": "没有用到的文件",
    "updated": "替换了先前版本的订单或工单",
    "unknown_kind": "工单类型没有定义",
    "unknown_call": "所写的通话不在话单里",
    "missing_amount": "成交订单没有金额",
    "missing_closed_at": "已成交或已关闭,但没有关闭时间",
}
ORPHANS: Mapping[str, str] = {
    "recordings_without_call": "没有对应通话的录音",
    "calls_without_recording": "已接通但没有录音的通话",
}


def _mapping(system: str, path: Path | None) -> Columns:
    if path is None:
        return as_named(system) if system in VOCABULARIES else AS_NAMED
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MAPPING_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound("找不到映射文件", hint="请检查路径", where=Where(str(path))) from error
    if system in VOCABULARIES:
        return parse_crm_mapping(data, system, file=path.name)
    return parse_mapping(data, file=path.name)


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(f"不认识的时区:{name}", hint="例如 Asia/Shanghai") from error


def import_tables(
    settings: Settings,
    dialer: str,
    paths: Sequence[str],
    *,
    mapping: Path | None = None,
    source: str | None = None,
    timezone: str | None = None,
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Imports; returns the exit code: 1 where a file could not be read, rejected rows alone are no failure."""
    order = ImportOrder(
        dialer,
        paths,
        source or dialer,
        _mapping(dialer, mapping),
        _zone(timezone),
        dry_run,
        started_by=person(),
    )
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=notes(),
        transient=True,
    ) as progress:
        task = progress.add_task("读取", total=None)
        report = run_import(
            settings,
            order,
            lambda name, rows: progress.update(task, description=f"{name} 已读 {rows:,} 行"),
        )
    if as_json:
        print_json(report.document())
    else:
        show_report(report, dry_run=dry_run)
    if report.problems:
        notes().print(failure_table(report.problems))
    return 1 if report.problems else 0


def show_report(report: ImportReport, *, dry_run: bool = False) -> None:
    """Prints what became of the rows."""
    rows = [
        (
            name,
            f"{count.rows_in:,}",
            f"{count.stored:,}",
            f"{count.rejected.total():,}",
            "\n".join(f"{REASONS[reason]} {n:,}" for reason, n in sorted(count.rejected.items())),
        )
        for name, count in report.files.items()
    ]
    title = "导入(试运行,没有保存)" if dry_run else "导入"
    if rows:
        out().print(table(("表", "读入", "保存", "未保存", "原因"), rows, title=title))
    for name, n in report.warnings.items():
        note(f"{WARNINGS.get(name, name)}:{n:,}", style="yellow")
    for name, n in report.orphans.items():
        note(f"{ORPHANS[name]}:{n:,}")
    if report.unread:
        note(f"没有用到的文件:{'、'.join(report.unread)}", style="dim")


def show_kpi(
    settings: Settings,
    *,
    by: By | None,
    first: str | None,
    last: str | None,
    source: str | None,
    as_json: bool,
    again: bool = False,
    files: Sequence[Path] = (),
) -> int:
    """Prints the figures of a period; without `by` in every grouping. `again` first makes all roll-ups anew; `files`
    are written as their endings say, .csv or .xlsx, instead of printing."""
    period = Period(
        parse_day(first, option="--from") if first else None,
        parse_day(last, option="--to") if last else None,
        source,
    )
    if period.first and period.last and period.first > period.last:
        raise BadInput(f"--from {period.first} 晚于 --to {period.last}", hint="起始日期应在结束日期之前")
    groupings = [by] if by else [By.AGENT, By.TEAM, By.DAY, By.CAMPAIGN]
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        if again:
            catch_up(
                engine, settings.zone
            )  # rebuilding takes rows as they are; some may not know their hour yet
            with session(engine) as opened:
                note(f"汇总已重建:{rebuild(opened):,} 格")
        with reading(engine) as opened:
            if source is not None and source not in (known := dial_sources(opened)):
                there = f"已有的来源:{'、'.join(known)}" if known else "还没有导入过话务数据"
                note(f"没有名为 {source} 的来源。{there}", style="yellow")
            made = kpi_sums(opened, groupings, period)
            names = scope_names(opened) if files else {}
    finally:
        engine.dispose()
    if files:
        table_ = sums_table(made, groupings, period.first, period.last, names)
        for file in files:
            write_figures(file, table_)
        return 0
    total = made[By.TOTAL][""]
    groups: dict[By, Mapping[str, Sums]] = {one: made[one] for one in groupings if one is not By.TOTAL}
    if as_json:
        print_json(kpi_document(made, groupings))
    elif all(value in (0, None) for value in document(total).values()):
        note(
            "这个范围里没有话务数据。先导入:callqa import vicidial|asterisk|freeswitch|csv 路径;"
            "已导入的请放宽 --from、--to、--source",
            style="yellow",
        )
    else:
        _show_figures(total, groups)
    return 0


def write_figures(file: Path, figures: Table) -> None:
    """Raises `BadInput` for another ending or a place that cannot be written."""
    ending = file.suffix.removeprefix(".").lower()
    if ending not in set(Ending):
        raise BadInput(f"不能写成 {file.suffix or '没有后缀的文件'}", hint="文件名请以 .csv 或 .xlsx 结尾")
    try:
        file.write_bytes(table_bytes(figures, Ending(ending)))
    except OSError as error:
        raise BadInput(
            f"文件写不了:{error.strerror}", hint="请检查路径和权限", where=Where(str(file))
        ) from error
    note(f"已写入 {file}:{len(figures.rows):,} 行")


def _text(sums: Sums, metric_id: str) -> str:
    figure = next(metric for metric in DIALER_METRICS if metric.id == metric_id).of(sums)
    if figure is None:
        return "—"
    if not isinstance(figure, Ratio):
        return f"{figure:,}"
    return f"{'—' if figure.value is None else f'{figure.value:.4g}'} = {figure.num:,}/{figure.den:,}"


SHORT = ("dials", "connects", "contacts", "sales", "connect_rate", "conversion_contacts", "aht", "occupancy")
GROUPS = {
    By.AGENT: "坐席",
    By.TEAM: "团队",
    By.DAY: "日期",
    By.CAMPAIGN: "项目",
    By.REGION: "区域",
    By.HOUR: "时段",
}


def _show_figures(total: Sums, groups: Mapping[By, Mapping[str, Sums]]) -> None:
    rows = [(metric.name_zh, metric.id, _text(total, metric.id), metric.formula) for metric in DIALER_METRICS]
    out().print(table(("指标", "编号", "数值", "口径"), rows, title="合计"))
    heads = [next(metric.name_zh for metric in DIALER_METRICS if metric.id == name) for name in SHORT]
    for by, found in groups.items():
        lines = [(key or "(无)", *(_text(sums, name) for name in SHORT)) for key, sums in found.items()]
        out().print(table((GROUPS[by], *heads), lines, title=f"按{GROUPS[by]}"))
