"""A running product with a few calls, filled through the store and the real stages; no recogniser is needed,
because the sample calls come with their scripts as transcripts. Word times are spread evenly over each turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.database import open_database
from models.ingest import Handed, receive_recording, receive_transcript
from models.settings import Settings
from models.storage import Storage
from qa_engine.calls import CallFacts
from workers.runner import run_until_idle
from workers.tools import Tools

SAMPLES = Path(__file__).parents[3] / "fixtures" / "calls"
SHANGHAI = timezone(timedelta(hours=8))
WORD_CHARS = 2
PUNCTUATION = ",。?!、 ,.?!"
DOUBTFUL_EVERY = 9
HOSTILE = "<script>alert('坐席')</script><img src=x onerror=alert(1)>&amp;"

PEOPLE: Mapping[str, CallFacts] = {
    "ins-001": CallFacts("A001", "李晓梅", "T1", "ins-2026", "outbound", None, "SALE", "13800001234"),
    "wealth-002": CallFacts("A003", "赵鹏", "T1", "wealth-2026", "outbound", None, "SALE", "C034"),
    "tel-003": CallFacts("A005", "刘洋", "T2", "tel-2026", "outbound", None, "COMPLAINT", "C027"),
}


@dataclass
class Product:
    """Settings and store of one installation, and the ids of its calls by name."""

    settings: Settings
    engine: Engine
    storage: Storage
    ids: dict[str, str] = field(default_factory=dict)


def open_product(settings: Settings) -> Product:
    return Product(settings, open_database(settings.database_url), Storage(settings.storage_url))


def sample_transcript(name: str, **changes: Any) -> dict[str, Any]:
    """The script of a sample call as `callqa.transcript/1`, with words; every ninth is badly recognised."""
    document = json.loads((SAMPLES / name / "transcript.json").read_text("utf-8")) | changes
    for turn in document["turns"]:
        turn["words"] = _words(turn)
    return document


def _words(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    text = turn["text"]
    second = (turn["end_s"] - turn["start_s"]) / len(text)
    words = []
    for start in range(0, len(text), WORD_CHARS):
        word = text[start : start + WORD_CHARS].strip(PUNCTUATION)
        if word:
            begin = turn["start_s"] + start * second
            confidence = 0.3 if len(words) % DOUBTFUL_EVERY == DOUBTFUL_EVERY - 1 else 0.95
            words.append(
                {
                    "text": word,
                    "start_s": round(begin, 3),
                    "end_s": round(min(begin + WORD_CHARS * second, turn["end_s"]), 3),
                    "confidence": confidence,
                }
            )
    return words


def transcript(call_id: str, lines: Sequence[tuple[str, str]], **changes: Any) -> dict[str, Any]:
    """A conversation of two-second turns."""
    turns = [
        {"role": role, "start_s": 2.0 * at + 0.5, "end_s": 2.0 * at + 2.3, "text": text}
        for at, (role, text) in enumerate(lines)
    ]
    document = {
        "format": "callqa.transcript/1",
        "call_id": call_id,
        "duration_s": 2.0 * len(lines) + 1,
        "turns": turns,
    }
    return document | changes


def add_recording(
    product: Product, name: str, document: dict[str, Any] | None, facts: CallFacts, *, sample: str = ""
) -> None:
    """Hands in the sound of a sample call with a transcript (None: it waits for a recogniser)."""
    receipt = receive_recording(
        product.engine,
        product.storage,
        settings=product.settings,
        handed=Handed(facts, "test", name, f"{name}.opus", 0),
        source_file=SAMPLES / (sample or name) / "audio.opus",
        transcript=json.dumps(document, ensure_ascii=False).encode() if document else None,
    )
    product.ids[name] = str(receipt.call_id)


def add_transcript(product: Product, name: str, document: dict[str, Any], facts: CallFacts) -> None:
    """Hands in a call that was transcribed elsewhere, without sound."""
    receipt = receive_transcript(
        product.engine,
        product.storage,
        settings=product.settings,
        handed=Handed(facts, "test", name),
        document=json.dumps(document, ensure_ascii=False).encode(),
    )
    product.ids[name] = str(receipt.call_id)


def work(product: Product) -> None:
    """Runs every stage that can run."""
    run_until_idle(Tools(product.settings))


def fill(product: Product) -> Product:
    """Scored calls with sound, one without, one that failed, and one that still waits."""
    demo = {"engine": {"name": "faster-whisper", "model": "demo", "version": "1", "demo": True}}
    for day, (name, facts) in enumerate(PEOPLE.items(), start=2):
        at = datetime(2026, 11, day, 10, 15, tzinfo=SHANGHAI)
        document = sample_transcript(name, **(demo if name != "tel-003" else {}))
        add_recording(product, name, document, replace(facts, started_at=at))
    lines = [("agent", f"您好,我是{HOSTILE}"), ("customer", f"{HOSTILE}不需要"), ("agent", "好的,再见")]
    guessed = transcript("hostile", lines, role_source="guess", role_confidence=0.71)
    add_transcript(product, "hostile", guessed, CallFacts("A9", HOSTILE, "T9", HOSTILE, "outbound"))
    # The settings name a model that is not there: this recording fails as it would in a wrong installation.
    add_recording(product, "broken", None, CallFacts("A9", HOSTILE, "T9", "ins-2026"), sample="edu-002")
    work(product)
    add_recording(product, "edu-001", None, CallFacts("A7", "钱立伟", "T3", "edu-2026"))
    return product
