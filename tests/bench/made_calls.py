"""Calls as long as real ones, made of what the sample calls say: the same seed gives the same calls.

About 1,700 characters in 100–140 turns. Sentences are cut into clauses and shuffled, names and figures are filled in
anew and one character in twenty is another (as a recogniser gets it), so that few turns of any length are equal: `shares`
tells how many. Every word has its times and its confidence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from qa_engine.calls import Call, CallFacts, CallId, EngineInfo, Role, Transcript, Turn, Word
from tests.bench.samples import load_samples

CHARACTERS = 1_700
CHARS_PER_S = 4.5
MISHEARD = 0.05
BACKCHANNELS = ("嗯", "对", "好的", "哦", "是的", "嗯嗯", "啊", "可以", "行", "你说", "对对", "知道了")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑"
DIGITS = "零一二三四五六七八九"
_SENTENCE = re.compile(r"[^。!?!?]+[。!?!?]?")
_FIGURE = re.compile(r"[一二三四五六七八九]+(?=[百千万块元年月天号])")


@dataclass(frozen=True, slots=True)
class Said:
    """What the two sides of the sample calls say, sentence by sentence, and all characters that occur."""

    agent: tuple[str, ...]
    customer: tuple[str, ...]
    characters: tuple[str, ...]


@lru_cache(maxsize=1)
def said() -> Said:
    """The sentences of the sample calls."""
    sides: dict[Role, dict[str, None]] = {role: {} for role in Role}
    for sample in load_samples():
        for turn in sample.script.transcript.turns:
            for hit in _SENTENCE.finditer(turn.text):
                sides[turn.role][hit.group().strip()] = None
    agent, customer = (tuple(text for text in sides[role] if text) for role in (Role.AGENT, Role.CUSTOMER))
    spoken = sorted({char for text in (*agent, *customer) for char in text if char.isalpha()})
    return Said(agent, customer, tuple(spoken))


def made_calls(number: int, *, seed: int = 1, characters: int = CHARACTERS) -> Iterator[Call]:
    """So many calls, one by one."""
    for i in range(number):
        yield _call(i, random.Random(f"{seed}-{i}"), characters)


def _call(number: int, rng: random.Random, characters: int) -> Call:
    turns: list[Turn] = []
    clock_s = rng.uniform(0.5, 2.0)
    length = 0
    while length < characters:
        role = Role.AGENT if len(turns) % 2 == 0 else Role.CUSTOMER
        text = _text(role, rng)
        clock_s += rng.choice((-0.4, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 2.5))
        clock_s = max(clock_s, turns[-1].start_s + 0.2 if turns else 0.0)
        turn = _turn(role, text, clock_s, rng)
        turns.append(turn)
        clock_s = turn.end_s
        length += len(text)
    started = datetime(2026, 11, 2, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    facts = CallFacts(
        agent_id=f"A{number % 200:03}",
        team_id=f"T{number % 12}",
        campaign="ins-2026",
        direction="outbound",
        started_at=started,
        disposition=rng.choice(("SALE", "CALLBACK", "REFUSED")),
    )
    transcript = Transcript(
        CallId(f"made-{number:07}"), round(clock_s + 1, 3), tuple(turns), "zh", EngineInfo("made", "bench")
    )
    return Call(transcript, facts)


def _text(role: Role, rng: random.Random) -> str:
    if role is Role.CUSTOMER and rng.random() < 0.45:
        return rng.choice(BACKCHANNELS)
    text = rng.choice(said().agent if role is Role.AGENT else said().customer)
    if rng.random() < 0.3:
        text = f"{rng.choice(SURNAMES)}{rng.choice(('先生', '女士', '总', '姐'))},{text}"
    text = _FIGURE.sub(lambda _: rng.choice(DIGITS[1:]), text)
    return "".join(
        rng.choice(said().characters) if char.isalpha() and rng.random() < MISHEARD else char for char in text
    )


def _turn(role: Role, text: str, start_s: float, rng: random.Random) -> Turn:
    words: list[Word] = []
    place, at_s = 0, start_s
    while place < len(text):
        part = text[place : place + rng.choice((1, 2, 2, 3))]
        end_s = at_s + len(part) / CHARS_PER_S
        words.append(Word(part, round(at_s, 2), round(end_s, 2), round(rng.triangular(0.45, 1.0, 0.97), 3)))
        place, at_s = place + len(part), end_s
    return Turn(role, words[0].start_s, words[-1].end_s, text, None, tuple(words), int(role is Role.CUSTOMER))


@dataclass(frozen=True, slots=True)
class Shape:
    """Means over calls: characters, turns, and the share of turns whose very text was said before."""

    characters: float
    turns: float
    repeated: float


def shape(calls: Sequence[Call]) -> Shape:
    """What the calls are like."""
    texts = [turn.text for call in calls for turn in call.transcript.turns]
    return Shape(sum(map(len, texts)) / len(calls), len(texts) / len(calls), 1 - len(set(texts)) / len(texts))
