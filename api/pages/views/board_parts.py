"""What the overview shows beside its figures: colours of the tiles, and complaints by campaign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.pages.views.board import figure_text
from api.pages.views.charts import Pareto, pareto
from models.figures import Reading
from models.tile_lights import Light
from qa_engine.kpi.registry import BY_ID, Ratio

COMPLAINTS = "complaint_rate"
"""Its numerator are the complaint tickets of the CRM."""


@dataclass(frozen=True, slots=True)
class LightView:
    """`colour` with the day that it is of, its value, n and what is usual, as texts."""

    colour: str
    day: str
    value: str
    n: str
    usual: str


def light_views(found: Mapping[str, Light]) -> Mapping[str, LightView]:
    """By metric."""
    return {
        name: LightView(
            one.colour.value,
            f"{one.day:%m-%d}",
            figure_text(BY_ID[name], one.value),
            f"{one.n:,}" if BY_ID[name].denominator else "",
            figure_text(BY_ID[name], one.usual),
        )
        for name, one in found.items()
    }


@dataclass(frozen=True, slots=True)
class ComplaintsView:
    """The Pareto of campaigns by complaints, and complaints a thousand connects by campaign."""

    chart: Pareto
    rates: Mapping[str, str]


def complaints_view(
    readings: Iterable[Reading], query: Mapping[str, str], *, none: str
) -> ComplaintsView | None:
    """None without any complaint. `readings` of `COMPLAINTS` by campaign; a bar opens its tickets."""
    known: Sequence[tuple[str, Ratio]] = [
        (one.key, one.figure) for one in readings if isinstance(one.figure, Ratio) and one.figure.num
    ]
    chart = pareto(
        [
            (
                key or none,
                figure.num,
                f"/figures/{COMPLAINTS}?{urlencode({**query, 'campaign': key})}" if key else "",
            )
            for key, figure in known
        ]
    )
    if chart is None:
        return None
    return ComplaintsView(
        chart, {key or none: figure_text(BY_ID[COMPLAINTS], figure.value) for key, figure in known}
    )
