"""The commands about recognisers."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.running import end_with, run_settings

asr_app = typer.Typer(help="识别引擎:比较、校准 · Recognisers.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · JSON on stdout")]
Folder = Annotated[Path, typer.Option("--on", metavar="FOLDER", help="带标注的录音 · Recordings with labels")]


@asr_app.command("compare")
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="模型,可带选项:small,beam=2 · Model and options")],
    b: Annotated[str, typer.Argument(metavar="B", help="另一个 · The other")],
    *,
    on: Folder,
    changes: Annotated[int, typer.Option(min=0, max=100_000, help="列出几个有差别的词 · Words to list")] = 20,
    campaign: Annotated[
        str | None, typer.Option(help="用这个活动的热词 · With the hot words of this campaign")
    ] = None,
    as_json: Json = False,
) -> None:
    """两个引擎在同一批录音上的字错率和差别 · Character errors of two engines on the same recordings."""
    from api.cli.asr_compare import compare as run

    end_with(run(run_settings(), a, b, on, changes=changes, campaign=campaign, as_json=as_json))


@asr_app.command("calibrate")
def calibrate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="模型文件夹或名称 · Model")],
    *,
    on: Folder,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只测量,不保存 · Measure only")] = False,
    as_json: Json = False,
) -> None:
    """让一个模型的置信度与实际对错相符 · Learn what a model's confidence means."""
    from api.cli.asr_calibrate import calibrate as run

    end_with(run(run_settings(), model, on, dry_run=dry_run, as_json=as_json))
