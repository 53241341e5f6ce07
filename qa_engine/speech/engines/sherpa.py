"""SenseVoice and Paraformer from a local folder, run by sherpa-onnx (an extra: `pip install callqa[sherpa]`)."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from qa_engine.calls import EngineInfo, Span, Word
from qa_engine.errors import BadSettings, Where
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.calibration import Calibration, read_calibration
from qa_engine.speech.engines.base import Segment
from qa_engine.speech.engines.layout import own_cores
from qa_engine.speech.engines.manifest import read_manifest
from qa_engine.speech.engines.placed import placed
from qa_engine.speech.engines.windows import pack

MODELS: Final = ("model.int8.onnx", "model.onnx")
TOKENS: Final = "tokens.txt"
BATCH_WINDOWS: Final = 8
# A character is spoken no longer than this; the model tells when it begins.
LONGEST_TOKEN_S: Final = 0.4
_TARGET_PEAK: Final = 0.5
_MAX_GAIN: Final = 100.0
_FINGERPRINT_BYTES: Final = 1 << 20


class SherpaOnnx:
    """A folder with `model.onnx` (or `model.int8.onnx`, which is preferred) and `tokens.txt`, as sherpa-onnx publishes them.

    Which of the two it is the model's own metadata says. It is loaded by the first `recognize` of a process, as ONNX Runtime's
    threads do not survive a fork. It takes no prompt, and gives no probabilities: its words have no confidence."""

    def __init__(self, folder: Path, *, name: str, threads: int = 0) -> None:
        """Raises BadSettings where sherpa-onnx or a file is missing."""
        self._folder = folder
        self._model = _model_file(folder)
        self._threads = threads or own_cores()
        manifest = read_manifest(folder)
        self._window_s = manifest.window_s
        self._info = EngineInfo("sherpa-onnx", manifest.name or name, _version(self._model), manifest.demo)
        self._lock = threading.Lock()
        self._recognizer: Any = None
        self._pid = 0

    @property
    def info(self) -> EngineInfo:
        """`version` names sherpa-onnx and a fingerprint of the weights."""
        return self._info

    @property
    def calibration(self) -> Calibration | None:
        """A file beside the model, where somebody made one."""
        return read_calibration(self._folder)

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None = None
    ) -> tuple[Segment, ...]:
        """See `Recognizer`. The language is the model's own business: SenseVoice is told Chinese once, when loaded."""
        del language, prompt
        windows = pack(samples, spans, **({"max_s": self._window_s} if self._window_s else {}))
        segments: list[Segment] = []
        for first in range(0, len(windows), BATCH_WINDOWS):
            batch = windows[first : first + BATCH_WINDOWS]
            for window, result in zip(batch, self._decoded([w.cut(samples) for w in batch]), strict=True):
                segments.extend(placed(window, tuple(_words(result, window.length_s))))
        return tuple(segments)

    def _decoded(self, sounds: Sequence[Samples]) -> list[Any]:
        recognizer = self._loaded()
        streams = [recognizer.create_stream() for _ in sounds]
        for stream, sound in zip(streams, sounds, strict=True):
            stream.accept_waveform(SAMPLE_RATE_HZ, _normalised(sound))
        recognizer.decode_streams(streams)
        return [stream.result for stream in streams]

    def _loaded(self) -> Any:
        with self._lock:
            if self._recognizer is None or self._pid != os.getpid():
                self._recognizer = _load(self._model, self._folder / TOKENS, self._threads)
                self._pid = os.getpid()
            return self._recognizer


def _load(model: Path, tokens: Path, threads: int) -> Any:
    from sherpa_onnx import OfflineRecognizer  # noqa: PLC0415  # starts threads: not before a fork

    told = {"tokens": str(tokens), "num_threads": threads}
    try:
        if "lang_zh" in _metadata(model):
            return OfflineRecognizer.from_sense_voice(model=str(model), language="zh", use_itn=True, **told)
        return OfflineRecognizer.from_paraformer(paraformer=str(model), **told)
    except (RuntimeError, ValueError, LookupError) as error:
        raise _unusable(model, f"{error}") from error


def _metadata(model: Path) -> Mapping[str, str]:
    """What the file says about itself. sherpa-onnx ends the process for a model that is none, so this asks first."""
    from onnxruntime import InferenceSession  # noqa: PLC0415

    try:
        session = InferenceSession(str(model), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _unusable(model, f"{type(error).__name__}") from error
    known: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    if "lfr_window_size" not in known:
        raise _unusable(model, "没有 lfr_window_size 等说明,不是 SenseVoice 或 Paraformer")
    return known


def _unusable(model: Path, reason: str) -> BadSettings:
    return BadSettings(
        f"sherpa-onnx 模型无法载入:{reason}",
        hint="文件夹应是 sherpa-onnx 发布的 SenseVoice 或 Paraformer(非流式)模型",
        where=Where(str(model)),
    )


def _model_file(folder: Path) -> Path:
    model = next((folder / name for name in MODELS if (folder / name).is_file()), None)
    missing = [*([] if model else [" 或 ".join(MODELS)]), *([] if (folder / TOKENS).is_file() else [TOKENS])]
    if model is None or missing:
        raise BadSettings(
            f"sherpa-onnx 模型的文件夹缺少 {'、'.join(missing)}",
            hint="请检查 CALLQA_WHISPER_MODEL=sherpa:文件夹",
            where=Where(str(folder)),
        )
    return model


def _version(model: Path) -> str:
    try:
        installed = version("sherpa-onnx")
    except PackageNotFoundError as error:
        raise BadSettings("没有安装 sherpa-onnx", hint="请运行 pip install 'callqa[sherpa]'") from error
    weights = hashlib.sha256(str(model.stat().st_size).encode())
    with model.open("rb") as file:
        weights.update(file.read(_FINGERPRINT_BYTES))
    return f"{installed}+weights-{weights.hexdigest()[:8]}"


def _words(result: Any, length_s: float) -> Iterator[Word]:
    """A word a token, from where it begins to the next; spread evenly where the model tells no times."""
    tokens = [str(token).replace("▁", " ").strip() for token in result.tokens]
    starts = [float(at) for at in result.timestamps]
    if len(starts) != len(tokens):
        starts = [length_s * index / max(1, len(tokens)) for index in range(len(tokens))]
    for (start_s, next_s), token in zip(pairwise([*starts, length_s]), tokens, strict=True):
        if token:
            first = min(start_s, length_s)
            yield Word(token, first, max(first, min(next_s, start_s + LONGEST_TOKEN_S, length_s)))


def _normalised(sound: Samples) -> Samples:
    """Peak (99.9th percentile) at half scale, so that a quiet side is heard as well as a loud one."""
    peak = float(np.percentile(np.abs(sound), 99.9))
    gain = min(_TARGET_PEAK / peak, _MAX_GAIN) if peak > 0 else 1.0
    scaled: Samples = np.clip(sound * gain, -1.0, 1.0).astype(np.float32)
    return scaled
