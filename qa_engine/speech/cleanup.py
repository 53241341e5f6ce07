"""Guards against what recognisers make up: subtitles' credits, loops, text faster than anyone can speak."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from qa_engine.calls import Removed, Span, Word
from qa_engine.speech.spans import union
from qa_engine.speech.turns import join_text

if TYPE_CHECKING:
    from qa_engine.speech.engines.base import Segment

# Whisper learned from subtitles and says these on silence and music; nobody says them in a call.
BLOCKED: Final = (
    "字幕由amaraorg社区提供",
    "请不吝点赞订阅转发打赏支持明镜与点点栏目",
    "明镜与点点栏目",
    "请不吝点赞",
    "中文字幕志愿者",
    "字幕志愿者",
    "字幕组",
    "字幕提供",
    "优优独播剧场",
    "谢谢观看",
    "感谢观看",
    "多谢您的观看",
    "下期视频再见",
    "订阅我的频道",
    "点赞订阅",
)
# Fast Mandarin is 7 to 8 characters a second; twice that over a whole segment is not speech.
MAX_CHARS_PER_S: Final = 16.0
MIN_CHARS_FOR_RATE: Final = 8
# Four repetitions and twelve characters: 对对对对对 and 喂喂喂 are real, and so is 八八八八八八八八.
MIN_LOOP_REPEATS: Final = 4
MIN_LOOP_CHARS: Final = 12
MAX_LOOP_UNIT: Final = 24
# Text this far from any voice was invented.
MAX_FROM_VOICE_S: Final = 0.6
MIN_ECHO_CHARS: Final = 10
MAX_ECHO_CONFIDENCE: Final = 0.8
# Whisper's own bound on the mean log probability is −1.0 (e⁻¹ = 0.37); what is far below it is noise put into words.
LEAST_CONFIDENCE: Final = 0.12
MAX_KEPT_CHARS: Final = 500
# Below one mark in this many characters a model is one that writes no punctuation.
CHARS_PER_MARK: Final = 60
COMMA_PAUSE_S: Final = 0.35
STOP_PAUSE_S: Final = 0.8
# A final particle of questions, A-not-A, or a question word near the end: 您方便吗, 好不好, 是不是呢, 多少钱, 在哪里.
_QUESTION: Final = re.compile(
    r"(?:吗|么(?<!什么)|呢|([\u4e00-\u9fff])[不没]\1\w?|(?:什么|怎么样?|怎么办|哪里|哪位|哪家|哪儿|多少|几[点号个岁]|多久|为什么|谁)(?:钱|[呢啊呀了的吧])?)$"
)
_STOPS: Final = "。？！?!.，,、；;：:"
_FULL_WIDTH: Final = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；"})
_NOT_SPOKEN: Final = re.compile(r"[^\w]|_")
_DIGITS: Final = frozenset("0123456789零幺一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`removed` are the pieces of text that were taken out, by reason: blocked, loop, too_fast, no_voice, echo, unlikely."""

    segments: tuple[Segment, ...]
    removed: tuple[Removed, ...] = ()

    @property
    def dropped(self) -> Mapping[str, int]:
        """Number of pieces by reason."""
        return Counter(piece.reason for piece in self.removed)


def clean(
    segments: Sequence[Segment], voiced: Sequence[Span], *, prompt: str = "", channel: int = 0
) -> Cleaned:
    """Segments of one channel without invented text, in Simplified script (the own one kept as `spelled`), with punctuation.

    `voiced` are the spans in which somebody speaks in that channel."""
    removed: list[Removed] = []
    kept: list[Segment] = []
    heard = union(voiced, max_gap_s=0.0)
    bare_prompt = spoken_chars(prompt)
    for segment in segments:
        words = tuple(_in_one_script(word) for word in segment.words)
        words = _drop(words, _outside_voice(words, heard), "no_voice", channel, removed)
        words = _drop(words, _blocked(words), "blocked", channel, removed)
        words = _drop(words, _looped(words), "loop", channel, removed)
        if not _char_owners(words)[0]:
            continue  # nothing is left, or marks alone
        if _too_fast(words, heard):
            removed.append(_removed(words, "too_fast", channel))
        elif _is_echo(words, segment.confidence, bare_prompt):
            removed.append(_removed(words, "echo", channel))
        elif segment.confidence is not None and segment.confidence < LEAST_CONFIDENCE:
            removed.append(_removed(words, "unlikely", channel))
        else:
            kept.append(replace(segment, text=join_text(words), words=words))
    return Cleaned(_punctuated(kept), tuple(removed))


def spoken_chars(text: str) -> str:
    """Letters, digits and Hanzi of a text, lower case: what was spoken, without spaces and punctuation."""
    return _NOT_SPOKEN.sub("", text).lower()


@cache
def _converter() -> Any:
    from opencc import OpenCC  # noqa: PLC0415  # reads its dictionaries on import

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional → Simplified script. Latin text stays as it is."""
    return text if text.isascii() else str(_converter().convert(text))


def written_zh(text: str) -> str:
    """Simplified script and full-width marks, word by word so that words keep their places."""
    return text if text.isascii() else simplified(text).translate(_FULL_WIDTH)


def _in_one_script(word: Word) -> Word:
    """The word as rules read it, with the recogniser's own spelling where that is another script."""
    if word.text.isascii():
        return word
    text, own = written_zh(word.text), word.text.translate(_FULL_WIDTH)
    return replace(word, text=text, spelled=own if own != text else None)


def _drop(
    words: tuple[Word, ...], bad: set[int], reason: str, channel: int, removed: list[Removed]
) -> tuple[Word, ...]:
    if not bad:
        return words
    removed.append(_removed([word for index, word in enumerate(words) if index in bad], reason, channel))
    return tuple(word for index, word in enumerate(words) if index not in bad)


def _removed(words: Sequence[Word], reason: str, channel: int) -> Removed:
    end_s = max(word.end_s for word in words)
    return Removed(reason, channel, words[0].start_s, end_s, join_text(words)[:MAX_KEPT_CHARS])


def _outside_voice(words: Sequence[Word], voiced: Sequence[Span]) -> set[int]:
    return {
        index
        for index, word in enumerate(words)
        if not any(
            word.start_s < span.end_s + MAX_FROM_VOICE_S and word.end_s > span.start_s - MAX_FROM_VOICE_S
            for span in voiced
        )
    }


def _char_owners(words: Sequence[Word]) -> tuple[str, list[int]]:
    """Spoken characters of the words, and the word of each."""
    text, owners = "", []
    for index, word in enumerate(words):
        chars = spoken_chars(word.text)
        text += chars
        owners += [index] * len(chars)
    return text, owners


def _blocked(words: Sequence[Word]) -> set[int]:
    text, owners = _char_owners(words)
    bad: set[int] = set()
    for phrase in BLOCKED:
        at = text.find(phrase)
        while at >= 0:
            bad.update(owners[at : at + len(phrase)])
            at = text.find(phrase, at + len(phrase))
    return bad


def _looped(words: Sequence[Word]) -> set[int]:
    """Words of all repetitions but the first, where a unit repeats without end."""
    text, owners = _char_owners(words)
    bad: set[int] = set()
    at = 0
    while at < len(text):
        unit, repeats = _loop_at(text, at)
        if repeats:
            bad.update(owners[at + unit : at + unit * repeats])
            at += unit * repeats
        else:
            at += 1
    return bad


def _loop_at(text: str, at: int) -> tuple[int, int]:
    for unit in range(1, min(MAX_LOOP_UNIT, (len(text) - at) // MIN_LOOP_REPEATS) + 1):
        piece = text[at : at + unit]
        repeats = 1
        while text.startswith(piece, at + unit * repeats):
            repeats += 1
        if repeats >= MIN_LOOP_REPEATS and unit * repeats >= MIN_LOOP_CHARS and not _DIGITS.issuperset(piece):
            return unit, repeats
    return 0, 0


def _too_fast(words: Sequence[Word], voiced: Sequence[Span]) -> bool:
    chars = len(_char_owners(words)[0])
    start, end = words[0].start_s, max(word.end_s for word in words)
    # The recogniser may squeeze many words into a moment of a long voiced span: the span is what could hold them.
    room = sum(
        min(span.end_s, end + MAX_FROM_VOICE_S) - max(span.start_s, start - MAX_FROM_VOICE_S)
        for span in voiced
        if span.start_s < end + MAX_FROM_VOICE_S and span.end_s > start - MAX_FROM_VOICE_S
    )
    return chars >= MIN_CHARS_FOR_RATE and chars > MAX_CHARS_PER_S * max(room, 0.1)


def _is_echo(words: Sequence[Word], confidence: float | None, bare_prompt: str) -> bool:
    text = _char_owners(words)[0]
    unsure = confidence is None or confidence < MAX_ECHO_CONFIDENCE
    return len(text) >= MIN_ECHO_CHARS and unsure and text in bare_prompt


def _punctuated(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Marks at pauses, where the model writes none: rules and readers need to see where a sentence ends."""
    text = "".join(segment.text for segment in segments)
    marks = sum(text.count(mark) for mark in _STOPS)
    if not text or marks * CHARS_PER_MARK >= len(text):
        return tuple(segments)
    return tuple(_with_marks(segment) for segment in segments)


def _with_marks(segment: Segment) -> Segment:
    words = list(segment.words)
    clause = 0
    for index, word in enumerate(words):
        if word.text[-1:] in _STOPS:
            continue
        pause_s = words[index + 1].start_s - word.end_s if index + 1 < len(words) else math.inf
        if pause_s >= STOP_PAUSE_S:
            mark = "？" if _QUESTION.search(spoken_chars(join_text(words[clause : index + 1]))) else "。"
            words[index] = replace(word, text=word.text + mark)
            clause = index + 1
        elif pause_s >= COMMA_PAUSE_S:
            words[index] = replace(word, text=word.text + "，")
    return replace(segment, text=join_text(words), words=tuple(words))
