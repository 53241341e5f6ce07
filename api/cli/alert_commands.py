"""The commands of alerts and their options; the work is in `api.cli.alerts`."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import end_with, run_settings

alerts_app = typer.Typer(help="预警 · Alerts.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON")]


@alerts_app.command("rules")
def alerts_rules(
    file: Annotated[Path | None, typer.Argument(help="规则文件,缺省为在用的 · File of rules")] = None,
) -> None:
    """检查规则文件,用一句话说明每条规则 · Checks the rules and says each in words."""
    from api.cli.alerts import show_rules

    end_with(show_rules(run_settings(), file))


@alerts_app.command("list")
def alerts_list(
    state: Annotated[str, typer.Option(help="open 或 resolved,缺省为全部 · State")] = "",
    as_json: Json = False,
) -> None:
    """列出预警,未处理的在前 · Alerts, open ones first."""
    from api.cli.alerts import show_alerts

    end_with(show_alerts(run_settings(), state=state, as_json=as_json))


@alerts_app.command("check")
def alerts_check(
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="按这一天判断 · Judge as of this day")
    ] = None,
) -> None:
    """立即判断所有指标规则 · Judge the rules about figures now."""
    from api.cli.alerts import check

    end_with(check(run_settings(), as_of=as_of))


@alerts_app.command("send")
def alerts_send() -> None:
    """立即发送待发的通知 · Send what is due."""
    from api.cli.alerts import send

    end_with(send(run_settings()))


@alerts_app.command("test")
def alerts_test(
    channel: Annotated[str, typer.Argument(metavar="email|webhook|wecom|dingtalk|feishu", help="渠道")],
) -> None:
    """向一个渠道发送测试消息 · Send a test message."""
    from api.cli.alerts import try_channel

    end_with(try_channel(run_settings(), channel))


@alerts_app.command("lead")
def alerts_lead(
    team: Annotated[str, typer.Argument(help="团队编号 · Team")],
    name: Annotated[str, typer.Argument(help="负责人姓名 · Name")],
) -> None:
    """设置团队预警的负责人 · Who owns a team's alerts."""
    from api.cli.alerts import set_lead

    end_with(set_lead(run_settings(), team, name))


def attribute(
    metric: Annotated[str, typer.Argument(help="指标,例如 connect_rate · Rate")],
    *,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="后期起始 · First day after")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="后期结束 · Last day after")],
    before_first: Annotated[
        str | None, typer.Option("--before-from", metavar="DATE", help="前期起始,缺省为之前四周 · Before")
    ] = None,
    before_last: Annotated[
        str | None, typer.Option("--before-to", metavar="DATE", help="前期结束 · Last day before")
    ] = None,
    team: Annotated[str | None, typer.Option(help="团队 · Team")] = None,
    agent: Annotated[str | None, typer.Option(help="坐席 · Agent")] = None,
    campaign: Annotated[str | None, typer.Option(help="活动 · Campaign")] = None,
    as_json: Json = False,
) -> None:
    """五维归因:一个比率为什么变了,附区间和未解释部分 · Why a rate changed, with what stays unexplained."""
    from dataclasses import replace

    from api.cli.alerts import attribute as run
    from api.cli.alerts import span
    from models.attribution import usual_question

    asked = usual_question(metric, span(first, last), scope="", key="")
    if before_first and before_last:
        asked = replace(asked, before=span(before_first, before_last))
    end_with(run(run_settings(), replace(asked, team=team, agent=agent, campaign=campaign), as_json=as_json))
