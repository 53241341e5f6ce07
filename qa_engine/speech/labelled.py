"""Recordings of which it is known what was said: found in a folder, and set beside what a recogniser hears in them.

A recording's label is a transcript of any format that is imported, under the recording's own name (`a.wav`, `a.json`), or
`transcript.json` in its folder; a `.txt` is all that was said, in order. Turns with a channel are compared channel by channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qa_engine.calls import Role, Turn, Word
from qa_engine.errors import NotFound, Where
from qa_engine.speech.audio import Limits
from qa_engine.speech.containers import RECORDING_SUFFIXES
from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.imports import read_transcript
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe

LABEL_SUFFIXES: Final = (".json", ".srt", ".vtt", ".txt")
IN_FOLDER: Final = "transcript.json"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A recording and its label."""

    name: str
    audio: Path
    label: Path


@dataclass(frozen=True, slots=True)
class Side:
    """One channel of a recording, or all of it where the label knows no channels: what was said and the words heard."""

    name: str
    said: str
    heard: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.heard)


def find_labelled(folder: Path) -> tuple[tuple[Labelled, ...], tuple[Path, ...]]:
    """The labelled recordings of a folder and below, and those without a label. Raises NotFound where there are none."""
    found: list[Labelled] = []
    bare: list[Path] = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.suffix.lower() in RECORDING_SUFFIXES:
            label = _label_of(path)
            name = str(path.relative_to(folder).with_suffix(""))
            if label is None:
                bare.append(path)
            else:
                found.append(Labelled(name, path, label))
    if not found:
        raise NotFound(
            "文件夹里没有带标注的录音",
            hint=f"录音旁放同名的 {' '.join(LABEL_SUFFIXES)},或在其文件夹里放 {IN_FOLDER};格式见 docs/speech.md",
            where=Where(str(folder)),
        )
    return tuple(found), tuple(bare)


def heard_sides(
    labelled: Labelled, recognizer: Recognizer, *, limits: Limits | None = None, hot_words: Sequence[str] = ()
) -> Iterator[Side]:
    """A labelled recording as the product hears it. Raises BadMedia kinds but NoSpeech, BadTranscript, and what engines raise."""
    turns = _said(labelled.label)
    audio = decode(labelled.audio, limits)
    try:
        heard = transcribe(
            audio,
            recognizer,
            call_id=labelled.name,
            agent_channel=0 if len(audio.samples) == 2 else None,
            trust_channels=True,
            hot_words=hot_words,
        ).transcript.turns
    except NoSpeech:
        heard = ()  # all that was said is missing, and counts
    is_split = len(audio.samples) == 2 and all(turn.channel is not None for turn in turns)
    for channel in range(2) if is_split else (None,):
        said = "".join(turn.text for turn in turns if channel in {None, turn.channel})
        if said:
            mine = [turn for turn in heard if channel in {None, turn.channel}]
            words = tuple(word for turn in sorted(mine, key=lambda t: t.start_s) for word in turn.words)
            yield Side(labelled.name if channel is None else f"{labelled.name}/{channel}", said, words)


def _label_of(path: Path) -> Path | None:
    beside = (path.with_suffix(suffix) for suffix in LABEL_SUFFIXES)
    return next((file for file in (*beside, path.with_name(IN_FOLDER)) if file.is_file()), None)


def _said(label: Path) -> tuple[Turn, ...]:
    data = label.read_bytes()
    if label.suffix.lower() == ".txt":
        return (Turn(Role.AGENT, 0.0, 0.0, data.decode("utf-8-sig", "replace")),)
    return read_transcript(data, file=label.name).transcript.turns
