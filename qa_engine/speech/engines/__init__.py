"""Recognisers: one file an engine behind one Protocol."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_engine.errors import BadSettings
from qa_engine.speech.engines.base import Recognizer, Segment
from qa_engine.speech.engines.catalog import ModelKind, model_folder, resolve_model
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.engines.openai_compatible import Endpoint, OpenAiCompatible
from qa_engine.speech.engines.sherpa import SherpaOnnx
from qa_engine.speech.engines.spec import Option

__all__ = ["Recognizer", "Segment", "load_recognizer"]


def load_recognizer(
    model: str,
    *,
    device: str = "auto",
    compute_type: str = "default",
    threads: int = 0,
    hub_timeout_s: float = 15.0,
    endpoint: Endpoint | None = None,
    **options: Option,
) -> Recognizer:
    """The recogniser that the settings name. Cheap: the weights are read by the first call that needs them.

    The same arguments give the same object, so that a process holds a model once. A hub model that is not here is
    fetched. `endpoint` is where `openai:…` models are; `options`: see `spec`.
    Raises HubUnreachable (naming the setting) and BadSettings."""
    ref = resolve_model(model)
    if ref.kind is ModelKind.ENDPOINT:
        return _endpoint(endpoint, ref.name)
    if ref.kind is ModelKind.SHERPA:
        return _sherpa(Path(ref.path_or_hub_id), ref.name, threads)
    folder = model_folder(ref, hub_timeout_s=hub_timeout_s)
    compute_type = str(options.pop("compute_type", compute_type))
    return _recognizer(folder, ref.name, device, compute_type, threads, **options)


@lru_cache(maxsize=2)
def _recognizer(
    folder: Path, name: str, device: str, compute_type: str, threads: int, **options: Any
) -> FasterWhisper:
    return FasterWhisper(
        folder, name=name, device=device, compute_type=compute_type, threads=threads, **options
    )


@lru_cache(maxsize=2)
def _endpoint(endpoint: Endpoint | None, model: str) -> OpenAiCompatible:
    if endpoint is None or not model:
        raise BadSettings(
            "没有设置转写接口的地址" if model else "没有说用转写接口的哪个模型",
            hint="请设置 CALLQA_ASR_URL,并把 CALLQA_WHISPER_MODEL 写成 openai:模型名",
        )
    return OpenAiCompatible(endpoint, model)


@lru_cache(maxsize=2)
def _sherpa(folder: Path, name: str, threads: int) -> SherpaOnnx:
    return SherpaOnnx(folder, name=name, threads=threads)
