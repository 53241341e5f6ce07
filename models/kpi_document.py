"""The exchange format of figures, `callqa.kpi/1`: one document for the command line, the API and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.dial_kpi import By
from qa_engine.kpi.registry import document
from qa_engine.kpi.sums import Sums

FORMAT = "callqa.kpi/1"


def kpi_document(made: Mapping[By, Mapping[str, Sums]], groupings: Sequence[By]) -> dict[str, object]:
    """`made` as `kpi_sums` gives it. The total, then `by_<grouping>` for each one asked for, by the group's id."""
    groups: dict[str, object] = {
        f"by_{by.value}": {key: document(sums) for key, sums in made[by].items()}
        for by in groupings
        if by is not By.TOTAL
    }
    return {"format": FORMAT, "total": document(made[By.TOTAL][""]), **groups}
