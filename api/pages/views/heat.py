"""The heat map as its page shows it: cells with colour step, number, interval, and the calls behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.pages.languages import Words
from models.dial_kpi import By
from models.heat import HeatCell
from qa_engine.quality.estimates import Share, share

FEWEST = 10
"""Below so many calls a cell is hatched: of 10 calls the 95 % interval of a half-met item is 24–76 %."""
STEPS = (0.5, 0.7, 0.85, 0.95)
"""Where the colour changes: five steps, each told apart by its number too."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell. `step` 1 (worst) … 5 (best); `href` opens the calls that missed the item, those that met it where none
    missed it."""

    key: str
    name: str
    item_id: str
    title: str
    rate: Share
    step: int
    is_few: bool
    text: str
    interval: str
    href: str
    met_href: str
    missed_href: str

    @property
    def missed(self) -> int:
        return self.rate.n - self.rate.hits


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A team or agent; a cell is None where the item applied to none of its calls."""

    key: str
    name: str
    cells: tuple[CellView | None, ...]


@dataclass(frozen=True, slots=True)
class HeatView:
    """`items` are (id, title) in the order of the form; `whole` the row of all groups together."""

    items: tuple[tuple[str, str], ...]
    rows: tuple[HeatRow, ...]
    whole: HeatRow | None
    listed: tuple[CellView, ...]
    """Every cell for the table below, the worst first."""


def heat_view(
    found: Sequence[HeatCell],
    titles: Mapping[str, str],
    names: Mapping[str, str],
    query: Mapping[str, str],
    *,
    by: By,
    words: Words,
) -> HeatView:
    """`query` are days, scope and form, `names` those of the groups."""
    cells = {(one.key, one.item_id): one for one in found}
    occur = {one.item_id for one in found}
    order = [*(name for name in titles if name in occur), *sorted(occur - set(titles))]
    items = tuple((name, words.prose(titles.get(name, name))) for name in order)

    def view(
        key: str, name: str, item: tuple[str, str], cell: HeatCell | None, scope: dict[str, str]
    ) -> CellView | None:
        return _cell(cell, key, name, item, {**query, **scope}) if cell else None

    rows = []
    for key in sorted({one.key for one in found}):
        name = names.get(key) or key or words("board.none")
        rows.append(
            HeatRow(
                key,
                name,
                tuple(view(key, name, item, cells.get((key, item[0])), {by.value: key}) for item in items),
            )
        )
    whole = tuple(view("", words("heat.all"), item, _added(found, item[0]), {}) for item in items)
    listed = sorted(
        (cell for row in rows for cell in row.cells if cell is not None),
        key=lambda cell: (cell.rate.share or 0.0, -cell.rate.n, cell.key, cell.item_id),
    )
    return HeatView(
        items, tuple(rows), HeatRow("", words("heat.all"), whole) if rows else None, tuple(listed)
    )


def _added(found: Sequence[HeatCell], item_id: str) -> HeatCell | None:
    same = [one for one in found if one.item_id == item_id]
    return HeatCell("", item_id, sum(one.met for one in same), sum(one.n for one in same)) if same else None


def _cell(cell: HeatCell, key: str, name: str, item: tuple[str, str], query: Mapping[str, str]) -> CellView:
    rate = share(cell.met, cell.n)
    value = cell.met / cell.n

    def calls(verdict: str) -> str:
        return f"/?{urlencode({**query, 'item': cell.item_id, 'verdict': verdict})}"

    return CellView(
        key=key,
        name=name,
        item_id=cell.item_id,
        title=item[1],
        rate=rate,
        step=1 + sum(value >= limit for limit in STEPS),
        is_few=cell.n < FEWEST,
        text=f"{value * 100:.0f}",
        interval=f"{(rate.low or 0) * 100:.0f}–{(rate.high or 0) * 100:.0f}%",
        href=calls("fail" if cell.met < cell.n else "pass"),
        met_href=calls("pass"),
        missed_href=calls("fail"),
    )
