"""Recognisers: one file an engine behind one Protocol."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from qa_engine.speech.engines.base import Recognizer, Segment
from qa_engine.speech.engines.catalog import model_folder, resolve_model
from qa_engine.speech.engines.faster_whisper import FasterWhisper

__all__ = ["Recognizer", "Segment", "load_recognizer"]


def load_recognizer(
    model: str,
    *,
    device: str = "auto",
    compute_type: str = "default",
    threads: int = 0,
    hub_timeout_s: float = 15.0,
) -> Recognizer:
    """The recogniser that the settings name. Cheap: the weights are read by the first call that needs them.

    The same arguments give the same object, so that a process holds a model once. A hub model that is not here is
    fetched. Raises HubUnreachable (naming the setting) and BadSettings."""
    ref = resolve_model(model)
    folder = model_folder(ref, hub_timeout_s=hub_timeout_s)
    return _recognizer(folder, ref.name, device, compute_type, threads)


@lru_cache(maxsize=2)
def _recognizer(folder: Path, name: str, device: str, compute_type: str, threads: int) -> FasterWhisper:
    return FasterWhisper(folder, name=name, device=device, compute_type=compute_type, threads=threads)
