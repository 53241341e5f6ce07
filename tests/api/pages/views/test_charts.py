"""Charts lie where their numbers say."""

from __future__ import annotations

from datetime import date

import pytest

from api.pages.views.charts import (
    BOTTOM,
    HEIGHT,
    TOP,
    WIDE,
    Axis,
    day_line,
    funnel,
    pareto,
    scale_top,
)

DAYS = [date(2026, 11, day) for day in (2, 3, 4, 5)]


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (0.3, 0.5), (1, 1), (7, 10), (10, 10), (11, 20), (240, 250), (99, 100)]
)
def test_axes_end_with_round_numbers(highest: float, top: float) -> None:
    assert scale_top(highest) == pytest.approx(top)


def test_a_day_without_a_value_is_a_gap() -> None:
    line = day_line(list(zip(DAYS, (1.0, 2.0, None, 4.0), strict=True)))
    assert line is not None
    assert len(line.dots) == 3
    assert [len(part.split()) for part in line.segments] == [2]


def test_zero_is_at_the_bottom_and_the_end_of_the_axis_on_top() -> None:
    line = day_line([(DAYS[0], 0.0), (DAYS[1], 5.0)], level=2.5)
    assert line is not None
    assert [dot.y for dot in line.dots] == [HEIGHT - BOTTOM, TOP]
    assert line.level == (HEIGHT - BOTTOM + TOP) / 2


def test_what_is_usual_on_each_day_and_what_changed_lie_with_the_values() -> None:
    axis = Axis(10, 20, (10, 15, 20), str)
    line = day_line(
        [(DAYS[0], 15.0), (DAYS[1], None), (DAYS[3], 20.0)],
        usual=[(10, 20), (None, None), (None, 15)],
        marks=[(DAYS[3], "v2"), (date(2027, 1, 1), "never")],
        axis=axis,
        frame=WIDE,
    )
    assert line is not None
    top, bottom = WIDE.top, WIDE.height - WIDE.bottom
    slot = WIDE.room / 4
    assert [dot.y for dot in line.dots] == [(top + bottom) / 2, top]
    assert line.dots[1].x == WIDE.left + 3.5 * slot  # by the calendar, not by the number of points
    assert line.area == f"M{line.dots[0].x} {top} L{line.dots[0].x} {bottom} Z"
    assert line.bound == f"M{line.dots[1].x} {(top + bottom) / 2}"
    assert [(mark.at, mark.text) for mark in line.marks] == [(line.dots[1].x, "v2")]


def test_no_values_no_line() -> None:
    assert day_line([(DAYS[0], None)]) is None


def test_a_funnel_narrows_and_says_the_share_of_the_stage_before() -> None:
    dials, connects, sales = funnel([("d", 200, ""), ("c", 50, ""), ("?", None, ""), ("s", 5, "")])
    assert (dials.share, connects.share, sales.share) == (None, 0.25, 0.1)
    assert dials.width == 4 * connects.width


def test_a_pareto_ranks_and_marks_the_first_eighty_per_cent() -> None:
    chart = pareto([("a", 10, ""), ("b", 60, ""), ("c", 25, ""), ("d", 5, ""), ("e", 0, "")])
    assert chart is not None
    assert chart.top == ("b", "c", "a")
    assert [bar.marked for bar in chart.bars] == [True, True, False, False]
    assert chart.dots[-1].text == "100%"
    assert pareto([]) is None
