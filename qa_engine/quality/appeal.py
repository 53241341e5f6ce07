"""An appeal against a verdict: filed → team lead → QA → QA manager. Whoever refuses ends nothing that the agent may still take
further; only the last of the chain has the last word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from qa_engine.errors import Conflict
from qa_engine.values import value


class Step(StrEnum):
    """Who has the appeal before them, in the order of the chain."""

    LEAD = "lead"
    QA = "qa"
    FINAL = "final"


class State(StrEnum):
    """Where an appeal stands. `refused` waits for the agent, who may insist; the last three are ends."""

    OPEN = "open"
    REFUSED = "refused"
    OVERTURNED = "overturned"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody does to an appeal."""

    SUPPORT = "support"
    """The team lead is for it: QA decides."""
    REFUSE = "refuse"
    """The verdict stands; the agent may insist while there is a next step."""
    PASS_ON = "pass_on"
    """The team lead says nothing to it: QA decides."""
    OVERTURN = "overturn"
    """The verdict is changed."""
    INSIST = "insist"
    """The agent takes a refusal to the next step."""
    ESCALATE = "escalate"
    """What is overdue goes on without the answer of who had it."""
    WITHDRAW = "withdraw"
    """The agent takes it back."""


class Party(StrEnum):
    """As what somebody acts."""

    AGENT = "agent"
    LEAD = "lead"
    QA = "qa"
    FINAL = "final"


@value
class Actor:
    """Somebody and the parts that are theirs to play in this appeal."""

    name: str
    parties: frozenset[Party]


EVERYBODY = frozenset(Party)
CLOSED = frozenset({State.OVERTURNED, State.KEPT, State.WITHDRAWN})
ANSWERS: Mapping[Step, frozenset[Act]] = MappingProxyType(
    {
        Step.LEAD: frozenset({Act.SUPPORT, Act.REFUSE, Act.PASS_ON}),
        Step.QA: frozenset({Act.OVERTURN, Act.REFUSE}),
        Step.FINAL: frozenset({Act.OVERTURN, Act.REFUSE}),
    }
)
"""What each step may answer. A team lead overturns nothing, so that no team judges itself."""


@value
class Appeal:
    """What decides about the next move. `chain` holds at least one step that may overturn; `filed_by` is the agent's name,
    `judged_by` whose verdict is contested ("" = the machine's), `answered_by` who has answered so far."""

    chain: tuple[Step, ...]
    step: Step
    filed_by: str
    state: State = State.OPEN
    judged_by: str = ""
    answered_by: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def next_step(self) -> Step | None:
        """None at the last."""
        place = self.chain.index(self.step) + 1
        return self.chain[place] if place < len(self.chain) else None


class WrongStep(Conflict):
    """The act does not follow from where the appeal is, or is for somebody else to do."""

    code = "appeal_step"


class AppealClosed(Conflict):
    """The appeal has its answer."""

    code = "appeal_closed"


class NotTwice(Conflict):
    """Who judged or answered before does not answer again."""

    code = "appeal_not_twice"


def chain_of(*, lead: bool, qa: bool, final: bool) -> tuple[Step, ...]:
    """The steps of an appeal by which roles there are. One that may overturn is always in it: where there is none yet, the
    appeal waits with QA until there is."""
    there = {Step.LEAD: lead, Step.QA: qa or not final, Step.FINAL: final}
    return tuple(step for step in Step if there[step])


def begin(chain: tuple[Step, ...], *, filed_by: str, judged_by: str = "") -> Appeal:
    """A fresh appeal, before the first of its chain."""
    return Appeal(chain, chain[0], filed_by, judged_by=judged_by)


def may(appeal: Appeal, actor: Actor, *, overdue: bool = False) -> tuple[Act, ...]:
    """What this person may do now, in the order of `Act`. `overdue`: the step's time is over (of `refused`: the agent's)."""
    return tuple(act for act in Act if _refusal(appeal, act, actor, overdue=overdue) is None)


def advance(appeal: Appeal, act: Act, actor: Actor, *, overdue: bool = False) -> Appeal:
    """The appeal after an act. Raises `AppealClosed`, `WrongStep`, `NotTwice`."""
    problem = _refusal(appeal, act, actor, overdue=overdue)
    if problem is not None:
        raise problem
    match act:
        case Act.WITHDRAW:
            return replace(appeal, state=State.WITHDRAWN)
        case Act.INSIST | Act.ESCALATE:
            return _onward(appeal)
    answered = replace(appeal, answered_by=(*appeal.answered_by, actor.name))
    match act:
        case Act.OVERTURN:
            return replace(answered, state=State.OVERTURNED)
        case Act.REFUSE:
            return replace(answered, state=State.KEPT if answered.next_step is None else State.REFUSED)
    return _onward(answered)


def replay(appeal: Appeal, acts: Iterable[tuple[Act, Actor, bool]]) -> Appeal:
    """Where a log leads: (act, who, whether overdue), oldest first."""
    for act, actor, overdue in acts:
        appeal = advance(appeal, act, actor, overdue=overdue)
    return appeal


def _onward(appeal: Appeal) -> Appeal:
    step = appeal.next_step
    assert step is not None
    return replace(appeal, state=State.OPEN, step=step)


def _refusal(appeal: Appeal, act: Act, actor: Actor, *, overdue: bool) -> Conflict | None:
    mine = Party.AGENT in actor.parties
    problem: Conflict | None = None
    if appeal.is_closed:
        problem = AppealClosed("这次申诉已经结束", hint="请刷新页面查看结果")
    elif act is Act.WITHDRAW:
        problem = None if mine else WrongStep("只有申诉人可以撤回", hint="请由坐席本人撤回")
    elif act is Act.INSIST:
        problem = _insist_refusal(appeal, mine=mine, overdue=overdue)
    elif appeal.state is not State.OPEN:
        problem = WrongStep("这次申诉已被驳回,在等坐席答复", hint="坐席可以坚持申诉或撤回")
    elif act is Act.ESCALATE:
        problem = _escalate_refusal(appeal, actor, overdue=overdue)
    elif act not in ANSWERS[appeal.step] or Party(appeal.step.value) not in actor.parties:
        problem = WrongStep("这一步不由您处理", hint="请刷新页面查看申诉走到了哪一步")
    else:
        problem = _second_answer(appeal, actor)
    return problem


def _second_answer(appeal: Appeal, actor: Actor) -> Conflict | None:
    if actor.name == appeal.filed_by:
        return NotTwice("不能处理自己的申诉", hint="请由别人处理")
    if actor.name == appeal.judged_by or actor.name in appeal.answered_by:
        return NotTwice("您已经判过这一项", hint="请由没有判过的人处理")
    return None


def _insist_refusal(appeal: Appeal, *, mine: bool, overdue: bool) -> Conflict | None:
    if appeal.state is not State.REFUSED or not mine:
        return WrongStep("现在不能坚持申诉", hint="被驳回以后,由坐席本人坚持申诉")
    if overdue:
        return AppealClosed("坚持申诉的期限已过", hint="原判定维持")
    return None


def _escalate_refusal(appeal: Appeal, actor: Actor, *, overdue: bool) -> Conflict | None:
    step = appeal.next_step
    if not overdue or step is None:
        return WrongStep("这一步还没有逾期,或已是最后一步", hint="请等这一步处理")
    later = {Party(one.value) for one in appeal.chain[appeal.chain.index(step) :]}
    if not later & actor.parties:
        return WrongStep("逾期的申诉由下一步的人接手", hint="请由质检员或质检主管接手")
    return None
