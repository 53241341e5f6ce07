"""Who ended the call, and what says so."""

from __future__ import annotations

import pytest

from qa_engine.calls import Call, CallFacts, CallId, LineKind, LineSound, Role, Signals, Transcript, Turn
from qa_engine.speech.hung_up import HungUp, HungUpSource, hung_up

A, C = Role.AGENT, Role.CUSTOMER
BUSY = LineSound(LineKind.BUSY, 1, 6.5, 9.5)


def call(
    last: str, *, ends_s: float = 10.0, line: tuple[LineSound, ...] = (), mono: bool = False, **extra: str
) -> Call:
    turns = (
        Turn(C, 0, 2, "喂你好", channel=0 if mono else 1),
        Turn(A, 2.5, 6, last, channel=0),
    )
    facts = CallFacts(extra=extra)
    return Call(Transcript(CallId("c"), ends_s, turns), facts, Signals(line=line))


CASES = [
    # the dialer's word goes before everything
    (call("我们这款产品", ends_s=6.1, line=(BUSY,), hangup_by="坐席"), HungUp(A, HungUpSource.DIALER)),
    (call("好的再见", term_reason="CALLER"), HungUp(C, HungUpSource.DIALER)),
    # the exchange plays a busy tone on the channel of who has gone
    (call("喂喂", line=(BUSY,)), HungUp(C, HungUpSource.TONE)),
    (call("喂喂", line=(BUSY,), mono=True), None),
    (call("喂喂", line=(LineSound(LineKind.BUSY, 1, 1.0, 3.0),)), None),  # not at the end
    # who is cut off has not hung up
    (call("我们这款产品", ends_s=6.1), HungUp(C, HungUpSource.CUT_OFF)),
    (call("那祝您生活愉快再见", ends_s=6.1), None),  # both were done
    (call("我们这款产品"), None),  # four seconds of silence
]


@pytest.mark.parametrize(("ended", "expected"), CASES)
def test_who_hung_up(ended: Call, expected: HungUp | None) -> None:
    assert hung_up(ended) == expected


def test_without_sound_only_the_dialer_knows() -> None:
    silent = call("我们这款产品", ends_s=6.1)
    assert hung_up(Call(silent.transcript, silent.facts, None)) is None
