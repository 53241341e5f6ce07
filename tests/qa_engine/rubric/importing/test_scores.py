"""What cells and wordings say about points."""

from __future__ import annotations

import pytest

from qa_engine.rubric.importing.scores import (
    Amount,
    Points,
    amount,
    auto_fail,
    grades,
    is_rule_of_points,
    only_sometimes_veto,
    points_of,
)

AMOUNTS = [
    ("5", Amount(5)), ("5分", Amount(5)), ("5%", Amount(5)), ("5分", Amount(5)), ("满分10分", Amount(10)),
    ("0-5分", Amount(5)), ("10分(含语速5分)", Amount(10)), ("十分", Amount(10)), ("2.5", Amount(2.5)),
    ("-5", Amount(5, "deduct")), ("−5", Amount(5, "deduct")), ("扣5分", Amount(5, "deduct")), ("扣兩分", Amount(2, "deduct")),
    ("+2", Amount(2, "bonus")), ("加2分", Amount(2, "bonus")),
    ("", None), ("一票否决", None), ("/", None), ("五六分", None), ("#REF!", None), ("=SUM(A1:A3)", None), ("见说明", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_the_value_of_a_cell(text: str, expected: Amount | None) -> None:
    assert amount(text) == expected


RULES = [
    ("每出现一次扣2分,扣完为止", Points(per_hit=2, until_zero=True)),
    ("每缺一项扣1分,最多扣3分", Points(per_hit=1, cap=3)),
    ("每次扣0.5分", Points(per_hit=0.5)),
    ("出现扣3分/次", Points(per_hit=3)),
    ("未报工号扣两分", Points(once=2)),
    ("加5分", Points(bonus=5)),
    ("语速每分钟180字", Points()),
    ("十分钟内回电", Points()),
    ("每次扣0分", Points()),
]


@pytest.mark.parametrize(("text", "expected"), RULES)
def test_points_that_a_wording_takes_or_gives(text: str, expected: Points) -> None:
    assert points_of(text) == expected


COSTS = [
    ("一票否决", "call"), ("致命错误", "call"), ("出现则整通不合格", "call"), ("总分计零分", "call"), ("0分处理", "call"),
    ("該項一票否決", "call"),
    ("该模块不得分", "section"), ("总分不超过59分", {"cap": 59}),
    ("非致命", None), ("非一票否决项", None), ("未做到0分", None), ("该项不得分", None), ("10分处理", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COSTS)
def test_what_a_fault_costs_beside_its_points(text: str, expected: object) -> None:
    assert auto_fail(text) == expected


@pytest.mark.parametrize(
    ("text", "sometimes"),
    [
        ("出现3次以上一票否决", True),
        ("两次及以上,致命", True),
        ("情节严重者一票否决", True),
        ("引发投诉的,一票否决", True),
        ("出现1次即一票否决", False),
        ("一票否决", False),
    ],
)
def test_a_veto_that_needs_more(text: str, sometimes: bool) -> None:
    assert only_sometimes_veto(text) is sometimes
    assert (auto_fail(text) is None) is sometimes


GRADES = [
    ("完全做到10分,部分做到5分,未做到0分", [("完全做到", 10), ("部分做到", 5), ("未做到", 0)]),
    ("优秀:10分;良好:8分;差:0分", [("优秀", 10), ("良好", 8), ("差", 0)]),
    ("未做到0分;部分做到3分;做到5分", [("做到", 5), ("部分做到", 3), ("未做到", 0)]),
    ("做到得5分", []),
    ("每次扣2分,扣完为止", []),
    ("问候5分,报公司5分", []),
]


@pytest.mark.parametrize(("text", "expected"), GRADES)
def test_named_steps(text: str, expected: list[tuple[str, float]]) -> None:
    assert [(grade.label, grade.points) for grade in grades(text)] == expected


@pytest.mark.parametrize(
    ("text", "only_points"),
    [
        ("扣完为止", True),
        ("每次扣2分", True),
        ("不适用不计分", True),
        ("一票否决", True),
        ("未报工号扣2分", False),
        ("吐字清晰", False),
    ],
)
def test_clauses_that_are_only_about_points(text: str, only_points: bool) -> None:
    assert is_rule_of_points(text) is only_points
