"""Scores by hand, and what holds for all of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.kpi.registry import BY_ID, Ratio
from qa_engine.scorecards.cards import Card, PartState, make_cards
from qa_engine.scorecards.curves import Curve
from qa_engine.scorecards.documents import card_document, drifts, read_card
from qa_engine.scorecards.estimates import Estimate, Method, estimate
from qa_engine.scorecards.preview import compare_cards
from qa_engine.scorecards.ranks import rank_cards
from qa_engine.scorecards.schedule import Measure, Period

CURVE = Curve(((0.1, 0.0), (0.3, 100.0), (0.5, 120.0)))
RATE, SALES = "connect_rate", "conversion_connects"


def period(*weights: tuple[str, float]) -> Period:
    return Period("x", date(2026, 1, 1), date(2026, 12, 31), tuple(Measure(m, w, CURVE) for m, w in weights))


def rate(num: int, den: int, metric: str = RATE) -> Estimate:
    return estimate(BY_ID[metric], [Ratio(num, den)])


@pytest.mark.parametrize(("x", "points"), [(0.0, 0), (0.1, 0), (0.2, 50), (0.3, 100), (0.4, 110), (0.9, 120)])
def test_points_between_and_beyond_the_corners(x: float, points: float) -> None:
    assert CURVE.points(x) == pytest.approx(points)


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_points_stay_in_range_and_in_the_span(x: float, y: float) -> None:
    low, high = sorted((x, y))
    least, most = CURVE.span(low, high)
    assert 0 <= least <= CURVE.points((low + high) / 2) <= most <= 120


def test_the_score_by_hand() -> None:
    """0.4·f(0.2) + 0.6·f(0.4) = 0.4·50 + 0.6·110 = 86."""
    (card,) = make_cards(
        period((RATE, 0.4), (SALES, 0.6)), {"a": {RATE: rate(20, 100), SALES: rate(40, 100, SALES)}}
    )
    assert card.score == pytest.approx(86)
    assert card.covered == 1


def test_what_is_unknown_or_of_too_few_calls_leaves_the_denominator() -> None:
    (card,) = make_cards(
        period((RATE, 0.4), (SALES, 0.5), ("att", 0.1)),
        {"a": {RATE: rate(20, 100), SALES: rate(10, 10, SALES)}},
    )
    assert card.score == pytest.approx(50)
    assert card.covered == pytest.approx(0.4)
    assert [part.state for part in card.parts] == [PartState.SCORED, PartState.TOO_FEW, PartState.UNKNOWN]


def test_nothing_known_is_no_score() -> None:
    (card,) = make_cards(period((RATE, 1.0)), {"a": {}})
    assert (card.score, card.covered) == (None, 0.0)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(30, 200)), min_size=1, max_size=6))
def test_scores_stay_between_0_and_120_and_in_their_interval(counts: list[tuple[int, int]]) -> None:
    people = {
        str(at): {RATE: rate(min(k, n), n), SALES: rate(min(k, n) // 2, n, SALES)}
        for at, (k, n) in enumerate(counts)
    }
    for card in make_cards(period((RATE, 0.3), (SALES, 0.7)), people):
        assert card.score is not None
        assert card.low is not None
        assert card.high is not None
        assert 0 <= card.low <= card.score <= card.high <= 120
        assert sum(part.share for part in card.parts) == pytest.approx(1)


def test_a_ratio_of_seconds_has_its_interval_from_its_days() -> None:
    """R = 600/10 = 60; Σ(num - 60·den)² = 100² + 100² = 20,000; se = √(20,000·2/1)/10 = 20; t(1) = 12.706."""
    found = estimate(BY_ID["aht"], [Ratio(400, 5), Ratio(200, 5)])
    assert (found.value, found.n, found.method) == (60, 10, Method.DAYS)
    assert found.high == pytest.approx(60 + 12.706 * 20)


def test_stored_hundredths_become_points() -> None:
    found = estimate(BY_ID["qa_score"], [Ratio(16_000, 2), Ratio(9_200, 1)])
    assert (found.value, found.n) == (pytest.approx(84), 3)


def test_counts_are_exact() -> None:
    assert estimate(BY_ID["dials"], [3, None, 4]) == Estimate(7, 7, None, None, Method.EXACT)


def card(key: str, score: float, half: float) -> Card:
    """A card whose one part spans the interval."""
    from qa_engine.scorecards.cards import Part

    part = Part(RATE, 1, 1, rate(20, 100), PartState.SCORED, score, score - half, score + half)
    return Card(key, score, score - half, score + half, 1, (part,))


def test_neighbours_that_cannot_be_told_apart_share_a_range() -> None:
    """The difference of 5 with halves 4 and 4 (together 5.66) proves nothing; that of 50 does."""
    ranks = rank_cards([card("a", 95, 4), card("b", 90, 4), card("c", 40, 4)])
    assert [(one.key, one.place, one.best, one.worst) for one in ranks] == [
        ("a", 1, 1, 2),
        ("b", 2, 1, 2),
        ("c", 3, 3, 3),
    ]
    assert [one.ties_next for one in ranks] == [True, False, False]


def test_the_range_of_ranks_holds_the_true_rank() -> None:
    random = np.random.default_rng(3)
    held = total = 0
    for _ in range(200):
        truth = random.normal(80, 6, size=8)
        seen = random.normal(truth, 3.0)
        ranks = rank_cards([card(str(at), float(score), 3.0 * 1.96) for at, score in enumerate(seen)])
        for one in ranks:
            true_place = 1 + int((truth > truth[int(one.key)]).sum())
            held += one.best <= true_place <= one.worst
            total += 1
    assert held / total >= 0.95


def test_a_preview_shows_points_and_places() -> None:
    people = {
        "a": {RATE: rate(30, 100), SALES: rate(10, 100, SALES)},
        "b": {RATE: rate(10, 100), SALES: rate(30, 100, SALES)},
    }
    moves = compare_cards(
        make_cards(period((RATE, 0.9), (SALES, 0.1)), people),
        make_cards(period((RATE, 0.1), (SALES, 0.9)), people),
    )
    assert [(move.key, move.places) for move in moves] == [("b", 1), ("a", -1)]
    assert moves[0].change == pytest.approx(80)


def test_a_card_survives_storage_and_shows_what_changed_since() -> None:
    people = {"a": {RATE: rate(20, 100)}, "b": {RATE: rate(30, 100)}, "c": {RATE: rate(40, 100)}}
    kept = [read_card(card_document(one)) for one in make_cards(period((RATE, 1.0)), people)]
    assert kept == make_cards(period((RATE, 1.0)), people)
    assert drifts(kept, kept) == []
    later = make_cards(period((RATE, 1.0)), people | {"c": {RATE: rate(50, 100)}}, shrinks=False)
    assert ("c", RATE, 0.4, 0.5) in [(one.key, one.metric, one.kept, one.now) for one in drifts(kept, later)]
