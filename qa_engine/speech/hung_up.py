"""Who ended the call: the dialer's word, a busy tone, or speech that was cut off; nobody knows where none of them tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qa_engine.calls import Call, LineKind, Role
from qa_engine.speech.cleanup import spoken_chars

FACTS: Final = ("hangup_by", "term_reason")
"""Facts that say it; `term_reason` is VICIdial's (AGENT, CALLER)."""
_SAID: Final[Mapping[str, Role]] = {
    "agent": Role.AGENT, "坐席": Role.AGENT, "客服": Role.AGENT,
    "caller": Role.CUSTOMER, "customer": Role.CUSTOMER, "客户": Role.CUSTOMER,
}  # fmt: skip
# A tone so near to the end is what the line plays once a side has gone.
_TONE_TO_END_S: Final = 2.0
# Nobody stops by himself within this time of the end of the recording, in the middle of what he says.
CUT_OFF_S: Final = 0.25
_FAREWELL: Final = re.compile(r"再见|拜拜|再會|再見|祝您|先这样|挂了")
_LAST_TURNS: Final = 3


class HungUpSource(StrEnum):
    """What tells it, from the surest to the weakest."""

    DIALER = "dialer"
    TONE = "tone"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class HungUp:
    """Who ended the call, and what says so."""

    by: Role
    source: HungUpSource


def hung_up(call: Call) -> HungUp | None:
    """Who ended the call; None where it is not known.

    The dialer's fact goes first. A busy tone on a side's own channel at the end is what the exchange plays when that
    side has gone. Else, where nobody has said goodbye and one side is cut off as it speaks, the other hung up."""
    for fact in FACTS:
        said = _SAID.get(str(call.facts.extra.get(fact) or "").strip().lower())
        if said:
            return HungUp(said, HungUpSource.DIALER)
    return _by_tone(call) or _by_cut(call)


def _by_tone(call: Call) -> HungUp | None:
    end_s = call.transcript.duration_s
    roles = {turn.channel: turn.role for turn in call.transcript.turns}
    if len(set(roles.values())) < len(roles) or not call.signals:
        return None  # one channel tells nothing about sides
    for sound in call.signals.line:
        if sound.kind is LineKind.BUSY and end_s - sound.end_s <= _TONE_TO_END_S and sound.channel in roles:
            return HungUp(roles[sound.channel], HungUpSource.TONE)
    return None


def _by_cut(call: Call) -> HungUp | None:
    turns = call.transcript.turns
    if not call.signals or not turns:
        return None
    last = max(turns, key=lambda turn: turn.end_s)
    if call.transcript.duration_s - last.end_s > CUT_OFF_S:
        return None
    if any(_FAREWELL.search(spoken_chars(turn.text)) for turn in turns[-_LAST_TURNS:]):
        return None
    other = Role.CUSTOMER if last.role is Role.AGENT else Role.AGENT
    return HungUp(other, HungUpSource.CUT_OFF)
