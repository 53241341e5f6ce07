"""Σ weight × credit / Σ applicable weight × 100, and what unknown, N/A, bonus, deduction and auto-fail do to it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_engine.scoring.arithmetic import AutoFail, Change, Part, Score, Sheet, score
from qa_engine.scoring.evaluation import Result
from qa_engine.scoring.kleene import Truth

TITLES = (("a", "甲"), ("b", "乙"))


def part(
    weight: float, low: float, high: float | None = None, *, section: str = "a", may_be_na: bool = False
) -> Part:
    return Part(section, weight, low, low if high is None else high, may_be_na)


def scored(*parts: Part, **changes: object) -> Score:
    sheet = Sheet(parts, (), (), 80.0, TITLES)
    return score(replace(sheet, **changes))  # type: ignore[arg-type]


def triple(result: Score) -> tuple[float | None, float | None, float | None]:
    return result.low, result.shown, result.high


class TestScore:
    def test_weighted_mean(self) -> None:
        assert triple(scored(part(30, 1), part(10, 0), part(60, 0.5))) == (60, 60, 60)

    def test_unknown_makes_an_interval(self) -> None:
        result = scored(part(80, 1), part(20, 0, 1))
        assert (result.low, result.high, result.result) == (80, 100, Result.PASS)

    def test_the_shown_score_is_that_of_the_decided_items(self) -> None:
        assert triple(scored(part(40, 1), part(40, 0.5), part(20, 0, 1))) == (60, 75, 80)

    def test_the_form_may_show_the_middle_or_the_low_end(self) -> None:
        parts = (part(40, 1), part(40, 0.5), part(20, 0, 1))
        assert scored(*parts, shown="middle").shown == 70
        assert scored(*parts, shown="low").shown == 60

    def test_nothing_decided_shows_the_middle(self) -> None:
        assert triple(scored(part(100, 0, 1))) == (0, 50, 100)

    def test_an_item_that_may_not_apply_is_left_out_where_that_is_more_extreme(self) -> None:
        result = scored(part(50, 0.5), part(50, 1, 1, may_be_na=True))
        assert (result.low, result.high) == (50, 75)

    def test_weightless_items_do_not_matter(self) -> None:
        assert scored(part(100, 1), part(0, 0)).shown == 100

    def test_nothing_applies(self) -> None:
        result = scored()
        assert triple(result) == (None, None, None)
        assert result.result is Result.NEEDS_REVIEW
        assert "人工复核" in result.formula


class TestChanges:
    def test_bonus_and_deduction(self) -> None:
        assert scored(part(100, 0.8), changes=(Change(5, 5), Change(-3, -3))).shown == 82

    @pytest.mark.parametrize(("credit", "change", "expected"), [(1.0, 10.0, 100), (0.0, -10.0, 0)])
    def test_they_stay_between_0_and_100(self, credit: float, change: float, expected: float) -> None:
        assert scored(part(100, credit), changes=(Change(change, change),)).shown == expected

    def test_doubtful_hits_widen_the_interval(self) -> None:
        assert triple(scored(part(100, 0.9), changes=(Change(-2, -6), Change(0, 3)))) == (84, 88, 91)


class TestAutoFail:
    def test_of_the_call(self) -> None:
        result = scored(part(100, 1), auto_fails=(AutoFail("x", "call", "a", Truth.TRUE),))
        assert (result.shown, result.result) == (0, Result.AUTO_FAIL)

    def test_of_a_section(self) -> None:
        fails = (AutoFail("x", "section", "b", Truth.TRUE),)
        result = scored(part(60, 1), part(40, 1, section="b"), auto_fails=fails)
        assert (result.shown, result.result) == (60, Result.FAIL)

    def test_a_cap(self) -> None:
        result = scored(part(100, 1), auto_fails=(AutoFail("x", "cap", "a", Truth.TRUE, 59),))
        assert (result.shown, result.result) == (59, Result.FAIL)

    def test_an_unknown_one_needs_review(self) -> None:
        result = scored(part(100, 1), auto_fails=(AutoFail("x", "call", "a", Truth.UNKNOWN),))
        assert (triple(result), result.result) == ((0, 100, 100), Result.NEEDS_REVIEW)

    def test_a_sure_one_settles_it_whatever_else_is_unknown(self) -> None:
        fails = (AutoFail("x", "call", "a", Truth.TRUE), AutoFail("y", "call", "a", Truth.UNKNOWN))
        assert scored(part(100, 0, 1), auto_fails=fails).result is Result.AUTO_FAIL

    def test_it_counts_even_where_nothing_was_scored(self) -> None:
        assert scored(auto_fails=(AutoFail("x", "call", "a", Truth.TRUE),)).result is Result.AUTO_FAIL


class TestResult:
    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [
            (0.8, 0.9, Result.PASS),
            (0.7, 0.79, Result.FAIL),
            (0.7, 0.8, Result.NEEDS_REVIEW),
            (0.0, 1.0, Result.NEEDS_REVIEW),
        ],
    )
    def test_an_interval_across_the_pass_mark_needs_review(
        self, low: float, high: float, expected: Result
    ) -> None:
        assert scored(part(100, low, high)).result is expected


class TestFormula:
    def test_it_has_this_calls_numbers(self) -> None:
        result = scored(
            part(30, 1), part(10, 0), part(60, 0.5, section="b"), changes=(Change(5, 5), Change(-3, -3))
        )
        assert result.formula == "(甲 30/40 + 乙 30/60) ÷ 100 × 100 + 加分 5 − 扣分 3 = 62;及格线 80"

    def test_it_names_what_is_unknown(self) -> None:
        result = scored(part(80, 1), part(20, 0, 1))
        assert result.formula == "(甲 80/80) ÷ 80 × 100;未知 20 分 = 100,区间 80–100;及格线 80"

    def test_it_names_what_failed_the_call(self) -> None:
        result = scored(part(100, 1), auto_fails=(AutoFail("compliance.x", "call", "a", Truth.TRUE),))
        assert result.formula == "(甲 100/100) ÷ 100 × 100,一票否决(compliance.x) = 0;及格线 80"


credit_values = st.integers(0, 10).map(lambda n: n / 10)
weights = st.integers(1, 50).map(float)


@st.composite
def parts_(draw: st.DrawFn) -> Part:
    low, high = sorted((draw(credit_values), draw(credit_values)))
    known = draw(st.booleans())
    return Part(draw(st.sampled_from("ab")), draw(weights), low, low if known else high, draw(st.booleans()))


changes_ = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([-1.0, 1.0])).map(
    lambda c: Change(c[2] * min(c[:2]), c[2] * max(c[:2]))
)
fails_ = st.one_of(
    st.builds(
        AutoFail,
        st.just("x"),
        st.sampled_from(["call", "section"]),
        st.sampled_from("ab"),
        st.sampled_from(Truth),
    ),
    st.builds(
        AutoFail,
        st.just("y"),
        st.just("cap"),
        st.just("a"),
        st.sampled_from(Truth),
        st.sampled_from([0.0, 59.0]),
    ),
)
sheets = st.builds(
    Sheet,
    st.lists(parts_(), max_size=6),
    st.lists(changes_, max_size=3),
    st.lists(fails_, max_size=2),
    st.sampled_from([0.0, 60.0, 80.0, 100.0]),
    st.just(TITLES),
    st.sampled_from(["decided", "middle", "low"]),
)


@given(sheets)
def test_the_score_lies_in_its_interval_and_in_0_to_100(sheet: Sheet) -> None:
    result = score(sheet)
    if result.shown is None:
        assert not sheet.parts
        return
    assert result.low is not None
    assert result.high is not None
    assert 0 <= result.low <= result.shown <= result.high <= 100


@given(sheets, st.sampled_from([0.5, 2.0, 4.0]))
def test_only_the_ratio_of_weights_matters(sheet: Sheet, factor: float) -> None:
    scaled = replace(sheet, parts=[replace(p, weight=p.weight * factor) for p in sheet.parts])
    assert triple(score(scaled)) == pytest.approx(triple(score(sheet)), abs=0.02)


@given(st.lists(st.tuples(weights, credit_values), min_size=1, max_size=6), st.data())
def test_not_applicable_never_lowers_what_a_fail_would_give(
    items: list[tuple[float, float]], data: st.DataObject
) -> None:
    parts = [part(weight, credit) for weight, credit in items]
    failed = data.draw(st.integers(0, len(parts) - 1))
    with_fail = [replace(p, low=0.0, high=0.0) if i == failed else p for i, p in enumerate(parts)]
    without = [p for i, p in enumerate(parts) if i != failed]
    assume(without)
    lower, higher = scored(*with_fail).shown, scored(*without).shown
    assert lower is not None
    assert higher is not None
    assert higher >= lower


def resolved(sheet: Sheet) -> list[Sheet]:
    """Every way in which what is unknown may turn out, at its extremes."""
    options: list[list[Part | None]] = []
    for p in sheet.parts:
        ends = {p.low, p.high}
        options.append(
            [*(Part(p.section, p.weight, end, end) for end in ends), *([None] if p.may_be_na else [])]
        )
    changes = [[Change(end, end) for end in {c.sure, c.possible}] for c in sheet.changes]
    fails = [
        [
            replace(a, failed=t)
            for t in ((Truth.TRUE, Truth.FALSE) if a.failed is Truth.UNKNOWN else (a.failed,))
        ]
        for a in sheet.auto_fails
    ]
    return [
        replace(
            sheet, parts=[p for p in chosen if p is not None], changes=list(change), auto_fails=list(fail)
        )
        for chosen in product(*options)
        for change in product(*changes)
        for fail in product(*fails)
    ]


small_sheets = st.builds(
    Sheet,
    st.lists(parts_(), min_size=1, max_size=4),
    st.lists(changes_, max_size=1),
    st.lists(fails_, max_size=1),
    st.just(80.0),
    st.just(TITLES),
)


@given(small_sheets)
def test_whatever_turns_out_lies_in_the_interval_and_a_known_result_stays(sheet: Sheet) -> None:
    whole = score(sheet)
    assert whole.low is not None
    assert whole.high is not None
    for known in resolved(sheet):
        one = score(known)
        if one.shown is None:
            continue  # nothing applied after all
        assert whole.low - 0.01 <= one.shown <= whole.high + 0.01
        if whole.result is not Result.NEEDS_REVIEW:
            assert one.result is whole.result
