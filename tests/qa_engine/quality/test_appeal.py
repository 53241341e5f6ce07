"""An appeal goes its way: whatever is done in whatever order, no right is skipped and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.errors import Conflict
from qa_engine.quality.appeal import (
    EVERYBODY,
    Act,
    Actor,
    Appeal,
    AppealClosed,
    NotTwice,
    Party,
    State,
    Step,
    WrongStep,
    advance,
    begin,
    chain_of,
    may,
    replay,
)

AGENT = Actor("周坐席", frozenset({Party.AGENT}))
LEAD = Actor("陈班长", frozenset({Party.LEAD}))
QA = Actor("李质检", frozenset({Party.QA}))
MANAGER = Actor("王主管", frozenset({Party.FINAL}))
FULL = chain_of(lead=True, qa=True, final=True)
CHAINS = st.builds(chain_of, lead=st.booleans(), qa=st.booleans(), final=st.booleans())
PEOPLE = st.builds(
    Actor,
    st.sampled_from(["周坐席", "陈班长", "李质检", "王主管", "孙质检"]),
    st.sampled_from([*(frozenset({party}) for party in Party), EVERYBODY]),
)
TRIES = st.lists(st.tuples(st.sampled_from(Act), PEOPLE, st.booleans()), max_size=14)


def walked(
    appeal: Appeal, tries: list[tuple[Act, Actor, bool]]
) -> tuple[Appeal, list[tuple[Act, Actor, bool]]]:
    """Tries them one after another; what was let through, and where it led."""
    log = []
    for act, actor, overdue in tries:
        allowed = may(appeal, actor, overdue=overdue)
        try:
            appeal = advance(appeal, act, actor, overdue=overdue)
        except Conflict:
            assert act not in allowed
        else:
            assert act in allowed
            log.append((act, actor, overdue))
    return appeal, log


@pytest.mark.parametrize(
    ("roles", "chain"),
    [
        ((True, True, True), (Step.LEAD, Step.QA, Step.FINAL)),
        ((False, True, True), (Step.QA, Step.FINAL)),
        ((True, False, True), (Step.LEAD, Step.FINAL)),
        ((True, True, False), (Step.LEAD, Step.QA)),
        ((True, False, False), (Step.LEAD, Step.QA)),  # waits with QA until there is one
        ((False, False, False), (Step.QA,)),
    ],
)
def test_a_step_whose_role_there_is_not_is_skipped(
    roles: tuple[bool, bool, bool], chain: tuple[Step, ...]
) -> None:
    lead, qa, final = roles
    assert chain_of(lead=lead, qa=qa, final=final) == chain


def test_the_whole_way_to_the_last_word() -> None:
    way = [
        (Act.REFUSE, LEAD),
        (Act.INSIST, AGENT),
        (Act.REFUSE, QA),
        (Act.INSIST, AGENT),
        (Act.REFUSE, MANAGER),
    ]
    states = []
    appeal = begin(FULL, filed_by=AGENT.name)
    for act, actor in way:
        appeal = advance(appeal, act, actor)
        states.append((appeal.state, appeal.step))
    assert states == [
        (State.REFUSED, Step.LEAD), (State.OPEN, Step.QA), (State.REFUSED, Step.QA), (State.OPEN, Step.FINAL),
        (State.KEPT, Step.FINAL),
    ]  # fmt: skip
    with pytest.raises(AppealClosed):
        advance(appeal, Act.INSIST, AGENT)


@pytest.mark.parametrize("act", [Act.SUPPORT, Act.PASS_ON])
def test_the_lead_passes_on_and_qa_decides(act: Act) -> None:
    appeal = advance(begin(FULL, filed_by=AGENT.name), act, LEAD)
    assert (appeal.state, appeal.step) == (State.OPEN, Step.QA)
    assert advance(appeal, Act.OVERTURN, QA).state is State.OVERTURNED


def test_a_lead_overturns_nothing_and_nobody_answers_twice_or_their_own() -> None:
    appeal = begin(FULL, filed_by=AGENT.name, judged_by="孙质检")
    with pytest.raises(WrongStep):
        advance(appeal, Act.OVERTURN, LEAD)
    passed = advance(appeal, Act.PASS_ON, Actor("万能", EVERYBODY))
    for name in ("万能", "孙质检", AGENT.name):  # answered before, judged it, filed it
        with pytest.raises(NotTwice):
            advance(passed, Act.OVERTURN, Actor(name, EVERYBODY))


def test_what_is_overdue_is_taken_over_by_a_later_step_only() -> None:
    appeal = begin(FULL, filed_by=AGENT.name)
    assert Act.ESCALATE not in may(appeal, MANAGER)
    assert Act.ESCALATE not in may(appeal, LEAD, overdue=True)
    assert Act.ESCALATE not in may(appeal, AGENT, overdue=True)
    assert advance(appeal, Act.ESCALATE, MANAGER, overdue=True).step is Step.QA


def test_a_refusal_may_be_taken_further_until_its_time_is_over() -> None:
    refused = advance(begin(FULL, filed_by=AGENT.name), Act.REFUSE, LEAD)
    assert may(refused, AGENT) == (Act.INSIST, Act.WITHDRAW)
    assert may(refused, AGENT, overdue=True) == (Act.WITHDRAW,)
    assert may(refused, QA) == ()


@given(CHAINS, TRIES)
def test_nothing_is_lost_and_the_log_tells_all(
    chain: tuple[Step, ...], tries: list[tuple[Act, Actor, bool]]
) -> None:
    start = begin(chain, filed_by=AGENT.name, judged_by="孙质检")
    appeal, log = walked(start, tries)
    assert replay(start, log) == appeal
    answers = [
        actor.name for act, actor, _ in log if act in {Act.SUPPORT, Act.REFUSE, Act.PASS_ON, Act.OVERTURN}
    ]
    assert list(appeal.answered_by) == answers
    assert len(set(answers)) == len(answers)  # nobody twice
    assert not {AGENT.name, "孙质检"} & set(answers)


@given(CHAINS, TRIES)
def test_no_path_skips_a_right(chain: tuple[Step, ...], tries: list[tuple[Act, Actor, bool]]) -> None:
    appeal, log = walked(begin(chain, filed_by="某坐席"), tries)
    own = Actor("某坐席", frozenset({Party.AGENT}))
    if not appeal.is_closed:
        assert Act.WITHDRAW in may(appeal, own)
        # somebody can always move it: a fresh person of the step, or the agent
        fresh = Actor("新来的", frozenset({Party(appeal.step.value)}))
        assert may(appeal, fresh) or Act.INSIST in may(appeal, own)
    if appeal.state is State.KEPT:  # only the last of the chain has the last word
        assert appeal.step is chain[-1]
        assert log[-1][0] is Act.REFUSE
    if appeal.state is State.OVERTURNED:
        assert appeal.step is not Step.LEAD
        assert Party(appeal.step.value) in log[-1][1].parties
    if appeal.state is State.WITHDRAWN:
        assert Party.AGENT in log[-1][1].parties
    if appeal.state is State.REFUSED:
        assert appeal.next_step is not None
        assert Act.INSIST in may(appeal, own)
