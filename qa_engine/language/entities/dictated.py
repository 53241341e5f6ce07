"""Numbers that are dictated: phone, identity card, bank card — in one breath, in pieces, or across turns.

A run of digits is cut at its pauses; the longest stretch that is a number of a kind is one. What is left open at the
end of a turn goes on in the same speaker's next turn, with 嗯, 对 or an echo of the other side between.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa_engine.language.entities.bank_card import is_bank_card
from qa_engine.language.entities.cues import Cues, Topic
from qa_engine.language.entities.digits import Digit, Run, only_fillers, runs
from qa_engine.language.entities.entity import Found, Kind
from qa_engine.language.entities.id_card import is_id_card, is_taiwan_id
from qa_engine.language.entities.phone import is_misread_phone, is_phone
from qa_engine.language.entities.spoken import Spoken

_SHORTEST = 9
_LONGEST = 23
# What may stand around a piece of a number that goes on in the next turn.
LEAD = re.compile(
    r"(?:[ \t,。、.:]|[嗯呃啊哦额呢哎诶对好喂]|那个|这个|然后|接着|后面|下面|再|还有|就是|是|我说"
    r"|你记|您记|一下|稍等|等等|等一下|接下来|中间|最后|后边|这是|[前后中]?[一二两三四五六]位)*"
)
TAIL = re.compile(
    r"(?:[ \t,。、.?!…~]|[嗯呃啊哦额呢吧哈吗]|对|好|是|的|那个|这个|然后|接着|后面|还有|再|就是|[你您]记"
    r"|记[下好]了?|等一?下|等等|稍等|我看一?下|我看看|[年月日号])*"
)
_CHECK_LETTER = re.compile(
    r"(?:[ ,、]|[嗯呃啊]|然后|最后|一个|还有|是|大写的?|字母|英文的?)*(x|叉|艾克斯|埃克斯|爱克斯|艾克丝)(?![a-z0-9])"
)
_FIRST_LETTER = re.compile(r"(?<![a-z0-9])([a-z])[ \t,、.-]{0,3}$")
_ENTER = 16
"""Characters that the other side may say between two pieces besides digits; more is another subject."""
_PIECES = 12
_AREA = re.compile(r"0(?:[2-8]|10|2\d|[3-9]\d{2})")
_AREA_TO_NUMBER = re.compile(r"[ ,、]*(?:然后)?(?:电话|号码|座机|固话)?(?:号码?)?(?:是|为)?[ ,、:]*")


@dataclass(frozen=True, slots=True)
class _Open:
    """A run that is no number by itself, alone in the rest of its turn."""

    run: Run
    turn: int
    begins: bool
    """Nothing but fillers stands before it in the turn."""


def find_dictated(spoken: Spoken, cues: Cues) -> Iterator[Found]:
    """All numbers of the call that are dictated."""
    found = list(_with_letters(spoken.text, _joined_areas(spoken.text, runs(spoken.text))))
    chained: set[int] = set()
    for kind, chain in _chains(spoken, cues, found):
        for run in chain:
            chained.add(run.start)
            yield Found(kind, run.start, run.end)
    for run in found:
        if run.start not in chained and len(run.digits) >= _SHORTEST:
            yield from _windows(run, spoken, cues)


def _joined_areas(text: str, found: Iterable[Run]) -> Iterator[Run]:
    """区号010,电话62345678 is one number."""
    before: Run | None = None
    for run in found:
        if before is not None:
            if _AREA.fullmatch(before.text) and _AREA_TO_NUMBER.fullmatch(text, before.end, run.start):
                first = replace(run.digits[0], cut=True)
                run = Run((*before.digits, first, *run.digits[1:]))  # noqa: PLW2901 — the joined one goes on
            else:
                yield before
        before = run
    if before is not None:
        yield before


def _with_letters(text: str, found: Iterable[Run]) -> Iterator[Run]:
    """The first letter of a Taiwan number and the last X of a mainland one belong to the digits."""
    for run in found:
        digits = run.digits
        first = _FIRST_LETTER.search(text, max(0, run.start - 5), run.start)
        if first:
            letter = Digit(first[1], first.start(1), first.end(1), cut=True)
            digits = (letter, replace(digits[0], cut=True), *digits[1:])
        last = _CHECK_LETTER.match(text, run.end, run.end + 12)
        if last:
            digits = (*digits, Digit("x", last.start(1), last.end(1), cut=True))
        yield Run(digits)


def kind_of(digits: str, topic: Topic | None) -> Kind | None:
    """What digits are that are said to be about `topic`."""
    if topic == "other":
        return None
    if topic == "bank_card" and is_bank_card(digits, announced=True):
        return "id_card" if is_id_card(digits, announced=False) else "bank_card"
    if is_id_card(digits, announced=topic == "id_card") or is_taiwan_id(digits, announced=topic == "id_card"):
        return "id_card"
    if is_phone(digits, announced=topic in {"phone", "wechat"}):
        return "phone"
    return "bank_card" if is_bank_card(digits, announced=False) else None


def _windows(run: Run, spoken: Spoken, cues: Cues) -> Iterator[Found]:
    """Stretches of a run, longest first from the left, that are numbers."""
    text = run.text
    cuts = [place for place, digit in enumerate(run.digits) if digit.cut] + [len(text)]
    topic = cues.topic(run.start, run.end)
    done = 0
    for first in cuts[:-1]:
        if first < done:
            continue
        near = cuts[bisect_left(cuts, first + _SHORTEST) : bisect_right(cuts, first + _LONGEST)]
        for last in reversed(near):
            kind = kind_of(text[first:last], topic)
            if kind:
                yield _as_found(kind, run.part(first, last), spoken.text)
                done = last
                break
    if not done and topic == "phone" and is_misread_phone(text):
        yield _as_found("phone", run, spoken.text)


def _as_found(kind: Kind, run: Run, text: str) -> Found:
    """With the `+` or bracket that a written number begins with."""
    opened = run.start > 0 and (
        text[run.start - 1] == "+" or (text[run.start - 1] == "(" and ")" in text[run.start : run.end])
    )
    return Found(kind, run.start - opened, run.end)


def _chains(spoken: Spoken, cues: Cues, found: Sequence[Run]) -> Iterator[tuple[Kind, list[Run]]]:
    """Numbers given in pieces over several turns, and what the other side repeats of them."""
    by_turn: dict[int, list[Run]] = {}
    for run in found:
        by_turn.setdefault(spoken.turn_at(run.start), []).append(run)
    done: set[int] = set()
    for turn, here in by_turn.items():
        piece = _open_end(spoken, turn, here)
        if piece is None or turn in done:
            continue
        topic = cues.topic(piece.run.start, piece.run.end)
        if kind_of(piece.run.text, topic):
            continue
        chain = _follow(spoken, piece, by_turn)
        kind, length = _longest(chain, topic)
        if kind is None:
            continue
        used = chain[:length]
        done |= {part.turn for part in used}
        yield kind, [part.run for part in used] + _echoes(used, by_turn)


def _open_end(spoken: Spoken, turn: int, here: Sequence[Run]) -> _Open | None:
    """The last run of a turn, where nothing but fillers follows it."""
    start, end = spoken.bounds(turn)
    last = here[-1]
    if not TAIL.fullmatch(spoken.text, last.end, end):
        return None
    return _Open(last, turn, bool(LEAD.fullmatch(spoken.text, start, last.start)))


def _follow(spoken: Spoken, piece: _Open, by_turn: dict[int, list[Run]]) -> list[_Open]:
    """`piece` and what the same speaker goes on with."""
    chain = [piece]
    total = len(piece.run.digits)
    turn = piece.turn + 1
    role = spoken.roles[piece.turn]
    while turn < len(spoken.roles) and len(chain) < _PIECES and turn - chain[-1].turn <= 3:
        start, end = spoken.bounds(turn)
        here = by_turn.get(turn, [])
        if role is not None and spoken.roles[turn] is not role:
            if not lets_on(spoken, turn, here):
                break
        elif here and LEAD.fullmatch(spoken.text, start, here[0].start):
            chain.append(_Open(here[0], turn, begins=True))
            total += len(here[0].digits)
            if total > _LONGEST or not TAIL.fullmatch(spoken.text, here[0].end, end):
                break
        elif not only_fillers(spoken.text, start, end):
            break
        turn += 1
    return chain


def lets_on(spoken: Spoken, turn: int, here: Sequence[Run] = ()) -> bool:
    """Whether the other side only nods, repeats digits or asks to go on."""
    start, end = spoken.bounds(turn)
    said = sum(char.isalnum() for char in spoken.text[start:end])
    return said - sum(run.end - run.start for run in here) <= _ENTER


def _longest(chain: Sequence[_Open], topic: Topic | None) -> tuple[Kind | None, int]:
    """The longest beginning of a chain that is a number."""
    for length in range(len(chain), 1, -1):
        kind = kind_of("".join(part.run.text for part in chain[:length]), topic)
        if kind:
            return kind, length
    return None, 0


def _echoes(chain: Sequence[_Open], by_turn: dict[int, list[Run]]) -> list[Run]:
    """What the other side repeats of the pieces."""
    whole = "".join(part.run.text for part in chain)
    own = {part.turn for part in chain}
    return [
        run
        for turn in range(chain[0].turn + 1, chain[-1].turn + 2)
        if turn not in own
        for run in by_turn.get(turn, ())
        if len(run.digits) >= 2 and run.text in whole
    ]
