"""Appeals in the store: their steps are kept, an overturned verdict lies beside what was said before."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from models.access import visible as _visible  # noqa: F401 (narrows every query)
from models.access.accounts import AccountRow
from models.access.roles import Access, Role, set_access
from models.acknowledgement import (
    AckKind,
    AcknowledgementRow,
    acknowledge,
    answer_of,
    team_counts,
    waiting_scores,
)
from models.appeal import AppealRow, get_appeal, shown_state, standing_appeal, steps_of
from models.appeal_edit import AppealMoved, Move, allowed, move_appeal
from models.appeal_file import AppealTooLate, AppealTwice, Filing, file_appeal
from models.appeal_report import appeal_report
from models.appeal_select import EVERY_APPEAL, count_waiting
from models.columns import utc_now
from models.database import reading, session
from models.evaluation import EvaluationRow
from models.review import APPEAL, FIRST, find_review, items_of, reviewed_verdicts
from models.review_edit import Signed, decide, open_review, submit
from models.review_queue import take_next, waiting
from models.review_select import Queue
from models.review_total import Reckoner
from models.settings import Settings
from qa_engine.errors import BadInput, NotFound
from qa_engine.quality.appeal import Act, Actor, NotTwice, Party, State, Step, begin, replay
from qa_engine.quality.review import Decision, Reason
from qa_engine.scoring.evaluation import Verdict
from tests.models.reviewed import RUBRIC, add_scored

TODAY = date(2026, 11, 20)
_tokens = itertools.count()
GREETING = Filing("a.price", Verdict.PASS, Reason.OTHER_WORDS, "我报过价,说的是“一共三百六”")


def token() -> str:
    return f"token-{next(_tokens):06d}"


class Floor:
    """One evaluation of agent A1, and people who act on it."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.evaluation = add_scored(engine, day=TODAY)
        self.reckoner = Reckoner(settings)

    def file(self, filing: Filing = GREETING, *, name: str = "周坐席", sent: str = "") -> int:
        with session(self.engine) as opened:
            by = Signed(name, sent or token())
            row = file_appeal(opened, self.settings, self.evaluation, filing, by=by)
            assert row.id is not None
            return row.id

    def move(
        self, appeal: int, act: Act, name: str, *, sent: str = "", seen: int | None = None, **more
    ) -> State:
        with session(self.engine) as opened:
            now = get_appeal(opened, appeal).version
            move = Move(act, now if seen is None else seen, **more)
            row = move_appeal(
                opened, self.settings, appeal, move, by=Signed(name, sent or token()), reckoner=self.reckoner
            )
            return State(row.state)

    def overturn(self, appeal: int, name: str = "李质检", verdict: Verdict = Verdict.PASS) -> State:
        return self.move(
            appeal, Act.OVERTURN, name, verdict=verdict, reason=Reason.OTHER_WORDS, note="是报了价"
        )

    def late(self, appeal: int) -> None:
        with session(self.engine) as opened:
            opened.execute(
                update(AppealRow)
                .where(col(AppealRow.id) == appeal)
                .values(due_at=utc_now() - timedelta(hours=1))
            )

    def queue(self, name: str) -> list[int | None]:
        with reading(self.engine) as opened:
            lines = waiting(opened, Queue.APPEALS, name=name, today=TODAY)
            assert count_waiting(opened, name) == len(lines)
            return [line.appeal_id for line in lines]


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Floor:
    return Floor(engine, settings)


def test_an_overturned_verdict_lies_beside_what_was_said_before(floor: Floor) -> None:
    with session(floor.engine) as opened:
        first = open_review(opened, floor.evaluation, name="孙质检")
        decide(opened, first, "a.tone", Decision(Verdict.PASS), seen=0, by=Signed("孙质检", token()))
        submit(opened, first, seen=first.version, by=Signed("孙质检", token()))
    appeal = floor.file()
    assert floor.move(appeal, Act.PASS_ON, "陈班长") is State.OPEN
    assert floor.overturn(appeal) is State.OVERTURNED
    with reading(floor.engine) as opened:
        before = find_review(opened, floor.evaluation, FIRST)
        after = find_review(opened, floor.evaluation, APPEAL)
        assert before is not None
        assert after is not None
        assert set(items_of(opened, before.id or 0)) == {"a.tone"}
        said = items_of(opened, after.id or 0)
        assert {item: (row.verdict, row.name) for item, row in said.items()} == {
            "a.tone": ("pass", "孙质检"),
            "a.price": ("pass", "李质检"),
        }
        assert after.submitted_by == "李质检"
        evaluation = opened.get_one(EvaluationRow, floor.evaluation)
        assert {item["id"]: item["verdict"] for item in evaluation.document["items"]}["a.price"] == "fail"
        assert reviewed_verdicts(opened, RUBRIC)[evaluation.call_id, "a.price"] is Verdict.PASS
        row = get_appeal(opened, appeal)
        assert (row.verdict, row.contested, row.judged_by) == ("pass", "fail", "")


def test_two_items_of_one_call_are_both_kept(floor: Floor) -> None:
    one = floor.file()
    other = floor.file(Filing("a.tone", Verdict.PASS, Reason.MISHEARD, "语气没有问题"))
    for appeal in (one, other):
        floor.move(appeal, Act.SUPPORT, "陈班长")
        assert floor.overturn(appeal) is State.OVERTURNED
    with reading(floor.engine) as opened:
        after = find_review(opened, floor.evaluation, APPEAL)
        assert after is not None
        assert set(items_of(opened, after.id or 0)) == {"a.price", "a.tone"}
        assert after.state == "submitted"


def test_the_log_leads_to_what_the_row_says(floor: Floor) -> None:
    appeal = floor.file()
    floor.move(appeal, Act.REFUSE, "陈班长", note="录音里没有")
    floor.move(appeal, Act.INSIST, "周坐席", note="在最后一句")
    floor.move(appeal, Act.REFUSE, "李质检", note="没有听到")
    floor.move(appeal, Act.INSIST, "周坐席")
    assert floor.overturn(appeal, "王主管") is State.OVERTURNED
    with reading(floor.engine) as opened:
        row, steps = get_appeal(opened, appeal), steps_of(opened, appeal)
        start = begin(tuple(Step(step) for step in row.chain), filed_by=row.filed_by)
        acts = [
            (Act(one.act), Actor(one.name, frozenset(Party(party) for party in one.parties)), one.is_late)
            for one in steps
        ]
        assert replay(start, acts) == standing_appeal(row, steps)
        assert [one.version for one in steps] == [1, 2, 3, 4, 5]
        assert [one.note for one in steps[:3]] == ["录音里没有", "在最后一句", "没有听到"]


def test_sending_again_changes_nothing_and_nobody_acts_over_what_they_did_not_see(floor: Floor) -> None:
    sent = token()
    appeal = floor.file(sent=sent)
    assert floor.file(sent=sent) == appeal
    again = token()
    floor.move(appeal, Act.PASS_ON, "陈班长", sent=again)
    floor.move(appeal, Act.PASS_ON, "陈班长", sent=again, seen=0)
    with reading(floor.engine) as opened:
        assert len(steps_of(opened, appeal)) == 1
    with pytest.raises(AppealMoved):
        floor.move(appeal, Act.WITHDRAW, "周坐席", seen=0)


@pytest.mark.parametrize(
    ("filing", "error"),
    [
        (Filing("no.such", Verdict.PASS, Reason.OTHER, "x"), NotFound),
        (Filing("a.price", Verdict.FAIL, Reason.OTHER, "x"), BadInput),  # that is what stands
        (Filing("a.price", Verdict.UNKNOWN, Reason.OTHER, "x"), BadInput),
        (Filing("a.price", Verdict.PASS, Reason.OTHER, "  "), BadInput),
        (Filing("a.price", Verdict.PASS, Reason.OTHER, "x", evidence=3), BadInput),
    ],
)
def test_what_cannot_be_contested_is_refused(floor: Floor, filing: Filing, error: type[Exception]) -> None:
    with pytest.raises(error):
        floor.file(filing)


def test_an_item_is_contested_once_unless_it_was_taken_back(floor: Floor) -> None:
    appeal = floor.file()
    with pytest.raises(AppealTwice):
        floor.file()
    assert floor.move(appeal, Act.WITHDRAW, "周坐席") is State.WITHDRAWN
    assert floor.file() != appeal


def test_the_time_to_file_runs_from_the_day_the_score_was_shown(floor: Floor) -> None:
    with session(floor.engine) as opened:
        acknowledge(opened, floor.evaluation, AckKind.SEEN, name="周坐席")
    with session(floor.engine) as opened:
        opened.execute(update(AcknowledgementRow).values(at=utc_now() - timedelta(days=8)))
    with pytest.raises(AppealTooLate):
        floor.file()
    with session(floor.engine) as opened:  # people change the score: it is to be shown anew
        review = open_review(opened, floor.evaluation, name="孙质检")
        submit(opened, review, seen=0, by=Signed("孙质检", token()))
    floor.file()


def test_a_refusal_that_the_agent_lets_lie_stands(floor: Floor) -> None:
    appeal = floor.file()
    floor.move(appeal, Act.REFUSE, "陈班长", note="没有")
    floor.late(appeal)
    with reading(floor.engine) as opened:
        row = get_appeal(opened, appeal)
        assert shown_state(row, utc_now()) is State.KEPT
        assert allowed(opened, row, "周坐席") == (Act.WITHDRAW,)
        report = appeal_report(
            opened,
            EVERY_APPEAL,
            first=TODAY - timedelta(days=900),
            last=date(2099, 1, 1),
            zone=floor.settings.zone,
        )
    assert (report.filed, report.rate.hits, report.rate.n) == (1, 0, 1)


def test_the_queue_is_for_those_who_may_answer_and_did_not_before(floor: Floor) -> None:
    with session(floor.engine) as opened:
        first = open_review(opened, floor.evaluation, name="孙质检")
        decide(opened, first, "a.price", Decision(Verdict.FAIL), seen=0, by=Signed("孙质检", token()))
        submit(opened, first, seen=first.version, by=Signed("孙质检", token()))
    appeal = floor.file()
    assert floor.queue("陈班长") == [appeal]
    assert floor.queue("周坐席") == []  # one's own
    assert floor.queue("孙质检") == []  # whose verdict it is
    floor.move(appeal, Act.PASS_ON, "陈班长")
    assert floor.queue("陈班长") == []
    with pytest.raises(NotTwice):
        floor.overturn(appeal, "陈班长")
    with session(floor.engine) as opened:
        taken = take_next(opened, Queue.APPEALS, name="李质检", today=TODAY)
        assert taken is not None
        assert (taken.appeal_id, taken.round, taken.whys) == (appeal, APPEAL, ("unknown", "appeals"))
        assert take_next(opened, Queue.APPEALS, name="吴质检", today=TODAY) is None


def test_the_oldest_due_comes_first(floor: Floor) -> None:
    first = floor.file()
    second = floor.file(Filing("a.tone", Verdict.PASS, Reason.MISHEARD, "x"))
    floor.late(second)
    assert floor.queue("陈班长") == [second, first]


def test_with_accounts_each_role_has_its_step_and_a_missing_one_is_skipped(floor: Floor) -> None:
    with session(floor.engine) as opened:
        for role, name in ((Role.REVIEWER, "李质检"), (Role.REVIEWER, "孙质检"), (Role.QA_MANAGER, "王主管")):
            opened.add(AccountRow(login=name, name=name, role=role, password="x"))
    agent = Access(1, "a1", "周坐席", Role.AGENT, agent_id="A1")
    try:
        set_access(Access(2, "a2", "外人", Role.AGENT, agent_id="A2"))
        with pytest.raises(NotFound):
            floor.file()
        set_access(agent)
        appeal = floor.file()
        set_access(Access(3, "li", "李质检", Role.REVIEWER))
        assert floor.queue("李质检") == [appeal]  # there is no team lead: QA at once
        set_access(Access(4, "wang", "王主管", Role.QA_MANAGER))
        assert floor.queue("王主管") == []
        floor.late(appeal)
        assert floor.queue("王主管") == [appeal]  # overdue: the next step may take it over
        assert floor.move(appeal, Act.ESCALATE, "王主管") is State.OPEN
        assert floor.move(appeal, Act.REFUSE, "王主管", note="听过了") is State.KEPT
    finally:
        set_access(None)


def test_what_waits_for_the_agent_and_how_a_team_has_answered(floor: Floor) -> None:
    agreed = add_scored(floor.engine, day=TODAY, result="fail")
    seen = add_scored(floor.engine, day=TODAY, result="fail")
    unseen = add_scored(floor.engine, day=TODAY, result="auto_fail", agent="A2")
    appealed = Floor(floor.engine, floor.settings)
    with session(floor.engine) as opened:
        review = open_review(opened, appealed.evaluation, name="孙质检")
        submit(opened, review, seen=0, by=Signed("孙质检", token()))
        acknowledge(opened, agreed, AckKind.SEEN, name="周坐席")
        acknowledge(opened, agreed, AckKind.AGREE, name="周坐席")
        acknowledge(opened, seen, AckKind.SEEN, name="周坐席")
    appeal = appealed.file()
    with reading(floor.engine) as opened:
        mine = waiting_scores(opened, today=TODAY, agent_id="A1")
        assert [(one.evaluation_id, one.is_seen) for one in mine] == [(seen, True)]
        assert {one.evaluation_id for one in waiting_scores(opened, today=TODAY)} == {seen, unseen}
        set_access(Access(1, "a2", "坐席A2", Role.AGENT, agent_id="A2"))  # an agent sees own rows
        try:
            assert [one.evaluation_id for one in waiting_scores(opened, today=TODAY)] == [unseen]
            assert [one.n for one in team_counts(opened, today=TODAY)] == [1]
        finally:
            set_access(None)
        (team,) = team_counts(opened, today=TODAY)
        assert (team.n, team.agreed, team.appealed, team.seen, team.unseen) == (4, 1, 1, 1, 1)
    appealed.move(appeal, Act.PASS_ON, "陈班长")
    appealed.overturn(appeal)
    with reading(floor.engine) as opened:  # a new score asks anew
        (again,) = [
            one for one in waiting_scores(opened, today=TODAY) if one.evaluation_id == appealed.evaluation
        ]
        assert again.is_human
        evaluation = opened.get_one(EvaluationRow, appealed.evaluation)
        assert answer_of(opened, evaluation).kind is None


def test_the_report_counts_by_item_and_by_person(floor: Floor) -> None:
    others = [Floor(floor.engine, floor.settings) for _ in range(2)]
    for one in (floor, *others):
        appeal = one.file()
        one.move(appeal, Act.PASS_ON, "陈班长")
        if one is floor:
            one.overturn(appeal)
        elif one is others[0]:
            one.move(appeal, Act.REFUSE, "李质检", note="没有")
            one.move(appeal, Act.INSIST, "周坐席")
            one.move(appeal, Act.REFUSE, "王主管", note="没有")
    with reading(floor.engine) as opened:
        report = appeal_report(
            opened, EVERY_APPEAL, first=date(2020, 1, 1), last=date(2099, 1, 1), zone=floor.settings.zone
        )
    (item,) = report.by_item
    assert (item.key, item.filed, item.rate.hits, item.rate.n) == ((RUBRIC, "a.price"), 3, 1, 2)
    assert {one.key[0]: (one.rate.hits, one.rate.n) for one in report.by_decider} == {
        "李质检": (1, 1),
        "王主管": (0, 1),
    }
    assert [one.key for one in report.by_judge] == [("",)]
    assert report.times.n == 2
    assert dict(report.in_time)["qa"].n == 2
