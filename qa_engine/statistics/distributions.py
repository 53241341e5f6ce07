"""Beta and Student's t: probabilities and quantiles by the incomplete beta function.

Continued fraction of DLMF 8.17.22 by Lentz's method, as in Numerical Recipes (3rd ed.) 6.4; quantiles by Newton's method
within a bracket that is halved where it would leave it."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p

_TINY = 1e-300
_STEPS = 10_000
_CLOSE = 1e-15
_STEPS_MOST = 200
_NEAR = 1e-15


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(X ≤ x) for X ~ Beta(a, b), a and b above 0."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 + step * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + step / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            break
    return value


@lru_cache(maxsize=16_384)  # pages show the same months again and again
def beta_quantile(share: float, a: float, b: float) -> float:
    """The x with P(X ≤ x) = share."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_STEPS_MOST):
        off = beta_cdf(x, a, b) - share
        low, high = (x, high) if off < 0 else (low, x)
        density = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * log(x) + (b - 1) * log1p(-x))
        following = x - off / density if density > 0 else low
        if not low < following < high:  # Newton left the bracket: halve it
            following = (low + high) / 2
        if abs(following - x) <= _NEAR * x or following in {low, high}:
            return following
        x = following
    return x


def student_cdf(t: float, degrees: float) -> float:
    """P(T ≤ t) for Student's t."""
    tail = beta_cdf(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return tail if t < 0 else 1.0 - tail
