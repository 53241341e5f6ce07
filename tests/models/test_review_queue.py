"""Which calls wait for a person, and that two persons never get the same one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from models.call_measure import Mood, note_measures
from models.columns import from_now
from models.database import reading, session
from models.review import FIRST, SECOND
from models.review_claim import ReviewClaimRow, arrive, claim, leave, present, release, renew
from models.review_edit import Signed, ask_second, open_review, submit
from models.review_queue import backlog, take_next, waiting
from models.review_select import DRAWN_A_WEEK, EVERYTHING, Queue, QueueFilter
from tests.models.reviewed import add_scored

TODAY = date(2026, 11, 20)  # a Friday
LAST_WEEK = TODAY - timedelta(days=7)


def ids(engine: Engine, queue: Queue, wanted: QueueFilter = EVERYTHING, *, name: str = "李娜") -> list[str]:
    with reading(engine) as opened:
        return [line.call_id for line in waiting(opened, queue, wanted, name=name, today=TODAY)]


def take(engine: Engine, queue: Queue = Queue.FLAGGED, *, name: str = "李娜") -> str | None:
    with session(engine) as opened:
        line = take_next(opened, queue, name=name, today=TODAY)
        return line.call_id if line else None


def close(
    engine: Engine, evaluation: int, *, name: str = "李娜", round_: int = FIRST, second: str = ""
) -> None:
    with session(engine) as opened:
        review = open_review(opened, evaluation, name=name, round_=round_)
        if second:
            ask_second(opened, review, why=second, by=Signed(name, "s"))
        submit(opened, review, seen=review.version, by=Signed(name, "x"))


def test_the_flagged_queue_holds_what_a_person_must_hear_the_most_pressing_first(engine: Engine) -> None:
    add_scored(engine, "unknown", result="needs_review")
    add_scored(engine, "clean", result="pass")
    add_scored(engine, "low", result="fail")  # the machine is sure of it
    add_scored(engine, "angry", result="pass", objection="complaint")
    add_scored(engine, "never", result="pass", objection="do_not_call")
    add_scored(engine, "dear", result="pass", objection="price")
    add_scored(engine, "banned", result="auto_fail")
    add_scored(engine, "old", result="auto_fail", day=TODAY - timedelta(days=28))
    assert ids(engine, Queue.FLAGGED) == ["banned", "angry", "never", "unknown"]
    with reading(engine) as opened:
        lines = waiting(opened, Queue.FLAGGED, name="李娜", today=TODAY)
        found = backlog(opened, Queue.FLAGGED, name="李娜", today=TODAY)
    assert [line.whys for line in lines] == [("auto_fail",), ("complaint",), ("do_not_call",), ("unknown",)]
    assert found.n == 4
    assert found.oldest == min(line.since for line in lines)


def test_a_reviewed_call_waits_no_longer(engine: Engine) -> None:
    evaluation = add_scored(engine, "one")
    close(engine, evaluation)
    assert ids(engine, Queue.FLAGGED) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (QueueFilter(agent_id="A2"), ["b"]),
        (QueueFilter(campaign="x"), ["b"]),
        (QueueFilter(min_score=60), ["a"]),
        (QueueFilter(max_score=60), ["b"]),
        (QueueFilter(item="a.tone"), ["a", "b"]),
        (QueueFilter(item="a.greeting"), []),  # passed in both
        (QueueFilter(rubric="other"), []),
    ],
)
def test_filters(engine: Engine, wanted: QueueFilter, found: list[str]) -> None:
    add_scored(engine, "a", score=70)
    add_scored(engine, "b", agent="A2", score=50, campaign="x")
    assert ids(engine, Queue.FLAGGED, wanted) == found


def test_the_draw_is_so_many_of_each_agent_and_week_and_does_not_move(engine: Engine) -> None:
    for agent in ("A1", "A2"):
        for at in range(8):
            add_scored(engine, f"{agent}-{at}-this", agent=agent, day=TODAY, result="pass")
            add_scored(engine, f"{agent}-{at}-last", agent=agent, day=LAST_WEEK, result="pass")
            add_scored(
                engine, f"{agent}-{at}-gone", agent=agent, day=LAST_WEEK - timedelta(days=7), result="pass"
            )
    add_scored(engine, "A3-only", agent="A3", day=TODAY, result="pass")
    drawn = ids(engine, Queue.SAMPLED)
    assert len(drawn) == 2 * 2 * DRAWN_A_WEEK + 1
    assert sorted(drawn) == sorted(ids(engine, Queue.SAMPLED, name="王强"))
    expected = {f"{a}-{n}-{w}" for a in ("A1", "A2") for n in range(DRAWN_A_WEEK) for w in ("this", "last")}
    assert set(drawn) == expected | {"A3-only"}


def test_no_two_people_get_the_same_call(engine: Engine) -> None:
    for _ in range(12):
        add_scored(engine)
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda person: take(engine, name=f"复核{person}"), range(12)))
    assert None not in got
    assert len(set(got)) == 12
    assert take(engine, name="晚来") is None


def test_what_one_had_begun_comes_first_and_released_calls_are_free(engine: Engine) -> None:
    first = add_scored(engine, "first")
    add_scored(engine, "second")
    assert [take(engine), take(engine)] == ["first", "first"]
    assert take(engine, name="王强") == "second"
    with session(engine) as opened:
        release(opened, first, name="王强")  # not his: nothing happens
    assert take(engine, name="赵敏") is None
    with session(engine) as opened:
        release(opened, first, name="李娜")
    assert take(engine, name="赵敏") == "first"


def test_a_claim_ends_with_its_lease_and_an_open_page_keeps_it(engine: Engine) -> None:
    evaluation = add_scored(engine, "one")
    take(engine)
    assert [line.holder for line in _lines(engine)] == ["李娜"]
    _age(engine)
    assert [line.holder for line in _lines(engine)] == [""]
    with session(engine) as opened:
        renew(opened, evaluation, name="李娜")
        assert not claim(opened, evaluation, name="王强")
    _age(engine)
    assert take(engine, name="王强") == "one"
    with session(engine) as opened:
        assert not claim(opened, evaluation, name="李娜")


def test_the_second_review_goes_to_somebody_else(engine: Engine) -> None:
    evaluation = add_scored(engine, "one")
    close(engine, evaluation, second="拿不准")
    assert ids(engine, Queue.SECOND) == []
    assert take(engine, Queue.SECOND) is None
    with reading(engine) as opened:
        (line,) = waiting(opened, Queue.SECOND, name="王强", today=TODAY)
    assert (line.round, line.second_why, line.whys) == (SECOND, "拿不准", ("unknown", "second"))
    assert take(engine, Queue.SECOND, name="王强") == "one"
    close(engine, evaluation, name="王强", round_=SECOND)
    assert ids(engine, Queue.SECOND, name="王强") == []


def test_who_is_here(engine: Engine) -> None:
    evaluation = add_scored(engine, "one")
    with session(engine) as opened:
        for name in ("王强", "李娜", "李娜"):
            arrive(opened, evaluation, name=name)
        assert sorted(present(opened, evaluation)) == sorted(["李娜", "王强"])
        leave(opened, evaluation, name="李娜")
        assert present(opened, evaluation) == ["王强"]


def _lines(engine: Engine):
    with reading(engine) as opened:
        return waiting(opened, Queue.FLAGGED, name="李娜", today=TODAY)


def _age(engine: Engine) -> None:
    with session(engine) as opened:
        opened.execute(
            update(ReviewClaimRow).values(lease_until=from_now(-1)).where(col(ReviewClaimRow.round) > 0)
        )


def test_queues_are_narrowed_by_objection_mood_and_day(engine: Engine) -> None:
    add_scored(engine, "angry", result="auto_fail", objection="complaint", day=TODAY)
    add_scored(engine, "dear", result="auto_fail", objection="price", day=TODAY - timedelta(days=3))
    with session(engine) as opened:
        note_measures(opened, "dear", {"speakers": {"customer": {"sentiment": {"end": -0.5, "shift": 0.0}}}})
    flagged = Queue.FLAGGED
    assert ids(engine, flagged, QueueFilter(objection="price")) == ["dear"]
    assert ids(engine, flagged, QueueFilter(mood=Mood.ENDED_BAD)) == ["dear"]
    assert ids(engine, flagged, QueueFilter(mood=Mood.BETTER)) == []
    assert ids(engine, flagged, QueueFilter(first_day=TODAY)) == ["angry"]
    assert ids(engine, flagged, QueueFilter(last_day=TODAY - timedelta(days=1))) == ["dear"]
