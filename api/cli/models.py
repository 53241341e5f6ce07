"""`callqa models`: which speech models there are, what is known about them, and how to get them."""

from __future__ import annotations

from api.cli.console import note, out, table
from models.settings import Settings
from qa_engine.errors import NotFound
from qa_engine.speech.engines.catalog import fetch_model, installed_models, resolve_model
from qa_engine.speech.engines.models import KNOWN_MODELS, KnownModel, conversion_command, known_model


def list_models(settings: Settings) -> None:
    """Models known by name, those that are here marked, and the one in use."""
    here = {model.ref.name: model for model in installed_models()}
    rows = [
        (
            model.name,
            "✓ 本机" if model.name in here else "",
            f"{model.size_mb} MB",
            f"{model.cer.hkust_telephone:g}%" if model.cer else "—",
            model.explanation_zh,
        )
        for model in KNOWN_MODELS
    ]
    out().print(table(("模型", "状态", "大小", "电话中文字错率(HKUST)", "说明"), rows))
    note(f"当前使用 CALLQA_WHISPER_MODEL={settings.whisper_model}")
    current = resolve_model(settings.whisper_model)
    if current.notice_zh:
        note(current.notice_zh, style="yellow")


def explain(name: str | None) -> None:
    """What is known about a model, or all. Raises `NotFound`."""
    model = known_model(name) if name else None
    if name and model is None:
        raise NotFound(
            f"没有名为 {name} 的已知模型", hint=f"已知:{'、'.join(known.name for known in KNOWN_MODELS)}"
        )
    for one in (model,) if model else KNOWN_MODELS:
        out().print(_explanation(one), markup=False, highlight=False)


def _explanation(model: KnownModel) -> str:
    lines = [f"{model.name} · {model.size_mb} MB", f"  {model.explanation_zh}", f"  {model.explanation_en}"]
    if model.relative_speed:
        lines.append(f"  速度约为 large-v2 的 {model.relative_speed:g} 倍(模型作者所给)")
    if model.cer:
        cer = model.cer
        lines.append(
            f"  公开字错率:AISHELL-1 {cer.aishell_1:g}%,WenetSpeech 会议 {cer.wenetspeech_meeting:g}%,"
            f"HKUST 电话 {cer.hkust_telephone:g}%"
        )
    if model.repository:
        lines.append(f"  获取:callqa models fetch {model.name}")
    elif model.convert_from:
        lines.append(f"  转换一次:{conversion_command(model)}")
    return "\n".join(lines)


def fetch(settings: Settings, name: str) -> None:
    """Gets a model. Raises `HubUnreachable`, `BadSettings`."""
    note(f"获取 {name} …")
    folder = fetch_model(name, settings.hub_timeout_s)
    note(f"可以离线使用了;设置 CALLQA_WHISPER_MODEL={name}", style="green")
    out().print(str(folder), markup=False, highlight=False)
