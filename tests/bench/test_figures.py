"""The section of figures runs on small numbers, and its made-up centre adds up to the dials that it claims."""

from __future__ import annotations

from pathlib import Path

from models.database import reading
from models.dial_kpi import By
from models.figures import read_figures
from tests.bench.big_centre import DIALS_A_CELL, LAST, Centre, filled, weekdays
from tests.bench.figures import boards, imported


def test_the_made_up_centre_has_its_dials(tmp_path: Path) -> None:
    centre = Centre(agents=12, days=3)
    with filled(f"sqlite:///{tmp_path}/c.sqlite3", centre) as engine, reading(engine) as opened:
        days = {"first": next(weekdays(3)), "last": LAST}
        for by in (By.TOTAL, By.TEAM, By.AGENT, By.CAMPAIGN, By.HOUR):
            found = read_figures(opened, ["dials"], by=by, **days)
            assert sum(one.value for one in found) == centre.dials == 12 * 3 * 2 * DIALS_A_CELL


def test_every_line_has_its_figures() -> None:
    lines = [*imported(200, 50), *boards(Centre(agents=10, days=2))]
    assert len(lines) == 5
    assert all(line.count("|") == 5 for line in lines)
