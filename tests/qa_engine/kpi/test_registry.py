"""Each metric once, with everything that a reader needs to trust it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.kpi.formulas_en import FORMULAS_EN
from qa_engine.kpi.quantiles import ALL_BY_ID
from qa_engine.kpi.registry import BY_ID, METRICS, Metric, Ratio, document
from qa_engine.kpi.sums import Sums

PAGE = (Path(__file__).parents[3] / "docs/dialers.md").read_text("utf-8")
amounts = st.none() | st.integers(0, 10**9)
any_sums = st.builds(Sums, **{one.name: amounts for one in fields(Sums)})


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_a_metric_says_what_it_is(metric: Metric) -> None:
    assert all((metric.name_zh, metric.name_en, metric.formula, metric.unit, metric.source, metric.owner))
    assert {metric.numerator, metric.denominator or "dials"} <= {one.name for one in fields(Sums)}
    assert (metric.denominator is None) == (metric.minimum_n == 1)
    assert f"| `{metric.id}` | {metric.name_zh} |" in PAGE


def test_every_formula_has_its_english() -> None:
    assert FORMULAS_EN.keys() == ALL_BY_ID.keys()
    assert not [text for text in FORMULAS_EN.values() if re.search("[\u3400-\u9fff]", text)]


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(METRICS)


def test_nothing_over_nothing_has_no_value() -> None:
    assert Ratio(0, 0).value is None
    assert Ratio(1, 4).value == 0.25
    assert document(Sums(dials=3, connects=0, connects_of=0))["connect_rate"] == {
        "num": 0,
        "den": 0,
        "value": None,
    }


def test_unknown_is_not_zero() -> None:
    assert document(Sums(dials=3))["sales"] is None
    assert document(Sums(dials=3))["conversion_dials"] is None


@given(any_sums, any_sums, any_sums)
def test_sums_add_in_any_order(one: Sums, two: Sums, three: Sums) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


@given(any_sums, any_sums)
def test_a_group_knows_what_the_whole_knows(group: Sums, rest: Sums) -> None:
    whole = group + rest
    known = group.known_as(whole)
    for one in fields(Sums):
        assert (getattr(known, one.name) is None) == (getattr(whole, one.name) is None)
    assert replace(known).known_as(whole) == known
