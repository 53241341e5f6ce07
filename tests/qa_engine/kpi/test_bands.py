"""Bands on series whose median, scatter and colours were worked out by hand."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from qa_engine.kpi.bands import BandRule, Colour, Point, band_of, colours, hysteresis, raw_colour
from qa_engine.kpi.registry import Direction

DAY = date(2026, 11, 23)
PLAIN = BandRule(is_rate=False)
G, Y, R, U = Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.UNKNOWN


def weeks(values, n: int = 100):
    return {
        DAY - timedelta(weeks=back): Point(DAY - timedelta(weeks=back), value, n)
        for back, value in enumerate(values, start=1)
    }


def test_centre_and_spread_by_hand() -> None:
    # median of 8 values: (12 + 14) / 2 = 13; deviations 3,1,1,1,1,3,5,7 → median (1 + 3) / 2 = 2
    band = band_of(Point(DAY, 10, 100), weeks([10, 12, 12, 14, 14, 16, 18, 6]), PLAIN)
    assert band is not None
    assert (band.centre, band.weeks) == (13, 8)
    assert band.spread == pytest.approx(1.4826 * 2)


def test_other_weekdays_do_not_count() -> None:
    history = weeks([10] * 8) | {
        DAY - timedelta(days=n): Point(DAY - timedelta(days=n), 99, 100) for n in range(1, 7)
    }
    band = band_of(Point(DAY, 10, 100), history, PLAIN)
    assert band is not None
    assert band.centre == 10


def test_too_little_history_is_no_band() -> None:
    assert band_of(Point(DAY, 10, 100), weeks([10, 10, 10]), PLAIN) is None
    assert band_of(Point(DAY, 10, 100), weeks([10] * 8, n=29), PLAIN) is None


def test_the_benchmark_moves_the_centre_by_its_weight() -> None:
    rule = BandRule(is_rate=False, benchmark=20, benchmark_weight=0.25)
    band = band_of(Point(DAY, 10, 100), weeks([10] * 8), rule)
    assert band is not None
    assert band.centre == 12.5


def test_a_rate_is_never_held_tighter_than_chance() -> None:
    band = band_of(Point(DAY, 0.2, 400), weeks([0.2] * 8), BandRule())
    assert band is not None
    assert band.spread == pytest.approx(0.02)  # √(0.2 x 0.8 / 400)


@pytest.mark.parametrize(
    ("direction", "low", "high"),
    [(Direction.UP, R, G), (Direction.DOWN, G, R), (Direction.NEUTRAL, R, R)],
)
def test_only_the_bad_side_alarms(direction, low, high) -> None:
    rule = BandRule(is_rate=False, direction=direction)
    band = band_of(Point(DAY, 0, 100), weeks([9, 10, 11, 10, 9, 11, 10, 10]), rule)
    assert band is not None
    assert (raw_colour(0, band, rule), raw_colour(20, band, rule)) == (low, high)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ([G, G, R, G, G], [U, G, G, G, G]),  # one bad day changes nothing
        ([G, G, R, R, R], [U, G, G, R, R]),  # two do
        ([G, G, Y, R, R], [U, G, G, Y, R]),  # no further than both agree on
        ([R, R, G, R, G, G], [U, R, R, R, R, G]),  # and back the same way
        ([G, G, R, U, R], [U, G, G, G, R]),  # unknown days neither count nor interrupt
        ([U, U], [U, U]),
    ],
)
def test_a_colour_changes_after_two_periods(raw, shown) -> None:
    assert hysteresis(raw, 2) == shown


def test_a_day_with_few_calls_has_no_colour() -> None:
    points = [*weeks([10] * 8).values(), Point(DAY, 0, 5)]
    (today,) = colours(points, PLAIN, first=DAY)
    assert (today.raw, today.band is not None) == (U, True)


def simulated(seed: int, days: int, *, n: int, share: float, drop: float = 1.0) -> list[Point]:
    chance = random.Random(seed)
    first = DAY - timedelta(days=days)
    return [
        Point(
            first + timedelta(days=at),
            sum(chance.random() < share * (drop if at >= days - 14 else 1) for _ in range(n)) / n,
            n,
        )
        for at in range(days)
    ]


def test_false_alarms_on_stationary_noise_are_rare() -> None:
    """docs/alerts.md states the rate on more days (`python -m tests.bench alerts`); here it must stay of that order."""
    red = judged = 0
    for seed in range(10):
        seen = [one for one in colours(simulated(seed, 140, n=200, share=0.2), BandRule()) if one.band]
        judged += len(seen)
        red += sum(one.shown is R for one in seen)
    assert judged == 1120  # of 140 days the first 28 have less than 4 weeks before them
    assert red / judged < 0.01


def test_a_real_drop_is_seen_within_three_days() -> None:
    points = simulated(3, 100, n=400, share=0.2, drop=0.5)
    drop = points[-14].day
    reds = [one.point.day for one in colours(points, BandRule()) if one.shown is R]
    assert drop <= reds[0] <= drop + timedelta(days=2)
