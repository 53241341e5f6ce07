"""`callqa scorecard …` and `callqa target …`: options; the work is in `api.cli.scorecard` and `api.cli.target`."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import run_settings

scorecard_app = typer.Typer(help="坐席成绩单 · Scorecards.", no_args_is_help=True)
target_app = typer.Typer(help="目标 · Targets.", no_args_is_help=True)
Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="月份 · Month")]
By = Annotated[str, typer.Option("--by", help="姓名 · Name")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON")]
TargetId = Annotated[str, typer.Argument(metavar="TARGET", help="目标编号 · Target id")]


@scorecard_app.command("schedule")
def schedule(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="权重方案 YAML · Weight schedule")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · Check only")] = False,
) -> None:
    """检查权重方案并存为草稿 · Check a weight schedule and store it as a draft."""
    from api.cli.scorecard import store

    store(run_settings(), file, dry_run=dry_run)


@scorecard_app.command("preview")
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="权重方案 YAML · Weight schedule")],
    month: Month,
    as_json: Json = False,
) -> None:
    """改权重会怎样:得分和名次的变化,不保存 · What other weights would do to scores and ranks."""
    from api.cli.scorecard import show_preview

    show_preview(run_settings(), file, month, as_json=as_json)


@scorecard_app.command("approve")
def approve(
    schedule_id: Annotated[str, typer.Argument(metavar="SCHEDULE", help="方案编号 · Schedule id")],
    version: Annotated[int, typer.Argument(min=1, metavar="VERSION", help="版本 · Version")],
    by: By,
) -> None:
    """批准一版权重方案,从此按它计分 · Make a version the one that scores."""
    from api.cli.scorecard import approve as run

    run(run_settings(), schedule_id, version, by=by)


@scorecard_app.command("show")
def show(month: Month, as_json: Json = False) -> None:
    """一个月的成绩和名次,附区间与 n · Scores and ranks of a month, with intervals and n."""
    from api.cli.scorecard import show_month

    show_month(run_settings(), month, as_json=as_json)


@scorecard_app.command("close")
def close(month: Month, by: By) -> None:
    """结算一个月:保存输入、权重和结果 · Close a month: inputs, weights and results are kept."""
    from api.cli.scorecard import close as run

    run(run_settings(), month, by=by)


@scorecard_app.command("drift")
def drift(month: Month, as_json: Json = False) -> None:
    """结算之后的导入会改变什么 · What later imports would change in a closed month."""
    from api.cli.scorecard import show_drift

    show_drift(run_settings(), month, as_json=as_json)


@target_app.command("add")
def add(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="指标编号,见 callqa kpi · Metric id")],
    value: Annotated[float, typer.Argument(metavar="VALUE", help="目标值 · Value")],
    *,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="起始日 · First day")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="结束日 · Last day")],
    owner: Annotated[str, typer.Option(help="负责人 · Owner")],
    baseline: Annotated[float, typer.Option(help="基线:之前的实际值 · What was reached before")],
    scope: Annotated[str, typer.Option(help="company、region、team、agent")] = "company",
    scope_id: Annotated[str, typer.Option("--id", help="团队或坐席编号 · Team or agent id")] = "",
    stretch: Annotated[float, typer.Option(help="下级合计可多出的比例 · Stretch of the children")] = 0.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · Check only")] = False,
) -> None:
    """新建目标:缺项即拒绝,按历史提示过高或过低 · A SMART target; warns from history."""
    from api.cli.target import Draft
    from api.cli.target import add as run

    draft = Draft(metric, value, first, last, owner, baseline, scope, scope_id, stretch)
    run(run_settings(), draft, dry_run=dry_run)


@target_app.command("list")
def list_(
    day: Annotated[str | None, typer.Option(metavar="DATE", help="哪一天,缺省为今天 · Day")] = None,
    as_json: Json = False,
) -> None:
    """目标与按工作日折算的达成率 · Targets and pro-rated attainment."""
    from api.cli.target import show

    show(run_settings(), day, as_json=as_json)


@target_app.command("split")
def split(
    target: TargetId,
    *,
    share: Annotated[
        list[str] | None, typer.Option("--share", metavar="ID=SHARE", help="改份额,可多次 · Edited shares")
    ] = None,
    potential: Annotated[
        Path | None, typer.Option(help="市场潜力 CSV:id,potential · Market potential")
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="SCOPE", help="拆到 region 或 team 或 agent · To which level")
    ] = "",
    save: Annotated[bool, typer.Option("--save", help="保存;缺省只预览 · Store it")] = False,
    as_json: Json = False,
) -> None:
    """按历史和潜力拆到下一级 · Split to the next level by history and potential."""
    from api.cli.target import split as run

    run(run_settings(), target, share or [], potential=potential, to=to, save=save, as_json=as_json)


@target_app.command("region")
def region(
    team: Annotated[str, typer.Argument(help="团队编号 · Team")],
    name: Annotated[str, typer.Argument(metavar="REGION", help="区域;空为取消 · Region, empty for none")],
) -> None:
    """团队所属的区域:公司与团队之间的一级 · The region of a team."""
    from api.cli.target import set_region

    set_region(run_settings(), team, name)


@target_app.command("withdraw")
def withdraw(
    target: TargetId,
    reason: Annotated[str, typer.Option(help="原因 · Why")],
    by: Annotated[str, typer.Option(help="由谁 · By whom")],
) -> None:
    """撤回目标及其下级;仍保存,可恢复 · Take a target and those below it back."""
    from api.cli.target import withdraw as run

    run(run_settings(), target, reason=reason, by=by)


@target_app.command("restore")
def restore(target: TargetId, by: Annotated[str, typer.Option(help="由谁 · By whom")]) -> None:
    """恢复撤回的目标及一起撤回的下级 · Bring a withdrawn target back."""
    from api.cli.target import restore as run

    run(run_settings(), target, by=by)


@target_app.command("path")
def path(target: TargetId, as_json: Json = False) -> None:
    """路径卡:每日拨打、接通、有效、成交,80 % 区间,周里程碑 · Path card and milestones."""
    from api.cli.target import show_path

    show_path(run_settings(), target, as_json=as_json)


@target_app.command("rule")
def rule(
    name: Annotated[str, typer.Argument(metavar="calendar|outage|market", help="规则 · Rule")],
    by: By,
    *,
    floor: Annotated[float, typer.Option(help="系数下限 · Least factor")] = 0.5,
    cap: Annotated[float, typer.Option(help="系数上限 · Most factor")] = 1.5,
    elasticity: Annotated[float, typer.Option(help="市场指数的弹性 · Elasticity")] = 1.0,
) -> None:
    """声明校准规则,从今天起有效 · Declare a calibration rule, from today on."""
    from api.cli.target import declare

    declare(run_settings(), name, by=by, floor=floor, cap=cap, elasticity=elasticity)


@target_app.command("calibrate")
def calibrate(
    target: TargetId,
    name: Annotated[str, typer.Argument(metavar="calendar|outage|market", help="规则 · Rule")],
    *,
    day: Annotated[str, typer.Option("--on", metavar="DATE", help="事件日期 · Day of the event")],
    amount: Annotated[float, typer.Option(help="实际工作日、停机分钟或现在的指数 · Amount")],
    base: Annotated[float, typer.Option(help="计划工作日、班次分钟或原指数 · Base")],
    reason: Annotated[str, typer.Option(help="原因 · Reason")],
    by: By,
) -> None:
    """按事先声明的规则校准,前后值都留存 · Calibrate by a declared rule; both values are kept."""
    from api.cli.target import calibrate as run

    run(run_settings(), target, name, day=day, amount=amount, base=base, reason=reason, by=by)


@target_app.command("log")
def log(target: TargetId, as_json: Json = False) -> None:
    """校准日志 · Log of calibrations."""
    from api.cli.target import show_log

    show_log(run_settings(), target, as_json=as_json)
