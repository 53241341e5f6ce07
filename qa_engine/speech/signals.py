"""Figures of a call from turns and acoustic signals. Everything is None where it cannot be measured.

Speech time is that of the voiced spans where each side has a channel of its own, else that of the words, else that
of the turns. Times are seconds, rates per minute.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import attrgetter
from statistics import median
from typing import Final

from qa_engine.calls import Call, LineKind, Role, Span, Turn, Word
from qa_engine.speech.backchannels import is_backchannel
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.spans import gaps, intersection, total_s, union, union_in_order

MIN_TALK_S: Final = 10.0
MIN_RATE_S: Final = 3.0
# Speech of the two sides that overlaps by less than this is a quick answer, not an interruption.
MIN_CUT_IN_S: Final = 0.3
# Who starts within this time of the other has not heard the other yet.
MIN_HEARD_S: Final = 0.5
# A pause of this length inside a turn gives the other side the floor.
FLOOR_PAUSE_S: Final = 0.3
SHORTEST_SILENCE_S: Final = 1e-9
_WORD_GAP_S: Final = 0.5
# Turns of one side that are looked at from the first that still goes on; nobody talks in so many at once.
MOST_LOOKED_AT: Final = 256
# Keeps the search on the safe side of sums that are rounded differently.
_ROUNDING_S: Final = 1e-6


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
    silence_ratio — share of the time from first to last speech in which nobody speaks; ringing, music on hold and other
    sounds of the line count neither as silence nor as time. longest_silence_s — longest such stretch.
    hold_s — seconds of music between first and last speech. None without sound.
    greeting_s — from the end of ringing (the start of a recording without any) to the agent's first turn that is no
    backchannel. expected_cer — see `Signals`.
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
    talk = _conversation(speech)
    played = _played(call, talk)
    quiet = _silences(speech, talk, 0.0, played)
    talk_s = talk.length_s - total_s(played) if talk else 0.0
    values: dict[str, float | None] = {
        "talk_ratio": agent_s / both_s if both_s >= MIN_TALK_S else None,
        "silence_ratio": total_s(quiet) / talk_s if talk_s > 0 else None,
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
        "hold_s": _hold_s(call, talk) if call.signals else None,
        "greeting_s": _greeting_s(call),
        "customer_interruptions": float(len(interruptions(call, by=Role.CUSTOMER)))
        if transcript.turns
        else None,
        "agent_yields": float(yields(call, Role.AGENT)) if transcript.turns else None,
        "expected_cer": call.signals.expected_cer if call.signals else None,
    }
    return {name: None if value is None else round(value, 3) for name, value in values.items()}


def silences(call: Call, min_s: float) -> tuple[Span, ...]:
    """Stretches of at least `min_s` between first and last speech in which nobody speaks."""
    speech = speech_by_role(call, pauses_from_s=max(min_s, SHORTEST_SILENCE_S))
    talk = _conversation(speech)
    return _silences(speech, talk, min_s, _played(call, talk))


def _silences(
    speech: Mapping[Role, tuple[Span, ...]], talk: Span | None, min_s: float, played: Sequence[Span] = ()
) -> tuple[Span, ...]:
    if talk is None:
        return ()
    least_s = max(min_s, SHORTEST_SILENCE_S)
    found: list[Span] = []
    reached_s = talk.start_s
    sounding = [*(span for spans in speech.values() for span in spans), *played]
    for span in sorted(sounding, key=attrgetter("start_s")):
        if span.start_s > reached_s:
            if span.start_s - reached_s >= least_s:
                found.append(Span(reached_s, span.start_s))
            reached_s = span.end_s
        elif span.end_s > reached_s:
            reached_s = span.end_s
    return tuple(found)


def interruptions(call: Call, by: Role) -> tuple[Interruption, ...]:
    """Where `by` begins to speak into the other side's words.

    A turn of `by` counts when a turn of the other side began at least 0.5 s earlier, goes on for at least 0.3 s
    after it, is not paused for 0.3 s at that moment (word times, where there are any), and neither of the two is a
    backchannel (嗯、对、好的…). One turn interrupts once."""
    turns = call.transcript.turns
    talkers = _Talkers(
        [(i, t) for i, t in enumerate(turns) if t.role is not by and not is_backchannel(t.text)]
    )
    found: list[Interruption] = []
    for index, turn in enumerate(turns):
        if turn.role is not by:
            continue
        start_s = _first_word_s(turn)
        other = talkers.first(heard_from_s=turn.start_s - MIN_HEARD_S, at_s=start_s)
        if other is None or is_backchannel(turn.text):
            continue
        overlap_s = min(other.end_s, _last_word_s(turn)) - start_s
        found.append(Interruption(by, index, other.turn, round(start_s, 3), round(max(overlap_s, 0.0), 3)))
    return tuple(found)


@dataclass(slots=True)
class _Talker:
    """A turn that may be interrupted; `starts_s` and `reached_s` are its words in order of start, and until when the
    words so far go. Both are made when they are asked for."""

    turn: int
    said: Turn
    end_s: float
    starts_s: list[float] | None = None
    reached_s: list[float] = field(default_factory=list)

    def pauses_at(self, at_s: float) -> bool:
        """Whether nothing has been said for a moment."""
        if self.starts_s is None:
            words = sorted((word.start_s, word.end_s) for word in self.said.words)
            self.starts_s = [start_s for start_s, _ in words]
            self.reached_s = list(accumulate((end_s for _, end_s in words), max))
        before = bisect_right(self.starts_s, at_s)
        return before > 0 and at_s - self.reached_s[before - 1] >= FLOOR_PAUSE_S


class _Talkers:
    """The turns of one side, by start. `reached_s` is until when any turn so far goes: it finds the first that still
    goes on without a look at those that ended long ago."""

    def __init__(self, turns: Sequence[tuple[int, Turn]]) -> None:
        self._talkers = [_Talker(index, turn, _last_word_s(turn)) for index, turn in turns]
        self._starts_s = [talker.said.start_s for talker in self._talkers]
        self._reached_s = list(accumulate((talker.end_s for talker in self._talkers), max))

    def first(self, *, heard_from_s: float, at_s: float) -> _Talker | None:
        """The first that began by `heard_from_s`, goes on long enough after `at_s` and does not pause there."""
        last = bisect_right(self._starts_s, heard_from_s)
        first = bisect_left(self._reached_s, at_s + MIN_CUT_IN_S - _ROUNDING_S, 0, last)
        for talker in self._talkers[first : min(last, first + MOST_LOOKED_AT)]:
            if talker.end_s - at_s >= MIN_CUT_IN_S and not talker.pauses_at(at_s):
                return talker
        return None


def speech_by_role(call: Call, *, pauses_from_s: float = 0.0) -> Mapping[Role, tuple[Span, ...]]:
    """Ordered, disjoint speech spans of each side. Shorter pauses than `pauses_from_s` may be missing: turns that are
    shorter themselves hold none that long, and their words need not be looked at."""
    turns = call.transcript.turns
    channel_roles = _channel_roles(turns)
    speech = call.signals.speech if call.signals else ()
    if len(speech) == 2 and len(channel_roles) == 2:
        return {role: union(speech[channel]) for channel, role in channel_roles.items()}
    spoken: dict[Role, list[Turn | Word]] = {role: [] for role in Role}
    for turn in turns:
        words = turn.words
        if words and not (
            turn.end_s - turn.start_s < pauses_from_s
            and words[0].start_s == turn.start_s
            and words[-1].end_s == turn.end_s
        ):
            spoken[turn.role] += words
        else:
            spoken[turn.role].append(turn)
    return {role: union_in_order(said, max_gap_s=_WORD_GAP_S) for role, said in spoken.items()}


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


def _conversation(speech: Mapping[Role, tuple[Span, ...]]) -> Span | None:
    """From the first to the last speech of either side."""
    spans = [span for spans in speech.values() for span in spans]
    if not spans:
        return None
    return Span(min([span.start_s for span in spans]), max([span.end_s for span in spans]))


def _played(call: Call, talk: Span | None) -> tuple[Span, ...]:
    """Where the line plays something while nobody speaks, inside the conversation."""
    if talk is None or not call.signals or not call.signals.line:
        return ()
    sounds = union(Span(sound.start_s, sound.end_s) for sound in call.signals.line)
    speech = union(span for spans in speech_by_role(call).values() for span in spans)
    quiet = gaps(speech, talk.end_s)
    return intersection(intersection(sounds, (talk,)), quiet)


def _hold_s(call: Call, talk: Span | None) -> float:
    """Seconds of music between the first and the last speech."""
    sounds = call.signals.line if call.signals else ()
    music = union(Span(s.start_s, s.end_s) for s in sounds if s.kind is LineKind.MUSIC)
    return total_s(intersection(music, (talk,))) if talk else 0.0


def _greeting_s(call: Call) -> float | None:
    """Ringing and its music end where somebody answers: only what is over by the first word counts as such. A menu
    before the agent is no greeting."""
    line = call.signals.line if call.signals else ()
    played = {s.start_s: s.end_s for s in line if s.kind is LineKind.MENU}
    turns = [turn for turn in call.transcript.turns if turn.start_s not in played]
    first_s = next((t.start_s for t in turns if t.role is Role.AGENT and not is_backchannel(t.text)), None)
    if first_s is None or call.signals is None:
        return None
    first_word_s = turns[0].start_s
    rings = [s.end_s for s in line if s.start_s < first_word_s and s.end_s <= first_word_s + MIN_HEARD_S]
    return max(0.0, first_s - max(rings, default=0.0))


def yields(call: Call, role: Role) -> int:
    """How often that side stops first when the other cuts in (see `interruptions`): it falls silent at least 0.3 s
    before the one who came in does."""
    turns = call.transcript.turns
    other = Role.CUSTOMER if role is Role.AGENT else Role.AGENT
    return sum(
        _last_word_s(turns[cut.interrupted]) + MIN_CUT_IN_S <= _last_word_s(turns[cut.turn])
        for cut in interruptions(call, by=other)
    )


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
    return max([word.end_s for word in turn.words]) if turn.words else turn.end_s
