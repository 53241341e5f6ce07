"""`callqa rubric …`: the commands for forms and their options; the work is in the module of each command's name."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import end_with, run_settings

rubric_app = typer.Typer(help="质检表 · Rubrics.", no_args_is_help=True)
Output = Annotated[Path | None, typer.Option("-o", "--output", help="写到这个文件 · File to write")]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有文件 · Overwrite the file")]


@rubric_app.command("check")
def rubric_check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE…]", help="质检表文件,缺省为全部 · All by default")
    ] = None,
    phrases: Annotated[Path | None, typer.Option(help="补充词表 YAML · Phrase lists to add")] = None,
) -> None:
    """检查质检表并运行其中的例句 · Validate rubrics and run their examples as tests."""
    from api.cli.rubric import check

    end_with(check(run_settings(), files or [], phrases=phrases))


@rubric_app.command("list")
def rubric_list() -> None:
    """列出质检表 · List rubrics."""
    from api.cli.rubric import list_rubrics

    end_with(list_rubrics(run_settings()))


@rubric_app.command("lock")
def rubric_lock(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE…]", help="质检表文件,缺省为全部 · All by default")
    ] = None,
) -> None:
    """把质检表的当前版本写入锁文件 · Write the versions of rubrics into the lock."""
    from api.cli.rubric import lock

    lock(run_settings(), files or [])


@rubric_app.command("catalogue")
def rubric_catalogue() -> None:
    """条件手册:每个条件的含义、键、证据和例子 · Every condition of the rubric language, as Markdown."""
    from api.cli.rubric import print_catalogue

    print_catalogue()


@rubric_app.command("schema")
def rubric_schema() -> None:
    """质检表的 JSON Schema,供编辑器补全 · JSON Schema of rubrics."""
    from api.cli.rubric import print_schema

    print_schema()


@rubric_app.command("backtest")
def rubric_backtest(
    new: Annotated[str, typer.Argument(metavar="NEW", help="新表:文件或编号 · New rubric, file or id")],
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE…]", help="更多文字稿 · Further transcripts")
    ] = None,
    *,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OLD",
            help="旧表:文件、编号或 编号@版本;缺省为同编号启用的 · Old rubric; the active one of that id by default",
        ),
    ] = None,
    calls: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE…",
            help="文字稿或文件夹;缺省为已存的通话 · Transcripts or folders; stored calls by default",
        ),
    ] = None,
    reviews: Annotated[
        Path | None,
        typer.Option(help="复核表 call_id,item,verdict(CSV)· Reviewers' verdicts"),
    ] = None,
    phrases: Annotated[Path | None, typer.Option(help="补充词表 YAML · Phrase lists to add")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从这一天起 · From this day")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到这一天止(含)· To this day, included")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="坐席编号 · Agent id")] = None,
    campaign: Annotated[str | None, typer.Option(help="活动 · Campaign")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="callqa.backtest/1,写到标准输出 · The report as JSON on stdout")
    ] = False,
) -> None:
    """新表对旧表:哪些判定、分数、坐席会变 · What a new rubric would change on calls."""
    from api.cli.backtest import Sources, backtest
    from models.stored_calls import Wanted

    days = (since.date() if since else None, until.date() if until else None)
    sources = Sources((*(calls or ()), *(more or ())), Wanted(None, *days, agent, campaign), reviews, phrases)
    end_with(backtest(run_settings(), new, against=against, sources=sources, as_json=as_json))


@rubric_app.command("import")
def rubric_import(  # noqa: PLR0917 (options are given by name)
    file: Annotated[Path, typer.Argument(metavar="FILE", help="公司自己的评分表:.xlsx 或 .csv · The form")],
    output: Output = None,
    rubric_id: Annotated[str | None, typer.Option("--id", help="新质检表的编号 · Id of the rubric")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="工作表,缺省为第一张像评分表的 · Sheet of the workbook")
    ] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="一份 JSON · One JSON document")] = False,
) -> None:
    """把公司的评分表变成质检表草稿,说不清的列成问题 · A company's own form as a draft, with questions."""
    from api.cli.rubric_import import import_form

    end_with(
        import_form(
            run_settings(), file, output=output, name=rubric_id, sheet=sheet, force=force, as_json=as_json
        )
    )


@rubric_app.command("new")
def rubric_new(
    rubric_id: Annotated[str, typer.Argument(metavar="ID", help="新质检表的编号 · Id of the new rubric")],
    source: Annotated[
        str | None, typer.Option("--from", help="照这份抄:编号或文件 · Copy this one: id or file")
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """写一份带注释的起步质检表 · Write a commented form to start from."""
    from api.cli.authoring import new

    end_with(new(run_settings(), rubric_id, source=source, output=output, force=force))


@rubric_app.command("diff")
def rubric_diff(
    before: Annotated[str, typer.Argument(metavar="A", help="编号或文件 · Id or file")],
    after: Annotated[str, typer.Argument(metavar="B", help="编号或文件 · Id or file")],
    phrases: Annotated[Path | None, typer.Option(help="补充词表 YAML · Phrase lists to add")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="一份 JSON · One JSON document")] = False,
) -> None:
    """两份质检表差在哪里:检查项、键、短语;有差别时退出码为 1 · What changed between two rubrics."""
    from api.cli.authoring import diff

    end_with(diff(run_settings(), before, after, phrases=phrases, as_json=as_json))
