"""An example line of a form as a call.

`坐席:…` and `客户:…` are turns, joined with ` / `. Times are made up: 4.5 characters a second, 0.4 s between turns,
everything recognised with certainty. What an example is about beside words can be said between the turns:

* `静音:8` — eight seconds of silence before the next turn
* `语速:450` — from here on so many characters a minute
* `坐席抢话:…`, `客户抢话:…` — a turn that starts one second before the one ahead of it ends
* `事实:started_at=2026-11-02T10:15:00+08:00` — a fact of the call
* `历史:3天前 do_not_call REFUSED` — an earlier call: how long ago, types of objections, the dialer's outcome; `历史:无` —
  there was none. The call then begins at a made-up time, unless a fact says when
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from qa_engine.calls import Call, CallFacts, CallId, EarlierCall, FactValue, Role, Transcript, Turn
from qa_engine.errors import BadInput
from qa_engine.rubric.conditions.sales import TYPES

CHARS_PER_S = 4.5
GAP_S = 0.4
CUT_IN_S = 1.0
SHORTEST_TURN_S = 0.3
SEPARATOR = " / "
_PART = re.compile(r"(坐席|客户|静音|语速|事实|历史)(抢话)?\s*[::]\s*(.+)\Z", re.DOTALL)
_ROLES = {"坐席": Role.AGENT, "客户": Role.CUSTOMER}
_HINT = "写成“坐席:您好 / 客户:你好”,另有 静音:8、语速:450、坐席抢话:…、事实:direction=outbound、历史:3天前 do_not_call"
_DAYS_AGO = re.compile(r"(\d{1,4})天前")
BEGAN = datetime.fromisoformat("2026-01-05T10:00:00+08:00")


class BadExample(BadInput):
    """An example line that is no dialogue."""

    code = "bad_example"


@dataclass(slots=True)
class _Tape:
    """The call so far."""

    turns: list[Turn] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    history: list[str] | None = None
    chars_per_s: float = CHARS_PER_S
    pause_s: float = GAP_S


def example_call(line: str) -> Call:
    """The call of an example line. Raises `BadExample`."""
    tape = _Tape()
    for part in line.split(SEPARATOR):
        match = _PART.match(part.strip())
        if match is None:
            raise BadExample(f"例句读不懂:{part.strip()[:40]}", hint=_HINT)
        _record(tape, match[1], bool(match[2]), match[3].strip())
    if not tape.turns:
        raise BadExample("例句里没有一句话", hint=_HINT)
    end_s = max(turn.end_s for turn in tape.turns)
    turns = tuple(sorted(tape.turns, key=lambda turn: turn.start_s))
    facts = _facts(tape.facts)
    if tape.history is not None and facts.started_at is None:
        facts = replace(facts, started_at=BEGAN)
    return Call(Transcript(CallId("example"), end_s, turns), facts, history=_history(tape.history, facts))


def _record(tape: _Tape, kind: str, cut_in: bool, text: str) -> None:
    if kind in _ROLES:
        tape.turns.append(_turn(tape, _ROLES[kind], text, cut_in=cut_in))
        tape.pause_s = GAP_S
    elif cut_in:
        raise BadExample(f"{kind}后面不能写抢话", hint=_HINT)
    elif kind == "静音":
        tape.pause_s = _number(text)
    elif kind == "历史":
        tape.history = [*(tape.history or ()), *(() if text == "无" else (text,))]
    elif kind == "语速":
        tape.chars_per_s = max(_number(text), 1.0) / 60
    else:
        name, _, value = text.partition("=")
        if not value:
            raise BadExample(f"事实要写成 名称=值:{text[:40]}", hint=_HINT)
        tape.facts[name.strip()] = value.strip()


def _turn(tape: _Tape, role: Role, text: str, *, cut_in: bool) -> Turn:
    last_s = tape.turns[-1].end_s if tape.turns else 0.0
    start_s = last_s + tape.pause_s
    if cut_in and tape.turns:
        start_s = max(last_s - CUT_IN_S, tape.turns[-1].start_s)
    spoken = sum(char.isalnum() for char in text)
    length_s = max(spoken / tape.chars_per_s, SHORTEST_TURN_S)
    return Turn(role, round(start_s, 3), round(start_s + length_s, 3), text, 1.0)


def _number(text: str) -> float:
    match = re.match(r"(\d{1,5}(?:\.\d{1,3})?)\s*(?:秒|字/?分钟?)?\Z", text)
    if match is None:
        raise BadExample(f"这里要写数字:{text[:40]}", hint=_HINT)
    return float(match[1])


def _facts(given: dict[str, str]) -> CallFacts:
    facts = CallFacts()
    extra: dict[str, FactValue] = {}
    for name, value in given.items():
        if name == "started_at":
            facts = replace(facts, started_at=_moment(value))
        elif name != "extra" and name in CallFacts.__dataclass_fields__:
            facts = replace(facts, **{name: value})  # type: ignore[arg-type]
        else:
            extra[name] = value
    return replace(facts, extra=extra)


def _history(earlier: list[str] | None, facts: CallFacts) -> tuple[EarlierCall, ...] | None:
    return None if earlier is None else tuple(_earlier(text.split(), facts) for text in earlier)


def _earlier(words: list[str], facts: CallFacts) -> EarlierCall:
    ago = _DAYS_AGO.fullmatch(words[0])
    if ago is None or facts.started_at is None:
        raise BadExample(f"历史要写成 3天前 加异议或结果:{' '.join(words)[:40]}", hint=_HINT)
    objections = tuple(word for word in words[1:] if word in TYPES)
    others = " ".join(word for word in words[1:] if word not in TYPES)
    return EarlierCall(facts.started_at - timedelta(days=int(ago[1])), others or None, None, objections)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadExample(f"started_at 不是时间:{text[:40]}", hint="写成 2026-11-02T10:15:00+08:00") from error
    if moment.tzinfo is None:
        raise BadExample(f"started_at 没有时区:{text}", hint="写成 2026-11-02T10:15:00+08:00")
    return moment
