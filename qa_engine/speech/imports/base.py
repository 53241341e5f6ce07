"""What every foreign transcript becomes first: lines of named speakers, before anybody decides who is the agent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from qa_engine.calls import Role, Word
from qa_engine.errors import Where
from qa_engine.exchange import MAX_TURN_CHARS, MAX_TURNS, BadTranscript

MAX_S: Final = 86_400.0
MAX_WORDS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one speaker. `speaker` is the file's own label, "" where it gives none; `channel` the 0-based audio
    channel where the file tells channels apart; `role` is set where the file itself says who is the agent."""

    speaker: str
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    channel: int | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A transcript as its maker wrote it. `call_id` "" and `duration_s` None where the file does not say."""

    maker: str
    lines: tuple[Line, ...]
    call_id: str = ""
    duration_s: float | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document and the path that leads to it, so that every complaint can name its place."""

    value: Any
    path: str
    file: str | None

    def fail(self, expected: str) -> BadTranscript:
        """The error for this place."""
        return BadTranscript(
            f"{self.path or '文档'}:应为{expected},实为 {_kind(self.value)}",
            hint="请从转写服务重新导出原始结果,不要手工改动",
            where=Where(self.file),
        )

    def get(self, key: str) -> Node:
        """The value under a key, a node of None where there is none. Raises BadTranscript where this is no object."""
        if not isinstance(self.value, dict):
            raise self.fail("对象")
        return Node(self.value.get(key), f"{self.path}.{key}" if self.path else key, self.file)

    def items(self) -> Iterator[Node]:
        """The elements of a list; none for null. Raises BadTranscript for anything else and for absurd lengths."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.fail("列表")
        if len(self.value) > MAX_WORDS:
            raise BadTranscript(
                f"{self.path}:有 {len(self.value)} 项,最多 {MAX_WORDS}",
                hint="请确认这是一通电话的文字稿",
                where=Where(self.file),
            )
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]", self.file)

    def text(self) -> str:
        """A text; "" for null."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.fail("文字")
        # PostgreSQL holds no NUL, and no encoding holds half of a surrogate pair
        clean = self.value.replace("\0", "").encode("utf-8", "replace").decode()
        if len(clean) > MAX_TURN_CHARS:
            raise self.fail(f"至多 {MAX_TURN_CHARS} 字的文字")
        return clean

    def label(self) -> str:
        """The name of a speaker or an id, which some services write as a number; "" for null."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)[:200]
        return self.text().strip()[:200]

    def number(self) -> float | None:
        """A finite number, also one that is written as text; None for null and ""."""
        if self.value is None or self.value == "":
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            raise self.fail("数字")
        try:
            number = float(self.value)
        except (ValueError, OverflowError) as error:
            raise self.fail("数字") from error
        if not math.isfinite(number):
            raise self.fail("有限的数字")
        return number

    def seconds(self, unit_s: float = 1.0) -> float:
        """A time of day-long recordings at most, from a number of units. Raises BadTranscript where it is missing."""
        number = self.number()
        if number is None or not 0 <= number * unit_s <= MAX_S:
            raise self.fail("0 到 24 小时之间的时间")
        return round(number * unit_s, 3)

    def channel(self) -> int | None:
        """A 0-based channel number, None for null."""
        number = self.number()
        if number is None:
            return None
        if number not in range(8):
            raise self.fail("0 到 7 的声道号")
        return int(number)

    def confidence(self) -> float | None:
        """A probability; None for null."""
        number = self.number()
        if number is not None and not 0 <= number <= 1:
            raise self.fail("0 到 1 的置信度")
        return number


def span_s(begin: Node, end: Node, unit_s: float = 1.0) -> tuple[float, float]:
    """A start and an end in seconds. Raises BadTranscript where the end comes first."""
    start_s, end_s = begin.seconds(unit_s), end.seconds(unit_s)
    if end_s < start_s:
        raise end.fail(f"不早于开始时间 {start_s} 秒的时间")
    return start_s, end_s


def mean_confidence(words: Sequence[Word]) -> float | None:
    """Mean of the words' confidences, None where none has one."""
    sure = [word.confidence for word in words if word.confidence is not None]
    return round(fmean(sure), 3) if sure else None


def with_mark(words: list[Word], mark: str) -> None:
    """Hangs a punctuation mark on the word before it; a mark without a word before it is left out."""
    if words:
        last = words[-1]
        words[-1] = Word(last.text + mark, last.start_s, last.end_s, last.confidence)


def joined(parts: Sequence[str]) -> str:
    """Words as one text: a space between Latin words only."""
    text = ""
    for part in parts:
        piece = part.strip()
        gap = text and piece and text[-1].isascii() and piece[0].isascii() and piece[0].isalnum()
        text += (" " if gap and (text[-1].isalnum() or text[-1] in ",.?!") else "") + piece
    return text


def check_count(lines: Sequence[Line], file: str | None) -> tuple[Line, ...]:
    """The lines with text. Raises BadTranscript where there are too many to be one call."""
    kept = tuple(line for line in lines if line.text.strip())
    if len(kept) > MAX_TURNS:
        raise BadTranscript(
            f"有 {len(kept)} 句,最多 {MAX_TURNS}", hint="请确认这是一通电话的文字稿", where=Where(file)
        )
    return kept


def _kind(value: object) -> str:
    kinds: Mapping[type, str] = {dict: "对象", list: "列表", str: "文字", bool: "真假值", type(None): "空"}
    shown = repr(value)[:40] if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    return f"{kinds.get(type(value), '数字')} {shown}".strip()
