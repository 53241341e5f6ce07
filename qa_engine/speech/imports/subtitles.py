"""SRT and WebVTT: cues with times, and a speaker where the text names one.

Source: the WebVTT recommendation (W3C, voice spans `<v Name>`) and SubRip's de-facto form. Speakers are read from
`<v Name>` and from a leading `坐席:`, `[SPEAKER_00]:`, `Agent:`. Neither form has word times or confidence.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import Final

from qa_engine.errors import Where
from qa_engine.exchange import MAX_TURN_CHARS, BadTranscript
from qa_engine.speech.imports.base import MAX_S, Foreign, Line, check_count

SRT: Final = "srt"
VTT: Final = "vtt"
_TIME: Final = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[,.](\d{3})"
_CUE: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$", re.ASCII)
_VOICE: Final = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]{1,100})>")
_TAG: Final = re.compile(r"</?[a-zA-Z0-9:.][^<>]{0,200}>|</?[a-z]>|\{\\[^}]{0,100}\}")
# a name before a colon: short, without a mark that would make it a sentence
_NAMED: Final = re.compile(
    r"^\s*(?:\[([^\]\n]{1,40})\]\s*[::]?|([A-Za-z_][\w .-]{0,39}|[\u4e00-\u9fff]{2,6}\d{0,3})\s*[::])\s*"
)
_ENTITIES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}


def looks_like_vtt(head: str) -> bool:
    """The signature of the format."""
    return re.match(r"WEBVTT(?:[ \t\r\n]|$)", head) is not None


def looks_like_srt(head: str) -> bool:
    """A counter and a cue time, or a cue time at once."""
    lines = [line for line in head.splitlines() if line.strip()][:2]
    return any(_CUE.match(line) for line in lines)


def read(text: str, *, file: str | None, maker: str) -> Foreign:
    """A line a cue or voice span. Raises BadTranscript naming the line of a cue that ends before it starts, and where
    there is no cue at all."""
    lines: list[Line] = []
    rows = text.replace("\0", "").splitlines()
    number = 0
    while number < len(rows):
        hit = _CUE.match(rows[number])
        number += 1
        if hit is None:
            continue
        where = Where(file, line=number)
        start_s, end_s = _seconds(hit.groups()[:4]), _seconds(hit.groups()[4:])
        if not start_s <= end_s <= MAX_S:
            raise BadTranscript(
                f"结束时间 {end_s} 秒早于开始时间 {start_s} 秒,或超过 24 小时",
                hint="请重新导出字幕",
                where=where,
            )
        said: list[str] = []
        while number < len(rows) and rows[number].strip() and not _CUE.match(rows[number]):
            said.append(rows[number])
            number += 1
        if sum(map(len, said)) > MAX_TURN_CHARS:
            raise BadTranscript(f"一条字幕超过 {MAX_TURN_CHARS} 字", hint="请重新导出字幕", where=where)
        lines += _spoken(said, start_s, end_s)
    if not lines and not looks_like_vtt(text):
        raise BadTranscript(
            "没有一条“时间 --> 时间”的字幕", hint="请提供 SRT 或 WebVTT 文件", where=Where(file)
        )
    return Foreign(maker, check_count(_by_speaker(lines), file))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, millis = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + millis / 1000


def _spoken(rows: list[str], start_s: float, end_s: float) -> list[Line]:
    """The cue's text by speaker; several speakers of one cue share its time by their characters."""
    parts: list[tuple[str, str]] = []
    for row in rows:
        pieces = _VOICE.split(row)
        if pieces[0].strip() or len(pieces) == 1:
            parts.append(_named(pieces[0]))
        parts += zip(pieces[1::2], pieces[2::2], strict=True)
    cleaned = [(who.strip(), _plain(said)) for who, said in parts]
    total = sum(len(said) for _, said in cleaned) or 1
    lines: list[Line] = []
    at_s = start_s
    for index, (who, said) in enumerate(cleaned):
        last = index + 1 == len(cleaned)
        until_s = end_s if last else min(end_s, round(at_s + (end_s - start_s) * len(said) / total, 3))
        lines.append(Line(who, at_s, until_s, said))
        at_s = until_s
    return lines


def _named(row: str) -> tuple[str, str]:
    hit = _NAMED.match(row)
    return ((hit[1] or hit[2]).strip(), row[hit.end() :]) if hit else ("", row)


def _plain(said: str) -> str:
    text = _TAG.sub("", said)
    for entity, char in _ENTITIES.items():
        text = text.replace(entity, char)
    return text.strip().removeprefix("- ").strip()


def _by_speaker(lines: list[Line]) -> list[Line]:
    """Rows of one cue are one line; and a name that only one line in the file has is no speaker but part of what was
    said (“保费:一年三千”)."""
    merged: list[Line] = []
    for (_, _, _), group in groupby(lines, key=lambda line: (line.speaker, line.start_s, line.end_s)):
        same = list(group)
        merged.append(replace(same[0], text=" ".join(line.text for line in same)))
    names = [line.speaker for line in merged if line.speaker]
    rare = {name for name in names if names.count(name) < 2} if len(set(names)) > 2 else set()
    return [
        replace(line, speaker="", text=f"{line.speaker}:{line.text}") if line.speaker in rare else line
        for line in merged
    ]
