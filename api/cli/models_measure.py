"""`callqa models measure`: the fastest way to run a model on this machine, found by trying and kept."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np

from api.cli.console import note, out, table
from models.recognizer import KeptLayout, keep_layout
from models.settings import Settings
from qa_engine.errors import BadSettings
from qa_engine.speech.audio import Samples
from qa_engine.speech.engines.catalog import ModelKind, model_folder, resolve_model
from qa_engine.speech.engines.layout import own_cores
from qa_engine.speech.engines.measure import Timed, measure
from qa_engine.speech.media import decode

SAMPLE_CALLS = ("ins-001", "wealth-002", "edu-001")


def measure_model(settings: Settings, model: str, *, dry_run: bool) -> None:
    """Prints a line a layout as it is tried, and keeps the best. Raises `BadSettings`, `HubUnreachable`."""
    ref = resolve_model(model or settings.whisper_model)
    if ref.kind in {ModelKind.ENDPOINT, ModelKind.SHERPA}:
        raise BadSettings(
            f"{ref.name} 不由 CTranslate2 运行,没有布局可量",
            hint="请给出本机的 Whisper 模型,如 callqa models measure small",
        )
    folder = model_folder(ref, hub_timeout_s=settings.hub_timeout_s)
    note(f"在 {own_cores()} 核上量 {ref.name};请让机器闲着,约需一两分钟,大模型更久")
    found = measure(
        folder,
        _speech(),
        device=settings.whisper_device,
        compute_type=settings.whisper_compute_type,
        cores=own_cores(),
        told=lambda timed: note(_told(timed), style="dim"),
    )
    rows = [
        (
            f"{one.layout.workers} × {one.layout.threads}",
            str(one.layout.batch),
            f"{one.windows_s:.2f}",
            f"{one.windows_s / found.usual.windows_s:.2f}",
            "✓" if one is found.best else "",
        )
        for one in found.tried
    ]
    out().print(table(("路 × 线程", "每批窗数", "每秒窗数", "与通常布局之比", "选用"), rows))
    best = found.best
    if dry_run:
        note("试运行:没有保存", style="dim")
        return
    path = keep_layout(
        settings,
        KeptLayout(
            model=model or settings.whisper_model,
            device=settings.whisper_device,
            compute_type=settings.whisper_compute_type,
            cores=own_cores(),
            workers=best.layout.workers,
            threads=best.layout.threads,
            batch=best.layout.batch,
            windows_s=best.windows_s,
            usual_windows_s=found.usual.windows_s,
            measured_on=date.today(),  # noqa: DTZ011  # for people of this machine to read
        ),
    )
    note(f"已保存 {path};重新启动工作进程后生效", style="green")


def _told(timed: Timed) -> str:
    layout = timed.layout
    return f"{layout.workers} 路 × {layout.threads} 线程,每批 {layout.batch} 窗:每秒 {timed.windows_s:.2f} 窗"


def _speech() -> Samples:
    """Both sides of some sample calls, one after another."""
    calls = Path(str(files("fixtures"))) / "calls"
    sounds = [decode(calls / name / "audio.opus").samples for name in SAMPLE_CALLS]
    return np.concatenate([channel for sound in sounds for channel in sound])
