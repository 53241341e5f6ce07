"""Evaluations: exactly one is current, none is lost."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import select

from models.database import reading, session
from models.evaluation import EvaluationItemRow, get_evaluations, save_evaluation
from tests.models.builders import SHA, add_call, evaluation

OTHER_SHA = "1" * 64


def test_an_evaluation_is_stored_with_its_items(engine: Engine) -> None:
    call_id = add_call(engine)
    with session(engine) as opened:
        save_evaluation(opened, evaluation(call_id), input_sha=SHA, document={"z": 1, "a": "保本"})
    with reading(engine) as opened:
        (row,) = get_evaluations(opened, call_id)
        items = opened.exec(select(EvaluationItemRow).order_by(EvaluationItemRow.item_id)).all()
    assert (row.score, row.score_low, row.score_high, row.result) == (80.0, 70.0, 90.0, "pass")
    assert list(row.document.items()) == [("z", 1), ("a", "保本")]
    assert [(item.item_id, item.verdict, item.credit) for item in items] == [
        ("closing.thanks", "unknown", None),
        ("opening.identity", "pass", 1.0),
    ]


def test_the_same_evaluation_twice_is_one_row(engine: Engine) -> None:
    call_id = add_call(engine)
    for _ in range(2):
        with session(engine) as opened:
            save_evaluation(opened, evaluation(call_id), input_sha=SHA, document={})
    with reading(engine) as opened:
        assert len(get_evaluations(opened, call_id, history=True)) == 1


def test_a_new_rubric_version_is_current_and_the_old_one_kept(engine: Engine) -> None:
    call_id = add_call(engine)
    with session(engine) as opened:
        save_evaluation(opened, evaluation(call_id, score=80.0), input_sha=SHA, document={})
    with session(engine) as opened:
        save_evaluation(opened, evaluation(call_id, score=60.0, sha=OTHER_SHA), input_sha=SHA, document={})
    with reading(engine) as opened:
        assert [row.score for row in get_evaluations(opened, call_id)] == [60.0]
        assert [row.score for row in get_evaluations(opened, call_id, history=True)] == [60.0, 80.0]


def test_going_back_to_the_old_rubric_makes_its_evaluation_current_again(engine: Engine) -> None:
    call_id = add_call(engine)
    for sha in (SHA, OTHER_SHA, SHA):
        with session(engine) as opened:
            save_evaluation(opened, evaluation(call_id, sha=sha), input_sha=SHA, document={})
    with reading(engine) as opened:
        assert [row.rubric_sha256 for row in get_evaluations(opened, call_id)] == [SHA]
        assert len(get_evaluations(opened, call_id, history=True)) == 2
