"""How many contacts it takes to see a difference, so that nobody concludes from too few."""

from __future__ import annotations

from math import asin, ceil, sqrt

Z_ALPHA = 1.959964
"""Two-sided 5 %."""
Z_POWER = 0.841621
"""A power of 80 %."""


def contacts_needed(base: float, wanted: float) -> int:
    """Contacts in each arm to tell `wanted` from `base` (shares in 0..1) with 80 % power in a two-sided 5 % test:
    2 (z_α + z_β)² / h² with h = 2 asin √wanted − 2 asin √base (Cohen 1988, ch. 6). Raises `ValueError` where they are
    equal."""
    if base == wanted:
        raise ValueError("no number of contacts tells a difference of nothing")
    size = 2 * asin(sqrt(wanted)) - 2 * asin(sqrt(base))
    return ceil(2 * ((Z_ALPHA + Z_POWER) / size) ** 2)


def with_clusters(contacts: int, *, size: float, correlation: float) -> int:
    """The same where whole teams of `size` contacts are assigned: times the design effect 1 + (size − 1) · correlation
    (Kish 1965)."""
    return ceil(contacts * (1 + (size - 1) * correlation))
