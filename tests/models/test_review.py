"""Verdicts of people: nothing of anybody's work is lost, and every change can be told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from models.database import reading, session
from models.review import (
    SECOND,
    ReviewRow,
    ReviewState,
    changes_of,
    find_review,
    items_of,
    reviewed_verdicts,
)
from models.review_edit import (
    NothingToUndo,
    ReviewConflict,
    ReviewIncomplete,
    ReviewSubmitted,
    Signed,
    ask_second,
    decide,
    open_review,
    reopen,
    submit,
    undo,
)
from qa_engine.errors import BadInput, NotFound
from qa_engine.quality.review import Decision, Reason
from qa_engine.scoring.evaluation import Verdict
from tests.models.reviewed import RUBRIC, add_scored

PASS, FAIL = Decision(Verdict.PASS), Decision(Verdict.FAIL)
_tokens = itertools.count()


def by(name: str, token: str | None = None) -> Signed:
    return Signed(name, token or f"t{next(_tokens)}")


@pytest.fixture
def evaluation(engine: Engine) -> int:
    return add_scored(engine, "call1")


def change(
    engine: Engine, evaluation: int, step: Callable[..., object], *args: object, **kw: object
) -> ReviewRow:
    with session(engine) as opened:
        review = open_review(opened, evaluation, name="李娜")
        step(opened, review, *args, **kw)
        return review


def standing(engine: Engine, evaluation: int) -> dict[str, tuple[Decision, str, int]]:
    with reading(engine) as opened:
        review = find_review(opened, evaluation)
        assert review is not None
        assert review.id is not None
        rows = items_of(opened, review.id)
        return {name: (row.decision, row.name, row.version) for name, row in rows.items()}


def test_different_items_of_two_people_are_both_kept(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, decide, "a.price", PASS, seen=0, by=by("王强"))
    assert standing(engine, evaluation) == {
        "a.tone": (PASS, "李娜", 1),
        "a.price": (PASS, "王强", 2),
    }


def test_the_later_one_of_the_same_item_is_told_and_decides(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    with pytest.raises(ReviewConflict, match="李娜"):
        change(engine, evaluation, decide, "a.tone", FAIL, seen=0, by=by("王强"))
    assert standing(engine, evaluation)["a.tone"] == (PASS, "李娜", 1)
    change(engine, evaluation, decide, "a.tone", FAIL, seen=1, by=by("王强"))  # having seen it
    assert standing(engine, evaluation)["a.tone"] == (FAIL, "王强", 2)


def test_the_same_choice_of_two_people_is_no_conflict(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    assert change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("王强")).version == 1


def test_a_change_sent_again_after_a_lost_answer_changes_nothing(engine: Engine, evaluation: int) -> None:
    first = by("李娜")
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=first)
    change(engine, evaluation, decide, "a.tone", FAIL, seen=1, by=by("李娜"))
    assert change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=first).version == 2
    assert standing(engine, evaluation)["a.tone"][0] == FAIL


def test_undo_takes_back_step_by_step_and_the_log_keeps_all(engine: Engine, evaluation: int) -> None:
    noted = Decision(Verdict.FAIL, Reason.MISHEARD, "听错了")
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, decide, "a.tone", noted, seen=1, by=by("李娜"))
    change(engine, evaluation, undo, by=by("李娜"))
    assert standing(engine, evaluation)["a.tone"][0] == PASS
    review = change(engine, evaluation, undo, by=by("李娜"))
    assert standing(engine, evaluation)["a.tone"][0] == Decision(None)
    with pytest.raises(NothingToUndo):
        change(engine, evaluation, undo, by=by("李娜"))
    with reading(engine) as opened:
        assert review.id is not None
        log = changes_of(opened, review.id)
    assert [(line.version, line.kind) for line in log] == [(1, "item"), (2, "item"), (3, "undo"), (4, "undo")]
    assert log[1].after == {"verdict": "fail", "reason": "misheard", "note": "听错了"}


def test_undo_leaves_the_work_of_others_alone(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.price", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("王强"))
    change(engine, evaluation, undo, by=by("李娜"))
    assert standing(engine, evaluation)["a.tone"][0] == PASS
    with pytest.raises(NothingToUndo):
        change(engine, evaluation, undo, by=by("赵敏"))


def test_undo_does_not_reach_under_what_somebody_else_decided_since(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, decide, "a.tone", FAIL, seen=1, by=by("王强"))
    with pytest.raises(ReviewConflict):
        change(engine, evaluation, undo, by=by("李娜"))
    change(engine, evaluation, decide, "a.tone", PASS, seen=2, by=by("李娜"))
    change(engine, evaluation, undo, by=by("李娜"))  # back to what 王强 said
    assert standing(engine, evaluation)["a.tone"][0] == FAIL
    with pytest.raises(ReviewConflict):
        change(engine, evaluation, undo, by=by("李娜"))


@pytest.mark.parametrize(
    ("item", "decision", "complete"),
    [
        ("a.tone", PASS, True),  # settles an unknown: no correction
        ("a.greeting", PASS, True),  # confirms
        ("a.price", PASS, False),  # corrects, and does not say why
        ("a.price", Decision(Verdict.PASS, Reason.MISHEARD), True),
        ("a.price", Decision(Verdict.NA, Reason.OTHER), False),
        ("a.price", Decision(Verdict.NA, Reason.OTHER, "  "), False),
        ("a.price", Decision(Verdict.NA, Reason.OTHER, "客户没问价"), True),
    ],
)
def test_a_correction_says_why_before_it_is_submitted(
    engine: Engine, evaluation: int, item: str, decision: Decision, complete: bool
) -> None:
    change(engine, evaluation, decide, item, decision, seen=0, by=by("李娜"))
    if not complete:
        with pytest.raises(ReviewIncomplete, match=item):
            change(engine, evaluation, submit, seen=1, by=by("李娜"))
        return
    assert change(engine, evaluation, submit, seen=1, by=by("李娜")).state == ReviewState.SUBMITTED


def test_nobody_submits_over_a_change_that_they_have_not_seen(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, decide, "a.greeting", PASS, seen=0, by=by("王强"))
    with pytest.raises(ReviewConflict, match="王强"):
        change(engine, evaluation, submit, seen=1, by=by("李娜"))
    change(engine, evaluation, submit, seen=2, by=by("李娜"))


def test_a_submitted_review_is_closed_until_it_is_opened_again(engine: Engine, evaluation: int) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, submit, seen=1, by=by("李娜"))
    with reading(engine) as opened:
        assert reviewed_verdicts(opened, RUBRIC) == {("call1", "a.tone"): Verdict.PASS}
    for step in (lambda *a, **k: decide(*a, "a.tone", FAIL, seen=9, **k), undo):
        with pytest.raises(ReviewSubmitted, match="李娜"):
            change(engine, evaluation, step, by=by("李娜"))
    review = change(engine, evaluation, reopen, by=by("王强"))
    assert (review.state, review.submitted_at) == (ReviewState.DRAFT, None)
    with reading(engine) as opened:
        assert reviewed_verdicts(opened, RUBRIC) == {}


def test_a_second_review_is_a_review_of_its_own_and_outranks_the_first(
    engine: Engine, evaluation: int
) -> None:
    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("李娜"))
    change(engine, evaluation, ask_second, why="语气拿不准", by=by("李娜"))
    change(engine, evaluation, submit, seen=2, by=by("李娜"))
    with session(engine) as opened:
        second = open_review(opened, evaluation, name="王强", round_=SECOND)
        decide(opened, second, "a.tone", FAIL, seen=0, by=by("王强"))
        submit(opened, second, seen=1, by=by("王强"))
    assert standing(engine, evaluation)["a.tone"][0] == PASS
    with reading(engine) as opened:
        assert reviewed_verdicts(opened, RUBRIC) == {("call1", "a.tone"): Verdict.FAIL}


def test_what_cannot_be_is_refused_with_its_reason(engine: Engine, evaluation: int) -> None:
    with pytest.raises(NotFound, match=r"no\.such"):
        change(engine, evaluation, decide, "no.such", PASS, seen=0, by=by("李娜"))
    with pytest.raises(BadInput, match="unknown"):
        change(engine, evaluation, decide, "a.tone", Decision(Verdict.UNKNOWN), seen=0, by=by("李娜"))
    with pytest.raises(BadInput, match="2001"):
        change(
            engine,
            evaluation,
            decide,
            "a.tone",
            Decision(Verdict.PASS, None, "长" * 2001),
            seen=0,
            by=by("李娜"),
        )
    with pytest.raises(NotFound, match="999"):
        change(engine, 999, decide, "a.tone", PASS, seen=0, by=by("李娜"))


def test_many_hands_at_once_lose_nothing(engine: Engine, evaluation: int) -> None:
    """Every change of six people at once is in the log, numbered without gap."""
    items = ("a.greeting", "a.price", "a.tone")

    def work(person: int) -> None:
        name = f"复核{person}"
        for at in range(5):
            for _ in range(50):
                seen = standing(engine, evaluation).get(items[person % 3], (None, "", 0))[2]
                decision = Decision(Verdict.PASS, None, f"{person} {at}")
                try:
                    change(engine, evaluation, decide, items[person % 3], decision, seen=seen, by=by(name))
                    break
                except ReviewConflict:
                    continue
            else:
                raise AssertionError("never got through")

    change(engine, evaluation, decide, "a.tone", PASS, seen=0, by=by("先"))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with reading(engine) as opened:
        review = find_review(opened, evaluation)
        assert review is not None
        assert review.id is not None
        log = changes_of(opened, review.id)
    assert [line.version for line in log] == list(range(1, 32))
    written = {line.after["note"] for line in log if line.after}
    assert {f"{person} {at}" for person in range(6) for at in range(5)} <= written
