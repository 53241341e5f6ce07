"""ONNX models that hear tones, made on the spot: 300 Hz is 你, 1000 Hz is 好."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TOKENS = ("<blk>", "你", "好", "<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "</s>")
TONES_HZ = {1: 300.0, 2: 1000.0}
FRAMES, BINS = 7, 80
FEATURES = {
    "lfr_window_size": "7", "lfr_window_shift": "6", "normalize_samples": "0", "vocab_size": str(len(TOKENS)),
    "neg_mean": ",".join(["0"] * FRAMES * BINS), "inv_stddev": ",".join(["1"] * FRAMES * BINS),
}  # fmt: skip
SENSE_VOICE = {
    "model_type": "sense_voice_ctc", "version": "1", "with_itn": "14", "without_itn": "15", "lang_auto": "0",
    "lang_zh": "3", "lang_en": "4", "lang_yue": "7", "lang_ja": "11", "lang_ko": "12", "lang_nospeech": "13",
}  # fmt: skip
# Between the log energy of a mel band in which nothing sounds and one with a tone in it.
LOUD = 14.0


def sense_voice(folder: Path) -> Path:
    """Scores of every frame for CTC, after the four that SenseVoice says about the whole."""
    bias = np.full(len(TOKENS), -999, np.float32)
    bias[:3] = (LOUD, 0, 0)
    nodes = [
        helper.make_node("MatMul", ["x", "bands"], ["energy"]),
        helper.make_node("Add", ["energy", "bias"], ["scores"]),
        helper.make_node("Slice", ["scores", "from", "to", "axis"], ["first"]),
        helper.make_node("Mul", ["first", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "about"], ["head"]),
        helper.make_node("Concat", ["head", "scores"], ["logits"], axis=1),
    ]
    constants = {
        "bands": _bands(),
        "bias": bias,
        "from": np.array([0], np.int64),
        "to": np.array([4], np.int64),
        "axis": np.array([1], np.int64),
        "zero": np.zeros(1, np.float32),
        "about": np.eye(len(TOKENS), dtype=np.float32)[None, 3:7],
    }
    numbers = {"x_length": ["N"], "language": ["N"], "text_norm": ["N"]}
    return _saved(
        folder,
        nodes,
        constants,
        sound="x",
        numbers=numbers,
        outputs=["logits"],
        about=FEATURES | SENSE_VOICE,
    )


def paraformer(folder: Path) -> Path:
    """One token a window: the loudest of the tones."""
    bias = np.array([-999, 0, 0, *[-999] * 5], np.float32)
    nodes = [
        helper.make_node("MatMul", ["speech", "bands"], ["energy"]),
        helper.make_node("Add", ["energy", "bias"], ["scores"]),
        helper.make_node("ReduceMax", ["scores"], ["logits"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["speech_lengths", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "one"], ["token_num"]),
    ]
    constants = {
        "bands": _bands(),
        "bias": bias,
        "zero": np.zeros(1, np.int32),
        "one": np.ones(1, np.int32),
    }
    return _saved(
        folder,
        nodes,
        constants,
        sound="speech",
        numbers={"speech_lengths": ["N"]},
        outputs=["logits", "token_num"],
        about=FEATURES,
    )


def _bands() -> np.ndarray:
    """(560, tokens): the mean energy of the three mel bands around a token's tone, over the seven stacked frames."""
    bands = np.zeros((FRAMES * BINS, len(TOKENS)), np.float32)
    mel = [1127 * np.log(1 + hz / 700) for hz in (20.0, 8000.0)]
    for token, hz in TONES_HZ.items():
        at = round((1127 * np.log(1 + hz / 700) - mel[0]) / (mel[1] - mel[0]) * (BINS + 1)) - 1
        for frame in range(FRAMES):
            bands[frame * BINS + at - 1 : frame * BINS + at + 2, token] = 1 / (3 * FRAMES)
    return bands


def _saved(
    folder: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, np.ndarray],
    *,
    sound: str,
    numbers: dict[str, list[str]],
    outputs: list[str],
    about: dict[str, str],
) -> Path:
    integers = [
        helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name, shape in numbers.items()
    ]
    floats = helper.make_tensor_value_info(sound, TensorProto.FLOAT, ["N", "T", FRAMES * BINS])
    kinds = {"logits": (TensorProto.FLOAT, ["N", "U", len(TOKENS)]), "token_num": (TensorProto.INT32, ["N"])}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [floats, *integers],
        [helper.make_tensor_value_info(name, *kinds[name]) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    helper.set_model_props(model, about)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    (folder / "tokens.txt").write_text("".join(f"{token} {n}\n" for n, token in enumerate(TOKENS)))
    return folder
