"""Runs openai-whisper or whisper.cpp over a folder of sounds, in an environment of their own that has one of them and numpy.

    python engine_process.py openai|cpp MODEL SOUNDS

MODEL: an .npz of openai-whisper's tensors, its dimensions as JSON in `dims`; or a ggml file. SOUNDS: a folder of .npy, each (n,)
float32 at 16 kHz. Prints one JSON object: seconds on the clock, CPU seconds, texts by name, the engine's version. Loading is not
counted. Language zh, all else as each engine does it by itself.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np


def openai(model: Path) -> Callable[[Any], str]:
    import torch
    from whisper.model import ModelDimensions, Whisper

    stored = np.load(model)
    whisper = Whisper(ModelDimensions(**json.loads(str(stored["dims"])))).eval()
    whisper.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored if name != "dims"})
    warnings.filterwarnings("ignore", message="FP16 is not supported on CPU")
    return lambda sound: str(whisper.transcribe(sound, language="zh")["text"])


def cpp(model: Path) -> Callable[[Any], str]:
    from pywhispercpp.model import Model

    whisper = Model(
        str(model),
        language="zh",
        print_progress=False,
        print_realtime=False,
        redirect_whispercpp_logs_to=None,
    )
    return lambda sound: "".join(part.text for part in whisper.transcribe(sound))


ENGINES = {"openai": (openai, "openai-whisper"), "cpp": (cpp, "pywhispercpp")}


def main() -> None:
    logging.disable(logging.INFO)
    name, model, sounds = sys.argv[1:]
    load, package = ENGINES[name]
    transcribe = load(Path(model))
    given = {path.stem: np.load(path) for path in sorted(Path(sounds).glob("*.npy"))}
    transcribe(next(iter(given.values()))[:16_000])  # the first one pays for threads and buffers
    start, used = perf_counter(), process_time()
    texts = {key: transcribe(sound) for key, sound in given.items()}
    made = {"wall_s": perf_counter() - start, "cpu_s": process_time() - used, "texts": texts}
    print(json.dumps({**made, "version": f"{package} {version(package)}"}))


if __name__ == "__main__":
    main()
