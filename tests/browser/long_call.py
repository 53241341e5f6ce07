"""A call of three minutes, spliced from the sound and the scripts of two sample calls, in which two items are left open."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np

from models.ingest import Handed, receive_recording
from qa_engine.calls import CallFacts
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.media import decode
from tests.api.pages.product import SAMPLES, Product, sample_transcript, work

HOST, GUEST = "ins-001", "ins-002"
SPLICED_AFTER = 15
"""Turn of the host after which the guest's talk goes on."""
GUEST_TURNS = slice(6, 18)
BLURRED = 3
"""Turn of the host (asks leave to talk, and says that the call is recorded) that the recogniser is unsure of."""


def long_call() -> tuple[dict[str, Any], bytes]:
    """`callqa.transcript/1` and its sound as WAV."""
    host, guest = (sample_transcript(name) for name in (HOST, GUEST))
    for turn in (*host["turns"], *guest["turns"]):
        for word in turn["words"]:
            word["confidence"] = 0.95
    host["turns"][BLURRED]["confidence"] = 0.2
    for word in host["turns"][BLURRED]["words"]:
        word["confidence"] = 0.2
    middle = guest["turns"][GUEST_TURNS]
    cut_s = host["turns"][SPLICED_AFTER]["end_s"]
    from_s, to_s = middle[0]["start_s"] - 0.3, middle[-1]["end_s"]
    turns = [
        *host["turns"][: SPLICED_AFTER + 1],
        *(moved(turn, cut_s - from_s) for turn in middle),
        *(moved(turn, to_s - from_s) for turn in host["turns"][SPLICED_AFTER + 1 :]),
    ]
    sounds = [decode(SAMPLES / name / "audio.opus") for name in (HOST, GUEST)]
    first, second = (sound.samples for sound in sounds)
    cut, begin, end = (round(seconds * SAMPLE_RATE_HZ) for seconds in (cut_s, from_s, to_s))
    whole = np.concatenate([first[:, :cut], second[:, begin:end], first[:, cut:]], axis=1)
    document = host | {"turns": turns, "duration_s": whole.shape[1] / SAMPLE_RATE_HZ}
    return document, _wav(whole)


def moved(turn: dict[str, Any], by_s: float) -> dict[str, Any]:
    """The turn and its words, `by_s` seconds later."""

    def later(part: dict[str, Any]) -> dict[str, Any]:
        return part | {"start_s": round(part["start_s"] + by_s, 3), "end_s": round(part["end_s"] + by_s, 3)}

    return later(turn) | {"words": [later(word) for word in turn["words"]]}


def _wav(samples: Any) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1).T * 32767).astype("<i2").tobytes())
    return target.getvalue()


def add_long_call(product: Product, folder: Path, facts: CallFacts) -> None:
    """Hands the call in as `long` and has it scored."""
    document, sound = long_call()
    file = folder / "long.wav"
    file.write_bytes(sound)
    receipt = receive_recording(
        product.engine,
        product.storage,
        settings=product.settings,
        handed=Handed(facts, "test", "long", "long.wav", 0),
        source_file=file,
        transcript=json.dumps(document, ensure_ascii=False).encode(),
    )
    product.ids["long"] = str(receipt.call_id)
    work(product)
