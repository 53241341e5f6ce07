"""Means and shares with their 95 % intervals, in constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
# Two-sided 95 % points of Student's t by degrees of freedom, 1 to 30 (any statistics textbook).
T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of `n` values with its 95 % interval (Student's t); None below one value, no interval below two."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n` with the Wilson 95 % interval; None where n is 0."""

    hits: int
    n: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(slots=True)
class RunningMean:
    """Adds values one after another (Welford 1962): no value is kept."""

    n: int = 0
    _mean: float = 0.0
    _squares: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        step = value - self._mean
        self._mean += step / self.n
        self._squares += step * (value - self._mean)

    def result(self, decimals: int = 2) -> Mean:
        """The mean so far."""
        if self.n == 0:
            return Mean(0, None, None, None)
        mean = round(self._mean, decimals)
        if self.n == 1:
            return Mean(1, mean, None, None)
        half = t95(self.n - 1) * sqrt(self._squares / (self.n - 1) / self.n)
        return Mean(self.n, mean, round(self._mean - half, decimals), round(self._mean + half, decimals))


def t95(degrees: int) -> float:
    """Two-sided 95 % point of Student's t; above 30 degrees by the first term of its expansion (error under 0.001)."""
    if degrees <= len(T95):
        return T95[degrees - 1]
    return Z95 + (Z95**3 + Z95) / (4 * degrees)


def share(hits: int, n: int, decimals: int = 4) -> Share:
    """A share with its interval (Wilson 1927), good for small n and shares near 0 and 1."""
    if n == 0:
        return Share(0, 0, None, None, None)
    point = hits / n
    centre = point + Z95**2 / (2 * n)
    spread = Z95 * sqrt(point * (1 - point) / n + Z95**2 / (4 * n * n))
    scale = 1 + Z95**2 / n
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return Share(
        hits, n, round(point, decimals), round(max(low, 0.0), decimals), round(min(high, 1.0), decimals)
    )
