"""WhisperX (and Whisper's own) JSON: `segments` with `words`, times in seconds, `speaker` where it was diarised.

Source: the fields of WhisperX result files (segments, words, start, end, score, speaker). Words that could not be aligned
(mostly numerals) have no times: they get the room between their neighbours. `score` is alignment confidence, not
recognition; Whisper's own files give `probability`. Either is taken as the word's confidence.
"""

from __future__ import annotations

import math
from typing import Final

from qa_engine.calls import Word
from qa_engine.speech.imports.base import Foreign, Line, Node, check_count, joined, mean_confidence, span_s

NAME: Final = "whisperx"


def detect(document: object) -> bool:
    """`segments` whose first has `start`."""
    segments = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(segments, list):
        return False
    return not segments or (isinstance(segments[0], dict) and "start" in segments[0])


def read(root: Node) -> Foreign:
    """A line a segment, or a run of one speaker's words inside a segment."""
    lines: list[Line] = []
    for segment in root.get("segments").items():
        start_s, end_s = span_s(segment.get("start"), segment.get("end"))
        who = segment.get("speaker").label()
        runs = _runs(segment, who, start_s, end_s)
        if len(runs) <= 1:
            words = tuple(runs[0][1]) if runs else ()
            sure = mean_confidence(words)
            lines.append(
                Line(
                    runs[0][0] if runs else who,
                    start_s,
                    end_s,
                    segment.get("text").text().strip(),
                    words,
                    _segment_confidence(segment) if sure is None else sure,
                )
            )
            continue
        for speaker, run in runs:
            text = joined([word.text for word in run])
            ends_s = max(word.end_s for word in run)
            lines.append(Line(speaker, run[0].start_s, ends_s, text, tuple(run), mean_confidence(run)))
    duration_s = root.get("duration").number()
    known_s = duration_s if duration_s is not None and duration_s >= 0 else None
    return Foreign(
        "WhisperX", check_count(lines, root.file), "", known_s, root.get("language").text() or "zh"
    )


def _segment_confidence(segment: Node) -> float | None:
    logprob = segment.get("avg_logprob").number()
    return None if logprob is None else round(math.exp(min(0.0, logprob)), 3)


def _runs(segment: Node, who: str, start_s: float, end_s: float) -> list[tuple[str, list[Word]]]:
    """The words by runs of one speaker. A word without times begins where the one before ended."""
    runs: list[tuple[str, list[Word]]] = []
    at_s = start_s
    nodes = list(segment.get("words").items())
    for index, item in enumerate(nodes):
        if item.get("start").value is None:
            begin_s = at_s
            later = (n.get("start").number() for n in nodes[index + 1 :])
            finish_s = max(begin_s, next((t for t in later if t is not None), end_s))
        else:
            begin_s, finish_s = span_s(item.get("start"), item.get("end"))
        at_s = finish_s
        sure = item.get("score" if item.get("score").value is not None else "probability").confidence()
        speaker = item.get("speaker").label() or (runs[-1][0] if runs else who)
        if not runs or runs[-1][0] != speaker:
            runs.append((speaker, []))
        runs[-1][1].append(Word(item.get("word").text().strip(), begin_s, round(finish_s, 3), sure))
    return runs
