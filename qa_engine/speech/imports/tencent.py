"""Tencent Cloud 录音文件识别: `ResultDetail` of DescribeTaskStatus, times in ms, word offsets from the sentence's start.

Source: SentenceDetail and SentenceWords in the data types of asr 2019-06-14. `SpeakerId` is a channel where the job had
two and a voice where it had one, which the file does not tell; so it counts as a speaker. No confidence.
"""

from __future__ import annotations

from typing import Final

from qa_engine.calls import Word
from qa_engine.speech.imports.base import Foreign, Line, Node, check_count, span_s

NAME: Final = "tencent"
_MS: Final = 0.001


def _data(document: object) -> object:
    """The task: inside `Response.Data`, inside `Data`, or bare, as it is kept."""
    for key in ("Response", "Data"):
        if isinstance(document, dict) and isinstance(document.get(key), dict):
            document = document[key]
    return document


def detect(document: object) -> bool:
    """`ResultDetail` in the task."""
    data = _data(document)
    return isinstance(data, dict) and "ResultDetail" in data


def read(root: Node) -> Foreign:
    """A line a sentence."""
    task = Node(_data(root.value), root.path, root.file)
    lines: list[Line] = []
    for sentence in task.get("ResultDetail").items():
        start_s, end_s = span_s(sentence.get("StartMs"), sentence.get("EndMs"), _MS)
        words: list[Word] = []
        for item in sentence.get("Words").items():
            first_s, last_s = span_s(item.get("OffsetStartMs"), item.get("OffsetEndMs"), _MS)
            words.append(
                Word(item.get("Word").text(), round(start_s + first_s, 3), round(start_s + last_s, 3))
            )
        who = sentence.get("SpeakerId").label()
        text = sentence.get("FinalSentence").text()
        lines.append(Line(who, start_s, end_s, text, tuple(words)))
    duration_s = task.get("AudioDuration").number()
    duration_s = None if duration_s is None or duration_s < 0 else duration_s
    return Foreign("Tencent ASR", check_count(lines, root.file), task.get("TaskId").label(), duration_s)
