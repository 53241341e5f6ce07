"""Who is the agent: what the dialer says, or a guess from what is said, marked as a guess."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from qa_engine.calls import Role, RoleSource, Turn

# Phrases of one side, with the weight of one occurrence in log odds (hand-set, checked on the sample calls).
_AGENT_CUES: Final = (
    (
        re.compile(
            r"工号(?!是?(?:多少|几|啥|什么)|呢)|(?:客户|理财|金牌|专属)经理|客服(?:中心|专员)?|课程顾问|专员"
        ),
        1.5,
    ),
    (
        re.compile(
            r"(?:这里|这边)是|我是.{0,14}(?:公司|银行|保险|信贷|移动|联通|电信|教育|理财|财富|经理|老师)"
        ),
        1.5,
    ),
    (re.compile(r"请问您?(?:是|贵姓|现在|方便)|打扰您|耽误您|占用您"), 1.2),
    (re.compile(r"(?:通话|电话)(?:会|有|将|正在)?(?:被)?录音|方便(?:说|接|听|聊)"), 1.2),
    (re.compile(r"给您|帮您|为您|跟您|向您"), 0.6),
    (re.compile(r"我们(?:公司|这边|这款|的产品|推出|现在有)|办理|活动|优惠|额度|保障"), 0.4),
    (re.compile(r"祝您|感谢您的|感谢您接听"), 1.2),
)
_CUSTOMER_CUES: Final = (
    (re.compile(r"你们(?:是|怎么|公司|这|那|家|别)?"), 0.6),
    (re.compile(r"(?:你是)?(?:哪里|哪位|谁)啊?[?？]?$|^喂"), 1.0),
    (re.compile(r"不需要|没兴趣|不用了|不要了|不办|不买|别再打|不要再打|别打了"), 1.0),
    (re.compile(r"我(?:在|正)?(?:开会|开车|上班|忙)|没时间|没空"), 0.8),
    # The network's announcement and the answering machine speak on the called side.
    (re.compile(r"您(?:所)?拨(?:打|叫)的|暂时无法接(?:听|通)|请(?:您)?留言|提示音"), 3.0),
    (re.compile(r"骗(?:人|子)|投诉|我再?考虑|商量(?:一下|商量)?|多少钱|利息(?:是)?多少|怎么收费"), 0.7),
)
# The agent says 您 to the customer; customers mostly say 你.
_HONORIFIC_WEIGHT: Final = 0.25
_MAX_HONORIFICS: Final = 12
# Dialers that record two channels put the agent first more often than not: worth one clear phrase.
FIRST_CHANNEL_PRIOR: Final = 1.5
# A guess from words is never certain, whatever the sum of its cues.
MAX_GUESS_CONFIDENCE: Final = 0.98
# Confidence where the voices of a one-channel call could not be told apart.
INSEPARABLE_CONFIDENCE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Roles:
    """A role for each channel or voice, how it was decided, and how surely (0..1; 1 only for a channel map)."""

    by_index: tuple[Role, ...]
    source: RoleSource
    confidence: float


def agent_evidence(texts: Sequence[str]) -> float:
    """How much the utterances of one speaker sound like an agent: log odds, positive for agent, 0 for no hint."""
    score = 0.0
    for text in texts:
        score += sum(weight for cue, weight in _AGENT_CUES if cue.search(text))
        score -= sum(weight for cue, weight in _CUSTOMER_CUES if cue.search(text))
    honorifics = sum(text.count("您") for text in texts)
    return score + _HONORIFIC_WEIGHT * min(honorifics, _MAX_HONORIFICS)


def channel_roles(texts: Sequence[Sequence[str]], agent_channel: int | None) -> Roles:
    """Roles of one or two channels, each with its utterances.

    With a map the map decides. Without one, channel 0 is taken for the agent unless what is said speaks against it.
    """
    if agent_channel is not None:
        chosen = _roles(len(texts), agent_channel)
        return Roles(chosen, RoleSource.CHANNEL, 1.0)
    evidence = [agent_evidence(channel) for channel in texts]
    odds = evidence[0] - (evidence[1] if len(evidence) > 1 else 0.0) + FIRST_CHANNEL_PRIOR
    agent = 0 if odds >= 0 else 1
    return Roles(_roles(len(texts), agent), RoleSource.GUESS, _confidence(abs(odds)))


def voice_roles(texts: Sequence[Sequence[str]], separation: float) -> Roles:
    """Roles of the voices of a one-channel call. `separation` in 0..1 says how well the voices differ."""
    if len(texts) < 2:
        agent = agent_evidence(texts[0]) >= 0 if texts else True
        role = Role.AGENT if agent else Role.CUSTOMER
        return Roles((role,), RoleSource.GUESS, INSEPARABLE_CONFIDENCE)
    odds = agent_evidence(texts[0]) - agent_evidence(texts[1])
    confidence = _confidence(abs(odds)) * separation
    return Roles(_roles(2, 0 if odds >= 0 else 1), RoleSource.GUESS, round(confidence, 3))


def _roles(count: int, agent: int) -> tuple[Role, ...]:
    return tuple(Role.AGENT if index == agent else Role.CUSTOMER for index in range(count))


def _confidence(odds: float) -> float:
    return round(min(1 / (1 + math.exp(-odds)), MAX_GUESS_CONFIDENCE), 3)


def utterances(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Texts of turns."""
    return tuple(turn.text for turn in turns)
