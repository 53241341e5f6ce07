"""Amazon Transcribe, standard batch output: items with times as text, channels (`ch_0`) or speakers (`spk_0`).

Source: Amazon Transcribe Developer Guide, "Example channel identification output" and "Example diarization output".
Who of them is the agent the file does not say.
"""

from __future__ import annotations

import re
from typing import Final

from qa_engine.calls import Word
from qa_engine.speech.imports.base import (
    Foreign,
    Line,
    Node,
    check_count,
    joined,
    mean_confidence,
    span_s,
    with_mark,
)

NAME: Final = "amazon"
MAX_PAUSE_S: Final = 0.9


def detect(document: object) -> bool:
    """`results.items`, or `results.channel_labels`."""
    results = document.get("results") if isinstance(document, dict) else None
    return isinstance(results, dict) and ("items" in results or "channel_labels" in results)


def read(root: Node) -> Foreign:
    """Lines by channel, else by speaker, else of one unnamed speaker; a pause of 0.9 s ends a line."""
    results = root.get("results")
    lines: list[Line] = []
    if results.get("channel_labels").value is not None:
        for channel in results.get("channel_labels").get("channels").items():
            label = channel.get("channel_label").label()
            number = re.fullmatch(r"ch_([0-7])", label)
            lines += _lines(channel.get("items"), {}, label, int(number[1]) if number else None)
    else:
        lines += _lines(results.get("items"), _speakers(results.get("speaker_labels")), "", None)
    language = results.get("language_code").text() or "zh"
    return Foreign(
        "Amazon Transcribe", check_count(lines, root.file), root.get("jobName").label(), None, language
    )


def _speakers(labels: Node) -> dict[str, str]:
    """Start time as it is written → speaker: how the two lists of the format belong together."""
    if labels.value is None:
        return {}
    return {
        item.get("start_time").label(): item.get("speaker_label").label()
        for segment in labels.get("segments").items()
        for item in segment.get("items").items()
    }


def _lines(items: Node, speakers: dict[str, str], label: str, channel: int | None) -> list[Line]:
    lines: list[Line] = []
    words: list[Word] = []
    speaker = label

    def finish() -> None:
        if words:
            text = joined([word.text for word in words])
            end_s = max(word.end_s for word in words)
            sure = mean_confidence(words)
            lines.append(Line(speaker, words[0].start_s, end_s, text, tuple(words), sure, channel))
            words.clear()

    for item in items.items():
        best = next(item.get("alternatives").items(), None)
        if best is None:
            continue
        content = best.get("content").text()
        if item.get("type").text() == "punctuation":
            with_mark(words, content)
            continue
        start_s, end_s = span_s(item.get("start_time"), item.get("end_time"))
        who = label or speakers.get(item.get("start_time").label()) or item.get("speaker_label").label()
        if words and (who != speaker or start_s - words[-1].end_s >= MAX_PAUSE_S):
            finish()
        speaker = who
        words.append(Word(content, start_s, end_s, best.get("confidence").confidence()))
    finish()
    return lines
