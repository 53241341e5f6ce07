"""A coaching note in SBI form (Center for Creative Leadership): situation, behaviour with the second it is heard at, impact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from qa_engine.coaching.findings import Finding
from qa_engine.errors import BadInput

_TIME = re.compile(r"(?<!\d)(\d{1,3})[:\uff1a](\d{2})(?!\d)")


class UncitedBehaviour(BadInput):
    """A behaviour that no one can hear: the note names no time of the clip."""

    code = "uncited_behaviour"


class EmptyNote(BadInput):
    """A part of the note says nothing."""

    code = "empty_note"


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a call, seconds of the recording, with what is said there (masked) and why it is shown. `turn` is where it
    begins, None outside any."""

    call_id: str
    start_s: float
    end_s: float
    turn: int | None = None
    quote: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What is handed to the agent."""

    situation: str
    behaviour: str
    impact: str


def stamp(seconds: float) -> str:
    """`02:31`."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def cited_times(text: str) -> list[int]:
    """Seconds of every `mm:ss` in a text."""
    return [int(minutes) * 60 + int(seconds) for minutes, seconds in _TIME.findall(text)]


def draft(finding: Finding, clip: Clip, *, title: str, day: str, campaign: str, coach: str = "") -> Note:
    """The note as the evidence has it: a person says it in better words, the figures stay."""
    heard = f"听到“{clip.quote}”" if clip.quote else "没有听到该项要求的内容"
    behaviour = f"{stamp(clip.start_s)} 处,在“{title}”一项上{heard}。"
    if clip.reason:
        behaviour += f"判定依据:{clip.reason}"
    if coach:
        behaviour += f"\n可以这样做:{coach}"
    return Note(
        situation=f"{day}{f' {campaign}' if campaign else ''} 与客户的通话(编号 {clip.call_id})。",
        behaviour=behaviour,
        impact=impact(finding, title=title),
    )


def impact(finding: Finding, *, title: str) -> str:
    """The figure behind the note, with n and interval."""
    return (
        f"近期 {finding.n} 通适用“{title}”的通话丢掉该项 {finding.lost:.0%} 的分,"
        f"同类通话的同事({finding.peers} 位)为 {finding.expected:.0%},"
        f"多丢 {finding.excess * 100:.1f} 个百分点(95% 区间 {finding.low * 100:.1f} 至 {finding.high * 100:.1f}),"
        f"合每通 {finding.points:.1f} 分。"
    )


def check_note(note: Note, clip: Clip, *, duration_s: float | None) -> None:
    """Raises `EmptyNote`, or `UncitedBehaviour` where the behaviour names no time inside the call."""
    for name, text in (("情境", note.situation), ("行为", note.behaviour), ("影响", note.impact)):
        if not text.strip():
            raise EmptyNote(f"{name}还没有填写", hint="情境、行为、影响三段都要写")
    last = clip.end_s if duration_s is None else duration_s
    if not any(at <= last + 1 for at in cited_times(note.behaviour)):
        raise UncitedBehaviour(
            "“行为”没有写明录音里的时间",
            hint=f"请写出能听到这一行为的时刻,例如 {stamp(clip.start_s)},不超过通话时长",
        )


@dataclass(frozen=True, slots=True)
class Judgemental:
    """A word that judges the person, `[start, end)` of the text, with what to say instead."""

    word: str
    start: int
    end: int
    kind: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    kind: str
    advice: str
    harmless: tuple[str, ...]


@cache
def _words() -> tuple[_Word, ...]:
    table = yaml.safe_load(
        files("qa_engine.coaching").joinpath("data/judgement-words.yaml").read_text("utf-8")
    )
    return tuple(
        _Word(text, kind, group["advice"], tuple(group.get("harmless", ())))
        for kind, group in table.items()
        for text in group["words"]
    )


def judgement_words(text: str) -> Sequence[Judgemental]:
    """Where a text judges instead of observing (Rosenberg, Nonviolent Communication), in order; the longest word at a
    place."""
    found: list[Judgemental] = []
    for word in sorted(_words(), key=lambda one: -len(one.text)):
        harmless = [
            match.span() for phrase in word.harmless for match in re.finditer(re.escape(phrase), text)
        ]
        for match in re.finditer(re.escape(word.text), text):
            start, end = match.span()
            taken = [*harmless, *((one.start, one.end) for one in found)]
            if not any(first < end and start < last for first, last in taken):
                found.append(Judgemental(word.text, start, end, word.kind, word.advice))
    return sorted(found, key=lambda one: one.start)
