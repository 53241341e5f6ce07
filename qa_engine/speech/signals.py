"""Figures of a call from turns and acoustic signals. Everything is None where it cannot be measured.

Speech time is that of the voiced spans where each side has a channel of its own, else that of the words, else that
of the turns. Times are seconds, rates per minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from qa_engine.calls import Call, Role, Span, Turn
from qa_engine.speech.backchannels import is_backchannel
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.spans import gaps, intersection, total_s, union

MIN_TALK_S: Final = 10.0
MIN_RATE_S: Final = 3.0
# Speech of the two sides that overlaps by less than this is a quick answer, not an interruption.
MIN_CUT_IN_S: Final = 0.3
# Who starts within this time of the other has not heard the other yet.
MIN_HEARD_S: Final = 0.5
# A pause of this length inside a turn gives the other side the floor.
FLOOR_PAUSE_S: Final = 0.3
_WORD_GAP_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Interruption:
    """`turn` (index in the transcript) begins while `interrupted` goes on; both speak for `overlap_s`."""

    by: Role
    turn: int
    interrupted: int
    at_s: float
    overlap_s: float


def measure(call: Call) -> Mapping[str, float | None]:
    """The figures by name.

    talk_ratio — agent speech / (agent + customer speech), overlap counts for both; None below 10 s of speech.
    silence_ratio — share of the time from first to last speech in which nobody speaks.
    longest_silence_s — longest such stretch. Ringing before and dead line after the talk do not count.
    overlap_s — seconds in which both speak.
    agent_interruptions — count of `interruptions(call, by=AGENT)`.
    agent_chars_per_min, customer_chars_per_min — spoken characters / that side's speech minutes; None below 3 s.
    response_time_s — median time from the end of a customer turn to the agent turn that follows it, 0 when they
    overlap; backchannels are neither. None without such a pair.
    turns — number of turns. duration_s — of the recording. agent_talk_s, customer_talk_s — speech of one side.
    """
    transcript = call.transcript
    speech = speech_by_role(call)
    agent, customer = speech[Role.AGENT], speech[Role.CUSTOMER]
    agent_s, customer_s = total_s(agent), total_s(customer)
    both_s = agent_s + customer_s
    quiet = silences(call, 0.0)
    talk = _conversation(call)
    values: dict[str, float | None] = {
        "talk_ratio": agent_s / both_s if both_s >= MIN_TALK_S else None,
        "silence_ratio": total_s(quiet) / talk.length_s if talk and talk.length_s > 0 else None,
        "longest_silence_s": max((gap.length_s for gap in quiet), default=0.0) if talk else None,
        "overlap_s": total_s(intersection(agent, customer)) if talk else None,
        "agent_interruptions": float(len(interruptions(call, by=Role.AGENT))) if transcript.turns else None,
        "agent_chars_per_min": _rate(transcript.turns, Role.AGENT, agent_s),
        "customer_chars_per_min": _rate(transcript.turns, Role.CUSTOMER, customer_s),
        "response_time_s": _response_time_s(transcript.turns),
        "turns": float(len(transcript.turns)),
        "duration_s": transcript.duration_s,
        "agent_talk_s": agent_s if talk else None,
        "customer_talk_s": customer_s if talk else None,
    }
    return {name: None if value is None else round(value, 3) for name, value in values.items()}


def silences(call: Call, min_s: float) -> tuple[Span, ...]:
    """Stretches of at least `min_s` between first and last speech in which nobody speaks."""
    talk = _conversation(call)
    if talk is None:
        return ()
    speech = union(span for spans in speech_by_role(call).values() for span in spans)
    found = gaps(speech, talk.end_s, min_s=0.0)
    return tuple(gap for gap in found if gap.start_s >= talk.start_s and gap.length_s >= max(min_s, 1e-9))


def interruptions(call: Call, by: Role) -> tuple[Interruption, ...]:
    """Where `by` begins to speak into the other side's words.

    A turn of `by` counts when a turn of the other side began at least 0.5 s earlier, goes on for at least 0.3 s
    after it, is not paused for 0.3 s at that moment (word times, where there are any), and neither of the two is a
    backchannel (嗯、对、好的…). One turn interrupts once."""
    turns = call.transcript.turns
    found: list[Interruption] = []
    for index, turn in enumerate(turns):
        if turn.role is not by or is_backchannel(turn.text):
            continue
        for other, talking in enumerate(turns):
            if talking.start_s > turn.start_s - MIN_HEARD_S:
                break
            if talking.role is by or is_backchannel(talking.text):
                continue
            start_s, end_s = _first_word_s(turn), _last_word_s(talking)
            overlap_s = min(end_s, _last_word_s(turn)) - start_s
            if end_s - start_s >= MIN_CUT_IN_S and not _pauses_at(talking, start_s):
                found.append(Interruption(by, index, other, round(start_s, 3), round(max(overlap_s, 0.0), 3)))
                break
    return tuple(found)


def speech_by_role(call: Call) -> Mapping[Role, tuple[Span, ...]]:
    """Ordered, disjoint speech spans of each side."""
    turns = call.transcript.turns
    channel_roles = _channel_roles(turns)
    speech = call.signals.speech if call.signals else ()
    if len(speech) == 2 and len(channel_roles) == 2:
        return {role: union(speech[channel]) for channel, role in channel_roles.items()}
    return {
        role: union(
            (span for turn in turns if turn.role is role for span in _spoken(turn)), max_gap_s=_WORD_GAP_S
        )
        for role in Role
    }


def _channel_roles(turns: Sequence[Turn]) -> dict[int, Role]:
    """The role of channel 0 and 1 where each role has one of them; {} where channels do not tell the roles."""
    seen = Counter((turn.channel, turn.role) for turn in turns if turn.channel in (0, 1))
    if not seen or any(
        (channel, other) in seen for channel, role in seen for other in Role if other is not role
    ):
        return {}
    channel, role = next(iter(seen))
    other = Role.CUSTOMER if role is Role.AGENT else Role.AGENT
    if any(seen_channel != channel and seen_role is role for seen_channel, seen_role in seen):
        return {}
    return {channel: role, 1 - channel: other} if channel is not None else {}


def _spoken(turn: Turn) -> tuple[Span, ...]:
    if turn.words:
        return tuple(Span(word.start_s, word.end_s) for word in turn.words)
    return (Span(turn.start_s, turn.end_s),)


def _conversation(call: Call) -> Span | None:
    """From the first to the last speech of either side."""
    spans = [span for spans in speech_by_role(call).values() for span in spans]
    if not spans:
        return None
    return Span(min(span.start_s for span in spans), max(span.end_s for span in spans))


def _rate(turns: Sequence[Turn], role: Role, talk_s: float) -> float | None:
    if talk_s < MIN_RATE_S:
        return None
    return sum(len(spoken_chars(turn.text)) for turn in turns if turn.role is role) / talk_s * 60


def _response_time_s(turns: Sequence[Turn]) -> float | None:
    said = [turn for turn in turns if not is_backchannel(turn.text)]
    waits = [
        max(0.0, turn.start_s - previous.end_s)
        for previous, turn in pairwise(said)
        if previous.role is Role.CUSTOMER and turn.role is Role.AGENT
    ]
    return median(waits) if waits else None


def _first_word_s(turn: Turn) -> float:
    return turn.words[0].start_s if turn.words else turn.start_s


def _last_word_s(turn: Turn) -> float:
    return max(word.end_s for word in turn.words) if turn.words else turn.end_s


def _pauses_at(turn: Turn, at_s: float) -> bool:
    before = [word.end_s for word in turn.words if word.start_s <= at_s]
    return bool(before) and at_s - max(before) >= FLOOR_PAUSE_S
