"""已解决 / 部分改善 / 未见改善 / 样本不足: what two weeks of coaching came to, in one word that can be argued from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa_engine.coaching.effect import MIN_CALLS, MIN_PEERS, Effect
from qa_engine.quality.estimates import share

CLOSE = 0.05
"""Within five points of the peers' level the gap counts as closed."""
LISTENED = 10


class Outcome(StrEnum):
    """How a plan ended."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NOT_SEEN = "not_seen"
    TOO_FEW = "too_few"


NAMES = {
    Outcome.RESOLVED: "已解决",
    Outcome.PARTLY: "部分改善",
    Outcome.NOT_SEEN: "未见改善",
    Outcome.TOO_FEW: "样本不足",
}


@dataclass(frozen=True, slots=True)
class Listening:
    """A blind second listen: of `heard` calls after the coaching, people found the item reached in `reached`, the machine in
    `machine_reached`."""

    heard: int
    reached: int
    machine_reached: int

    @property
    def contradicts(self) -> bool:
        """Whether people hear so much less of it that chance does not explain it: the machine's share lies above their
        95 % interval."""
        found = share(self.reached, self.heard)
        return found.high is not None and self.machine_reached / self.heard > found.high


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome with the sentence that says why (Chinese), for people."""

    outcome: Outcome
    reason: str

    @property
    def opens_round(self) -> bool:
        """Whether the circle begins anew: the behaviour is not there yet."""
        return self.outcome in {Outcome.PARTLY, Outcome.NOT_SEEN}


def judge(
    effect: Effect | None,
    *,
    post: float | None,
    target: float,
    n_pre: int,
    n_post: int,
    listening: Listening | None,
    may_wait: bool,
) -> Judgement:
    """The outcome of one plan. `post` is the level reached, `target` that of the peers; shares 0..1. `may_wait`: the time
    after may still be made longer, so an interval that excludes neither nothing nor all asks for more calls."""
    if n_pre < MIN_CALLS or n_post < MIN_CALLS:
        return Judgement(
            Outcome.TOO_FEW, f"前 {n_pre} 通、后 {n_post} 通,每段至少要 {MIN_CALLS} 通适用该项的通话"
        )
    if effect is None or post is None:
        return Judgement(Outcome.TOO_FEW, f"可比的同事不足 {MIN_PEERS} 位,无法分辨辅导的作用与自然回升")
    span = f"相对同水平同事的变化 {_points(effect.effect)}(95% 区间 {_points(effect.low)} 至 {_points(effect.high)})"
    if effect.low > 0:
        return _improved(effect, span, gap=target - post, listening=listening)
    needed = max(target - (post - effect.effect), CLOSE)
    if may_wait and effect.high >= needed:
        return Judgement(Outcome.TOO_FEW, f"{span},既不能排除没有变化,也不能排除差距已补上,延长观察")
    return Judgement(Outcome.NOT_SEEN, f"{span},不能与没有变化区分")


def _improved(effect: Effect, span: str, *, gap: float, listening: Listening | None) -> Judgement:
    """It got better for sure: all of the way, by the coaching, and as people hear it?"""
    doubt = ""
    if effect.trends_differ:
        doubt = "但辅导之前走势已与同事不同,不能全部归于辅导"
    elif listening is not None and listening.heard and listening.contradicts:
        doubt = f"但盲听 {listening.heard} 通只有 {listening.reached} 通做到,机器判 {listening.machine_reached} 通"
    elif gap > CLOSE:
        doubt = f"距同事水平还差 {_points(gap)}"
    if doubt:
        return Judgement(Outcome.PARTLY, f"{span},{doubt}")
    heard = "" if listening else ",没有录音可供盲听"
    return Judgement(Outcome.RESOLVED, f"{span},已到同事水平{heard}")


def _points(value: float) -> str:
    return f"{value * 100:+.1f} 分"
