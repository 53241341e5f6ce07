"""Who is the agent: what the dialer says, checked against what is said; without its word a guess, marked as one.

A dialer's channel map is right nearly always, but a trunk that is wired the other way round turns every score of its calls
upside down. So the words may overrule the map where they are clear, and where they only cast doubt the doubt is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qa_engine.calls import FactValue, Role, RoleSource, Transcript
from qa_engine.speech.machines import is_menu
from qa_engine.speech.role_words import spoken_zh, utterance_odds

# The network's announcement and the answering machine speak on the called side.
_ANNOUNCEMENT: Final = re.compile(
    r"您(?:所)?拨(?:打|叫)的|暂时无法接(?:听|通)|请(?:您)?(?:在.{0,6})?留言|提示音"
)
_ANNOUNCEMENT_ODDS: Final = -3.0
# Dialers that record two channels put the agent first more often than not: worth one clear phrase.
FIRST_CHANNEL_PRIOR: Final = 1.5
# One map in fifty is taken to be wrong until the words are heard.
MAP_PRIOR: Final = math.log(49)
# A guess from words is never certain, whatever the sum of its odds.
MAX_GUESS_CONFIDENCE: Final = 0.98
# Confidence where the voices of a one-channel call could not be told apart.
INSEPARABLE_CONFIDENCE: Final = 0.3
_TELLING: Final = 2
"""Utterances of each side that are shown as the reason."""


TRUST_FACT: Final = "trust_channels"
"""A fact of the call (a column of the manifest) that forbids a swap: 1, true, yes or 是."""


@dataclass(frozen=True, slots=True)
class Roles:
    """A role for each channel or voice, how it was decided, and how surely (0..1; 1 only for an uncontradicted map)."""

    by_index: tuple[Role, ...]
    source: RoleSource
    confidence: float


def trusts_channels(facts: Mapping[str, FactValue]) -> bool:
    """Whether the facts forbid a swap: somebody has listened, and the map or the importer is right."""
    return str(facts.get(TRUST_FACT) or "").strip().lower() in {"1", "1.0", "true", "yes", "是"}


def agent_evidence(texts: Sequence[str]) -> float:
    """How much the utterances of one speaker sound like an agent: log odds, positive for agent, 0 for no hint."""
    odds = sum(map(_odds, texts))
    return round(odds, 3)


def _odds(text: str) -> float:
    if is_menu(text):
        return 0.0  # a machine on either side
    return _ANNOUNCEMENT_ODDS if _ANNOUNCEMENT.search(spoken_zh(text)) else utterance_odds(text)


def channel_roles(
    texts: Sequence[Sequence[str]], agent_channel: int | None, *, trusted: bool = False
) -> Roles:
    """Roles of one or two channels, each with its utterances.

    A map decides unless what is said makes the opposite more likely (`trusted`: whatever is said). Without
    one, channel 0 is taken for the agent unless what is said speaks against it."""
    evidence = [agent_evidence(channel) for channel in texts]
    first = evidence[0] - (evidence[1] if len(evidence) > 1 else 0.0)
    if agent_channel is None:
        odds = first + FIRST_CHANNEL_PRIOR
        return Roles(_roles(len(texts), 0 if odds >= 0 else 1), RoleSource.GUESS, _confidence(abs(odds)))
    if trusted or len(texts) < 2:
        return Roles(_roles(len(texts), agent_channel), RoleSource.CHANNEL, 1.0)
    return _checked(first if agent_channel == 0 else -first, agent_channel, RoleSource.CHANNEL)


def _checked(odds_for_map: float, agent: int, source: RoleSource) -> Roles:
    """A map (agent = 0 or 1) against the log odds that the words give it."""
    if odds_for_map >= 0:
        return Roles(_roles(2, agent), source, 1.0)
    chance = 1 / (1 + math.exp(-(odds_for_map + MAP_PRIOR)))
    if chance < 0.5:
        confidence = round(min(1 - chance, MAX_GUESS_CONFIDENCE), 3)
        return Roles(_roles(2, 1 - agent), RoleSource.SWAPPED, confidence)
    return Roles(_roles(2, agent), source, round(chance, 3))


def checked_roles(transcript: Transcript, *, trusted: bool = False) -> Transcript:
    """A transcript that came with roles, checked in the same way: its sides are swapped where the words are clear."""
    sides = [[turn.text for turn in transcript.turns if turn.role is role] for role in Role]
    if trusted or not all(sides):
        return transcript
    found = _checked(agent_evidence(sides[0]) - agent_evidence(sides[1]), 0, transcript.role_source)
    confidence = min(found.confidence, transcript.role_confidence)
    if found.source is not RoleSource.SWAPPED:
        return replace(transcript, role_confidence=confidence)
    turns = tuple(replace(turn, role=_other(turn.role)) for turn in transcript.turns)
    return replace(transcript, turns=turns, role_source=found.source, role_confidence=confidence)


def telling_turns(transcript: Transcript) -> dict[Role, tuple[int, ...]]:
    """For each side the turns (by index) whose words speak most for its role: the reason that a page shows."""
    found: dict[Role, tuple[int, ...]] = {}
    for role in Role:
        sign = 1 if role is Role.AGENT else -1
        odds = {i: sign * _odds(turn.text) for i, turn in enumerate(transcript.turns) if turn.role is role}
        best = sorted((i for i in odds if odds[i] > 0), key=lambda i: -odds[i])
        found[role] = tuple(sorted(best[:_TELLING]))
    return found


def voice_roles(texts: Sequence[Sequence[str]], separation: float) -> Roles:
    """Roles of the voices of a one-channel call. `separation` in 0..1 says how well the voices differ."""
    if len(texts) < 2:
        agent = agent_evidence(texts[0]) >= 0 if texts else True
        role = Role.AGENT if agent else Role.CUSTOMER
        return Roles((role,), RoleSource.GUESS, INSEPARABLE_CONFIDENCE)
    odds = agent_evidence(texts[0]) - agent_evidence(texts[1])
    confidence = _confidence(abs(odds)) * separation
    return Roles(_roles(2, 0 if odds >= 0 else 1), RoleSource.GUESS, round(confidence, 3))


def _other(role: Role) -> Role:
    return Role.CUSTOMER if role is Role.AGENT else Role.AGENT


def _roles(count: int, agent: int) -> tuple[Role, ...]:
    return tuple(Role.AGENT if index == agent else Role.CUSTOMER for index in range(count))


def _confidence(odds: float) -> float:
    return round(min(1 / (1 + math.exp(-odds)), MAX_GUESS_CONFIDENCE), 3)
