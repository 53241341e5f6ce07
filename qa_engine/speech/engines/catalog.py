"""Which model a name means, whether it is here, and how to get it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from qa_engine.errors import BadSettings, Where
from qa_engine.speech.engines.hub import SETTING, cached_folder, download
from qa_engine.speech.engines.manifest import read_manifest
from qa_engine.speech.engines.models import KNOWN_MODELS, conversion_command, known_model

REQUIRED_FILES: Final = ("model.bin", "config.json", "tokenizer.json")
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_DEMO_ZH: Final = "由演示模型转写:它只认识样例录音里的合成声音,对真实通话的结果没有意义。请用 CALLQA_WHISPER_MODEL 换成正式模型。"
_DEMO_EN: Final = (
    "Transcribed by the demo model, which knows only the synthetic sample voices; on real calls its text means "
    "nothing. Choose a real model with CALLQA_WHISPER_MODEL."
)


class ModelKind(StrEnum):
    """Where a model comes from."""

    DEMO = "demo"
    HUB = "hub"
    LOCAL = "local"
    ENDPOINT = "openai"
    SHERPA = "sherpa"


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model that can be asked for. `path_or_hub_id` is a folder for demo and local, a hub repository for hub.
    The notices are what a page must say beside a transcript, "" where there is nothing to warn of."""

    name: str
    path_or_hub_id: str
    kind: ModelKind
    notice_zh: str = ""
    notice_en: str = ""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be used now without network."""

    ref: ModelRef
    folder: Path
    size_mb: float


def demo_folder() -> Path:
    """The folder of the model that ships with the product."""
    return Path(str(files("fixtures"))) / "model" / "demo"


def resolve_model(name: str) -> ModelRef:
    """The model that a setting names: `demo`, a known name, a hub repository `owner/name`, a folder, or
    `openai:MODEL` for one behind an endpoint, `sherpa:FOLDER` for one that sherpa-onnx runs.

    Touches no network. Raises BadSettings for a name that can mean nothing, with the nearest known names."""
    name = name.strip()
    if name == "demo":
        return _local(name, demo_folder(), ModelKind.DEMO)
    kind, colon, served = name.partition(":")
    if colon and kind == ModelKind.ENDPOINT:
        return ModelRef(served.strip(), "", ModelKind.ENDPOINT)
    if colon and kind == ModelKind.SHERPA:
        folder = Path(served.strip()).expanduser().resolve()
        return ModelRef(folder.name, str(folder), ModelKind.SHERPA)
    path = Path(name).expanduser()
    if path.is_dir():
        return _local(path.resolve().name, path.resolve(), ModelKind.LOCAL)
    known = known_model(name)
    if known and known.repository:
        return ModelRef(name, known.repository, ModelKind.HUB)
    if known:
        raise BadSettings(
            f"模型 {name} 没有可直接下载的 CTranslate2 版本",
            hint=f"请在能上网的机器上转换一次,再把 {SETTING} 设为得到的文件夹:{conversion_command(known)}",
        )
    if _HUB_ID.fullmatch(name):
        return ModelRef(name, name, ModelKind.HUB)
    raise BadSettings(f"没有名为 {name!r} 的模型,也没有这个文件夹", hint=_suggestion(name))


def check_folder(folder: Path, *, name: str) -> Path:
    """A folder that holds a CTranslate2 Whisper model. Raises BadSettings naming the files that are missing."""
    missing = [file for file in REQUIRED_FILES if not (folder / file).is_file()]
    if missing:
        raise BadSettings(
            f"模型 {name} 的文件夹缺少 {'、'.join(missing)}",
            hint=f"请检查 {SETTING};文件夹须是 CTranslate2 格式(用 ct2-transformers-converter 转换)",
            where=Where(str(folder)),
        )
    return folder


def model_folder(ref: ModelRef, *, hub_timeout_s: float) -> Path:
    """The folder of a model, fetched from the hub where it is not here yet. Raises BadSettings, HubUnreachable."""
    if ref.kind is ModelKind.ENDPOINT:
        raise BadSettings(
            f"模型 {ref.name} 在转写接口上,本机没有它的文件夹", hint=f"请把 {SETTING} 设为本地模型"
        )
    if ref.kind is ModelKind.SHERPA:
        return Path(ref.path_or_hub_id)
    if ref.kind is not ModelKind.HUB:
        return check_folder(Path(ref.path_or_hub_id), name=ref.name)
    folder = cached_folder(ref.path_or_hub_id) or download(ref.path_or_hub_id, timeout_s=hub_timeout_s)
    return check_folder(folder, name=ref.name)


def fetch_model(name: str, timeout_s: float = 15.0) -> Path:
    """Gets a model for use without network and returns its folder. `timeout_s` is how long the hub may be silent.

    Raises HubUnreachable, BadSettings."""
    return model_folder(resolve_model(name), hub_timeout_s=timeout_s)


def installed_models(folders: Sequence[Path] = ()) -> tuple[InstalledModel, ...]:
    """Known models that are here, and those in `folders` (a folder of model folders each)."""
    found: list[InstalledModel] = []
    if _is_model(demo_folder()):
        found.append(_installed(resolve_model("demo"), demo_folder()))
    for known in KNOWN_MODELS:
        folder = cached_folder(known.repository) if known.repository else None
        if folder is not None and _is_model(folder):
            found.append(_installed(ModelRef(known.name, known.repository, ModelKind.HUB), folder))
    for parent in folders:
        inside = sorted(parent.iterdir()) if parent.is_dir() else []
        found.extend(_installed(resolve_model(str(folder)), folder) for folder in inside if _is_model(folder))
    return tuple(found)


def _local(name: str, folder: Path, kind: ModelKind) -> ModelRef:
    check_folder(folder, name=name)
    demo = read_manifest(folder).demo or kind is ModelKind.DEMO
    return ModelRef(name, str(folder), kind, _DEMO_ZH if demo else "", _DEMO_EN if demo else "")


def _installed(ref: ModelRef, folder: Path) -> InstalledModel:
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return InstalledModel(ref, folder, round(size / 1e6, 1))


def _is_model(folder: Path) -> bool:
    return all((folder / file).is_file() for file in REQUIRED_FILES)


def _suggestion(name: str) -> str:
    names = [model.name for model in KNOWN_MODELS]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or names
    return f"{SETTING} 可以是:{'、'.join(near)},模型仓库 owner/name,或本地 CTranslate2 文件夹"
