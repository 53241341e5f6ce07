"""What waits, as tiles: how much, since when, and the page that lists exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

from api.pages.languages import Words
from api.pages.views.queue import age
from models.board_scope import BoardScope
from models.needs import Need, Waits
from models.review_select import Queue
from qa_engine.quality.agreement import Agreement


def _auto_fails(need: Need) -> str:
    days = {"from": str(need.day), "to": str(need.day)} if need.day else {}
    return f"/?{urlencode({'result': 'auto_fail', **days})}"


def _always(address: str) -> Callable[[Need], str]:
    return lambda _need: address


ADDRESSES: Mapping[Waits, Callable[[Need], str]] = MappingProxyType(
    {
        Waits.AUTO_FAILS: _auto_fails,
        **{Waits(queue.value): _always(f"/reviews?queue={queue.value}") for queue in Queue},
        Waits.TARGETS: _always("/targets?behind=1"),
        Waits.ALERTS: _always("/alerts?state=awake"),
        Waits.COACHING: _always("/coaching?due=1#plans"),
        Waits.SOURCES: _always("/imports"),
        Waits.FAILED: _always("/?state=failed"),
    }
)
"""Where each kind is worked on: the rows listed there are those that were counted."""


@dataclass(frozen=True, slots=True)
class NeedTile:
    """`note` says since when or of which day."""

    kind: str
    count: int
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class AgreementTile:
    """How far machine and reviewers agree; texts in percent and as coefficients, "" where unknown."""

    same: str
    ac1: str
    n: int
    calls: int
    href: str


@dataclass(frozen=True, slots=True)
class NeedsView:
    """The row. `waiting` are the kinds with work, most of them first to be done; `quiet` the names of those without."""

    waiting: tuple[NeedTile, ...]
    quiet: tuple[str, ...]
    agreement: AgreementTile


def view_needs(
    found: Sequence[Need], judged: Agreement, scope: BoardScope, *, words: Words, now: datetime
) -> NeedsView:
    """The tiles in the order of `Waits`."""
    tiles = [
        NeedTile(one.kind.value, one.count, _note(one, words, now), ADDRESSES[one.kind](one)) for one in found
    ]
    return NeedsView(
        tuple(tile for tile in tiles if tile.count),
        tuple(words(f"needs.{tile.kind}") for tile in tiles if not tile.count),
        agreement_tile(judged, scope),
    )


def _note(need: Need, words: Words, now: datetime) -> str:
    if need.kind is Waits.AUTO_FAILS and need.day:
        return need.day.isoformat()
    if need.oldest is None:
        return ""
    return words("queue.age.oldest", age=age((now - need.oldest).total_seconds(), words))


def agreement_tile(judged: Agreement, scope: BoardScope) -> AgreementTile:
    """Share of the same verdicts, and AC1 with its interval."""
    query = {"from": scope.first.isoformat(), "to": scope.last.isoformat(), "rubric": scope.rubric}
    return AgreementTile(
        "" if judged.same.share is None else f"{judged.same.share * 100:.1f}%",
        coefficient(judged.ac1.value, judged.ac1.low, judged.ac1.high),
        judged.n,
        judged.calls,
        f"/board/reviewers?{urlencode(query)}",
    )


def coefficient(value: float | None, low: float | None, high: float | None) -> str:
    """`0.88 (0.80–0.94)`; "" where it is unknown."""
    if value is None:
        return ""
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f}–{high:.2f})"
