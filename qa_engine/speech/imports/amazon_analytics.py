"""Amazon Transcribe Call Analytics, post-call output: turns with `ParticipantRole` AGENT or CUSTOMER, times in ms.

Source: Amazon Transcribe Developer Guide, "Post-call analytics output". Roles are the ones that were given to the job.
"""

from __future__ import annotations

from typing import Final

from qa_engine.calls import Role, Word
from qa_engine.speech.imports.base import Foreign, Line, Node, check_count, mean_confidence, span_s, with_mark

NAME: Final = "amazon-analytics"
_MS: Final = 0.001
_ROLES: Final = {"AGENT": Role.AGENT, "CUSTOMER": Role.CUSTOMER}


def detect(document: object) -> bool:
    """A `Transcript` list, which no other format has with this spelling."""
    return isinstance(document, dict) and isinstance(document.get("Transcript"), list)


def read(root: Node) -> Foreign:
    """A line a turn. A participant without a role keeps its name as speaker."""
    lines: list[Line] = []
    for turn in root.get("Transcript").items():
        who = turn.get("ParticipantRole").label()
        start_s, end_s = span_s(turn.get("BeginOffsetMillis"), turn.get("EndOffsetMillis"), _MS)
        words = _words(turn)
        lines.append(
            Line(
                who,
                start_s,
                end_s,
                turn.get("Content").text(),
                words,
                mean_confidence(words),
                role=_ROLES.get(who.upper()),
            )
        )
    duration = root.get("ConversationCharacteristics")
    total_ms = (
        duration.get("TotalConversationDurationMillis").number() if duration.value is not None else None
    )
    return Foreign(
        "Amazon Transcribe Call Analytics",
        check_count(lines, root.file),
        root.get("JobName").label(),
        None if total_ms is None or total_ms < 0 else total_ms * _MS,
        root.get("LanguageCode").text() or "zh",
    )


def _words(turn: Node) -> tuple[Word, ...]:
    words: list[Word] = []
    for item in turn.get("Items").items():
        content = item.get("Content").text()
        if item.get("Type").text().lower() == "punctuation" or item.get("BeginOffsetMillis").value is None:
            with_mark(words, content)
            continue
        start_s, end_s = span_s(item.get("BeginOffsetMillis"), item.get("EndOffsetMillis"), _MS)
        words.append(Word(content, start_s, end_s, item.get("Confidence").confidence()))
    return tuple(words)
