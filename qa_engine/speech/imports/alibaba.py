"""Alibaba Cloud 录音文件识别: `Sentences` (and `Words`, where `enable_words` was on) with `ChannelId`, times in ms.

Source: the answer of GetTaskResult (nls-filetrans, 2018-08-17). It gives no confidence, and does not say which channel is
the agent's. Words lie beside the sentences and are put into the one of their channel that holds their middle.
"""

from __future__ import annotations

from typing import Final

from qa_engine.calls import Word
from qa_engine.speech.imports.base import Foreign, Line, Node, check_count, span_s

NAME: Final = "alibaba"
_MS: Final = 0.001


def detect(document: object) -> bool:
    """`Result.Sentences`, or `Sentences` where only the result was kept."""
    if not isinstance(document, dict):
        return False
    result = document.get("Result", document)
    return isinstance(result, dict) and "Sentences" in result


def read(root: Node) -> Foreign:
    """A line a sentence; speakers of one channel (`SpeakerId`, with `auto_split`) stay apart."""
    whole = root.get("Result").value is not None
    result = root.get("Result") if whole else root
    words: dict[int | None, list[Word]] = {}
    for item in result.get("Words").items():
        start_s, end_s = span_s(item.get("BeginTime"), item.get("EndTime"), _MS)
        words.setdefault(item.get("ChannelId").channel(), []).append(
            Word(item.get("Word").text(), start_s, end_s)
        )
    lines: list[Line] = []
    for sentence in result.get("Sentences").items():
        start_s, end_s = span_s(sentence.get("BeginTime"), sentence.get("EndTime"), _MS)
        channel, who = sentence.get("ChannelId").channel(), sentence.get("SpeakerId").label()
        inside = tuple(
            word for word in words.get(channel, ()) if start_s <= (word.start_s + word.end_s) / 2 < end_s
        )
        speaker = who or ("" if channel is None else str(channel))
        lines.append(Line(speaker, start_s, end_s, sentence.get("Text").text(), inside, channel=channel))
    milliseconds = root.get("BizDuration").number() if whole else None
    duration_s = None if milliseconds is None or milliseconds < 0 else milliseconds * _MS
    return Foreign("Alibaba filetrans", check_count(lines, root.file), root.get("TaskId").label(), duration_s)
