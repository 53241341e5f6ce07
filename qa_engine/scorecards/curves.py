"""Piecewise-linear points: what a figure is worth, 0 to 120."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LOWEST, HIGHEST = 0.0, 120.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Corners (figure, points), figures rising; straight between corners, level outside them."""

    corners: tuple[tuple[float, float], ...]

    def points(self, x: float) -> float:
        """The points of a figure."""
        figures = [figure for figure, _ in self.corners]
        place = bisect_right(figures, x)
        if place == 0:
            return self.corners[0][1]
        if place == len(figures):
            return self.corners[-1][1]
        (x0, y0), (x1, y1) = self.corners[place - 1], self.corners[place]
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

    def span(self, low: float, high: float) -> tuple[float, float]:
        """The least and most points of any figure in [low, high]."""
        inside = [points for figure, points in self.corners if low < figure < high]
        ends = [self.points(low), self.points(high), *inside]
        return min(ends), max(ends)


def curve_fault(corners: Sequence[tuple[float, float]]) -> str | None:
    """What is wrong with the corners, in words; None where nothing is."""
    if len(corners) < 2:
        return "至少需要两个点 [指标值, 得分]"
    figures = [figure for figure, _ in corners]
    if any(second <= first for first, second in pairwise(figures)):
        return "指标值必须从小到大,不能重复"
    bad = [points for _, points in corners if not LOWEST <= points <= HIGHEST]
    return f"得分 {bad[0]:g} 超出 {LOWEST:g}–{HIGHEST:g}" if bad else None
