"""How numbers are written on pages: clocks, scores, masked numbers, and bars as shares of their length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_DIGITS = re.compile(r"\d{7,}")
_SHOWN_HEAD = 3
_SHOWN_TAIL = 4


def clock(seconds: float | None) -> str:
    """Minutes and seconds, `1:05`; hours where there are any."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def number(value: float | None, digits: int = 1) -> str:
    """A number without needless zeros; `–` where it is not known."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def local_time(moment: datetime | None, zone: ZoneInfo) -> str:
    """`2026-11-02 10:15` in the centre's zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "–"


def masked(text: str | None) -> str:
    """Long numbers with their middle hidden, `138****1234`: a customer's number is not for every screen."""
    return _DIGITS.sub(lambda found: _mask(found.group()), text) if text else ""


def _mask(digits: str) -> str:
    hidden = len(digits) - _SHOWN_HEAD - _SHOWN_TAIL
    if hidden < _SHOWN_TAIL:
        return digits[:2] + "*" * (len(digits) - 4) + digits[-2:]
    return digits[:_SHOWN_HEAD] + "****" + digits[-_SHOWN_TAIL:]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score on a scale of 0–100; None where nothing applied. `low`/`high` differ where items are unknown."""

    value: float | None
    low: float | None
    high: float | None
    pass_mark: float

    @property
    def text(self) -> str:
        return number(self.value)

    @property
    def is_open(self) -> bool:
        """Whether unknown items leave an interval."""
        return self.low is not None and self.high is not None and self.high - self.low >= 0.05

    @property
    def interval(self) -> str:
        return f"{number(self.low)}–{number(self.high)}" if self.is_open else ""

    @property
    def is_below(self) -> bool:
        """Whether the shown score misses the pass mark."""
        return self.value is not None and self.value < self.pass_mark
