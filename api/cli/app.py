"""The commands of `callqa` and their options; the work is in the module of each command's name."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.alert_commands import alerts_app, attribute
from api.cli.asr_commands import asr_app
from api.cli.coaching_commands import coaching_app, experiment_app, report_app
from api.cli.dialer_commands import import_, kpi, people, pull
from api.cli.manager_commands import scorecard_app, target_app
from api.cli.rubric_commands import rubric_app
from api.cli.running import end_with, run_settings
from api.cli.search_command import search
from api.cli.sides import AgentFile, CustomersFile, Offset, with_sides
from api.cli.user_commands import user_app
from models.version import code_version

app = typer.Typer(
    name="callqa",
    help="CallQA 电销通话质检:录音进,带证据的评分出 · Recorded sales calls in, evidence-backed scores out.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="语音模型 · Speech models.")
db_app = typer.Typer(help="数据库 · Database.", no_args_is_help=True)
app.add_typer(rubric_app, name="rubric")
app.command("import")(import_)
app.command()(kpi)
app.command()(people)
app.command()(pull)
app.command()(search)
app.add_typer(alerts_app, name="alerts")
app.command()(attribute)
app.add_typer(coaching_app, name="coaching")
app.add_typer(experiment_app, name="experiment")
app.add_typer(report_app, name="report")
app.add_typer(scorecard_app, name="scorecard")
app.add_typer(target_app, name="target")
app.add_typer(user_app, name="user")
app.add_typer(asr_app, name="asr")
app.add_typer(models_app, name="models")
app.add_typer(db_app, name="db")

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="文件 · Files")]
SomeFiles = Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="文件 · Files")]
Json = Annotated[
    bool, typer.Option("--json", help="每通一行 JSON,写到标准输出 · One JSON document a call on stdout")
]
Facts = Annotated[
    Path | None,
    typer.Option(
        help="话务信息表 calls.csv;缺省自动找录音旁边的 · Dialer facts; found beside the recording by default"
    ),
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="端口,0 为任意空闲 · Port, 0 = any free one")
]
Host = Annotated[str | None, typer.Option(help="监听地址 · Address to listen on")]
Workers = Annotated[int | None, typer.Option(min=0, max=64, help="工作进程数 · Worker processes")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(code_version())
        raise typer.Exit


@app.callback()
def callqa(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 · Version")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="出错时给出完整堆栈 · Full traceback on errors")
    ] = False,
) -> None:
    """CallQA 电销通话质检:录音进,带证据的评分出 · Recorded sales calls in, evidence-backed scores out."""


@app.command()
def demo(
    serve: Annotated[bool, typer.Option(help="结束后打开页面服务 · Serve the pages afterwards")] = True,
    port: Port = None,
    workers: Workers = None,
    calls: Annotated[
        Path | None,
        typer.Option(
            help="含 calls.csv 的文件夹;缺省为自带样例 · Folder with calls.csv; the samples by default"
        ),
    ] = None,
) -> None:
    """样例录音走完整流程,出汇总表并打开页面 · Sample calls through the real pipeline, then the pages."""
    from api.cli.demo import run_demo

    end_with(run_demo(run_settings(port=port), serve=serve, workers=workers, folder=calls))


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="内置工作进程数 · Embedded worker processes")
    ] = 1,
) -> None:
    """启动 API、页面和内置工作进程 · API, pages and embedded workers."""
    from api.cli.serve import serve as run

    end_with(run(run_settings(host=host, port=port), workers=workers))


@app.command()
def worker(
    n: Annotated[int, typer.Option("-n", "--workers", min=1, max=64, help="进程数 · Processes")] = 1,
    queues: Annotated[str, typer.Option(help="asr,light:转写与其余阶段 · Which stages")] = "asr,light",
) -> None:
    """启动工作进程(Celery) · Worker processes for a Redis or RabbitMQ broker."""
    from api.cli.serve import parse_queues, work

    end_with(work(run_settings(), n=n, queues=parse_queues(queues)))


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="录音、文字稿、文件夹或 calls.csv")
    ] = None,
    *,
    agent: AgentFile = None,
    customer: CustomersFile = None,
    customer_offset_s: Offset = 0.0,
    facts: Facts = None,
    source: Annotated[str, typer.Option(help="通话编号所属的系统 · System that gave the ids")] = "cli",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查,不保存 · Check only")] = False,
    as_json: Json = False,
) -> None:
    """接收录音,等待处理 · Take recordings in."""
    from api.cli.ingest import ingest as run

    files, customers = with_sides(paths, agent, customer, customer_offset_s)
    code = run(
        run_settings(),
        files,
        source=source,
        facts=facts,
        customers=customers,
        dry_run=dry_run,
        as_json=as_json,
    )
    end_with(code)


@app.command()
def transcribe(
    audio: Annotated[
        list[Path] | None, typer.Argument(metavar="AUDIO…", help="录音文件 · Recordings")
    ] = None,
    *,
    agent: AgentFile = None,
    customer: CustomersFile = None,
    customer_offset_s: Offset = 0.0,
    as_json: Json = False,
    agent_channel: Annotated[
        int | None, typer.Option(min=0, max=1, help="坐席声道 0 或 1 · Channel of the agent")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="语音模型,缺省为 CALLQA_WHISPER_MODEL · Speech model")
    ] = None,
    facts: Facts = None,
) -> None:
    """转写录音,不需要数据库 · Transcribe recordings, no database needed."""
    from api.cli.transcribe import transcribe_files

    files, customers = with_sides(audio, agent, customer, customer_offset_s)
    code = transcribe_files(
        run_settings(),
        files,
        model=model,
        agent_channel=agent_channel,
        facts=facts,
        customers=customers,
        as_json=as_json,
    )
    end_with(code)


@app.command()
def score(
    files: SomeFiles = None,
    *,
    agent: AgentFile = None,
    customer: CustomersFile = None,
    customer_offset_s: Offset = 0.0,
    rubric: Annotated[str | None, typer.Option(help="质检表编号或文件 · Rubric id or file")] = None,
    phrases: Annotated[
        Path | None, typer.Option(help="补充词表 YAML · Phrase lists that add to the shipped ones")
    ] = None,
    facts: Facts = None,
    agent_channel: Annotated[
        int | None, typer.Option(min=0, max=1, help="坐席声道 0 或 1 · Channel of the agent")
    ] = None,
    agent_speaker: Annotated[
        str | None, typer.Option(help="文字稿里坐席的标签,如 spk_0 · The agent's label in transcripts")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="文字稿格式,缺省自动识别 · Transcript format, else found out"),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="逐项列出条件、原话和毫秒 · Condition, words and milliseconds")
    ] = False,
    as_json: Json = False,
) -> None:
    """给录音或文字稿评分,不需要数据库 · Score recordings or transcripts, no database needed."""
    from api.cli.score import Form
    from api.cli.score import score as run

    paths, customers = with_sides(files, agent, customer, customer_offset_s)
    code = run(
        run_settings(),
        paths,
        form=Form(rubric, phrases),
        facts=facts,
        customers=customers,
        agent_channel=agent_channel,
        agent_speaker=agent_speaker,
        form_of_files=form,
        as_json=as_json,
        proof=proof,
    )
    end_with(code)


@app.command()
def replay(
    calls: Annotated[
        list[str] | None, typer.Argument(metavar="[CALL…]", help="通话编号或外部编号 · Call ids")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="所有保存的评分 · Every stored evaluation")] = False,
    as_json: Json = False,
) -> None:
    """按评分时的质检表和输入重算,逐字节核对 · Make stored scores again and compare them byte for byte."""
    from api.cli.replay import replay as run

    end_with(run(run_settings(), calls or [], every=every, as_json=as_json))


@app.command()
def rescore(
    *,
    rubric: Annotated[str | None, typer.Option(help="只用这张质检表 · This rubric only")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从这一天起 · From this day")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到这一天止(含)· To this day, included")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="坐席编号 · Agent id")] = None,
    campaign: Annotated[str | None, typer.Option(help="活动 · Campaign")] = None,
    call: Annotated[list[str] | None, typer.Option(help="通话编号,可多次 · Call id, repeatable")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="已是当前版本的也重算 · Also those scored by this version")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数,不登记 · Count only")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="等到完成 · Wait until done")] = False,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="另开几个工作进程来完成 · Worker processes to bring along")
    ] = 0,
    status: Annotated[str | None, typer.Option(help="查看一次登记的进度 · Progress of a request")] = None,
    as_json: Json = False,
) -> None:
    """用现在的质检表给已存的通话重新评分,旧分保留 · Score stored calls anew; old scores are kept."""
    from api.cli.rescore import rescore as run
    from api.cli.rescore import show_status
    from models.stored_calls import Wanted

    if status:
        end_with(show_status(run_settings(), status, as_json=as_json))
        return
    days = (since.date() if since else None, until.date() if until else None)
    wanted = Wanted(rubric, *days, agent, campaign, tuple(call or ()), force)
    code = run(run_settings(), wanted, is_dry_run=dry_run, is_waiting=wait, workers=workers, as_json=as_json)
    end_with(code)


@app.command()
def analyze(files: Files, facts: Facts = None, as_json: Json = False) -> None:
    """环节、情绪、异议:评分之前理解到的内容 · What was understood, before any rubric."""
    from api.cli.analyze import analyze_files

    end_with(analyze_files(run_settings(), files, facts=facts, as_json=as_json))


@app.command()
def doctor(as_json: Json = False) -> None:
    """检查这套安装,逐项给出下一步 · What is wrong with this installation, and what to do."""
    from api.cli.doctor import doctor as run

    end_with(run(as_json=as_json))


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """语音模型 · Speech models."""
    if context.invoked_subcommand is None:
        models_list()


@models_app.command("list")
def models_list() -> None:
    """本机可用和已知的模型 · Models here and known."""
    from api.cli.models import list_models

    list_models(run_settings())


@models_app.command("explain")
def models_explain(name: Annotated[str | None, typer.Argument(help="模型名 · Model")] = None) -> None:
    """说明一个或全部模型 · Explain one or all models."""
    from api.cli.models import explain

    explain(name)


@models_app.command("fetch")
def models_fetch(name: Annotated[str, typer.Argument(help="模型名或仓库 · Model or repository")]) -> None:
    """下载模型,供离线使用 · Get a model for use without network."""
    from api.cli.models import fetch

    fetch(run_settings(), name)


@models_app.command("measure")
def models_measure(
    name: Annotated[
        str | None, typer.Argument(help="模型,空=当前使用的 · Model; empty = the one in use")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只量,不保存 · Measure only")] = False,
) -> None:
    """在本机试出最快的工、线程和批量,以后照用 · Find and keep the fastest layout on this machine."""
    from api.cli.models_measure import measure_model

    measure_model(run_settings(), name or "", dry_run=dry_run)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """建表或升级到当前版本 · Bring the schema up to date."""
    from api.cli.database import upgrade_database

    upgrade_database(run_settings())
