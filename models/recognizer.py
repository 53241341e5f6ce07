"""The recogniser of the settings, laid out on this machine as it was measured to be fastest (`callqa models measure`)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.asr_endpoint import asr_endpoint
from models.settings import Settings
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.engines.layout import own_cores
from qa_engine.speech.engines.spec import Option

log = structlog.get_logger()


class KeptLayout(BaseModel):
    """What `callqa models measure` found, for one model on one machine. `windows_s` and `usual_windows_s`: windows a second
    with it, and without."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    model: str
    device: str
    compute_type: str
    cores: int = Field(ge=1)
    workers: int = Field(ge=1, le=256)
    threads: int = Field(ge=1, le=256)
    batch: int = Field(ge=1, le=256)
    windows_s: float = Field(gt=0)
    usual_windows_s: float = Field(gt=0)
    measured_on: date


class _File(BaseModel):
    layouts: tuple[KeptLayout, ...] = ()


def kept_layout(settings: Settings, model: str = "") -> KeptLayout | None:
    """What was measured for the model (of the settings, if none is named) on a machine like this one; None where nothing
    was, or where the settings say how many threads to take."""
    if settings.whisper_threads:
        return None
    wanted = (
        model or settings.whisper_model,
        settings.whisper_device,
        settings.whisper_compute_type,
        own_cores(),
    )
    for kept in _read(settings.speech_layout).layouts:
        if (kept.model, kept.device, kept.compute_type, kept.cores) == wanted:
            return kept
    return None


def keep_layout(settings: Settings, kept: KeptLayout) -> Path:
    """Writes it in the place of what was measured before for the same model; returns the file."""
    path = settings.speech_layout
    others = [
        other
        for other in _read(path).layouts
        if (other.model, other.device, other.compute_type, other.cores)
        != (kept.model, kept.device, kept.compute_type, kept.cores)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(_File(layouts=(*others, kept)).model_dump_json(indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
    return path


def open_recognizer(settings: Settings, model: str = "", **options: Option) -> Recognizer:
    """The recogniser of the settings, or the `model` named; `options` as in `load_recognizer`. Cheap until its first call.

    Raises `BadSettings`, `HubUnreachable`."""
    kept = kept_layout(settings, model)
    compute_type = str(options.pop("compute_type", settings.whisper_compute_type))
    if kept:
        options |= {"workers": kept.workers, "batch": kept.batch}
    return load_recognizer(
        model or settings.whisper_model,
        device=settings.whisper_device,
        compute_type=compute_type,
        threads=kept.threads if kept else settings.whisper_threads,
        hub_timeout_s=settings.hub_timeout_s,
        endpoint=asr_endpoint(settings),
        **options,
    )


def _read(path: Path) -> _File:
    """A file that cannot be read costs speed, not calls."""
    if not path.is_file():
        return _File()
    try:
        return _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        log.warning("speech_layout.unusable", file=str(path), error=type(error).__name__)
        return _File()
