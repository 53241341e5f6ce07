"""How much of the dialer's lists was dialled: for the whole and for campaigns, by the lists' own leads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from models.database import open_database, reading
from models.dial_kpi import By, Period
from models.figure_rows import figure_rows
from models.figures import read_figures
from qa_engine.kpi.registry import Ratio
from tests.conftest import make_settings
from tests.models.dialer import Dialer

LISTS = "list_id,list_name,campaign_id\n101,甲,A\n102,乙,B\n"
LEADS = "lead_id,list_id,called_since_last_reset\n1,101,Y\n2,101,Y\n3,101,N\n4,101,N\n5,102,Y\n6,102,N\n"
LOG = (
    "uniqueid,lead_id,campaign_id,call_date,length_in_sec,status,phone_number,user,user_group\n"
    "1.1,1,A,2026-11-02 09:00:00,5,NA,,a,t\n"
    "1.2,1,A,2026-11-02 10:00:00,5,NA,,a,t\n"
    "1.3,2,A,2026-11-03 09:00:00,5,NA,,b,t\n"
    "1.4,5,B,2026-11-03 10:00:00,5,NA,,b,t\n"
    "1.5,99,B,2026-11-03 11:00:00,5,NA,,b,t\n"  # stands in no list
)


def test_leads_of_lists_that_were_dialled(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    dialer = Dialer(settings, tmp_path / "vicidial", "vicidial")
    for name, text in (("vicidial_lists", LISTS), ("vicidial_list", LEADS), ("vicidial_log", LOG)):
        dialer.write(f"{name}.csv", text)
    dialer.load()
    engine = open_database(database_url)

    def penetration(by: By = By.TOTAL, first: int = 2, last: int = 3) -> dict[str, object]:
        with reading(engine) as opened:
            found = read_figures(
                opened, ["list_penetration"], by=by, first=date(2026, 11, first), last=date(2026, 11, last)
            )
        return {one.key: one.figure for one in found}

    assert penetration() == {"": Ratio(3, 6)}
    assert penetration(By.CAMPAIGN) == {"A": Ratio(2, 4), "B": Ratio(1, 2)}
    assert penetration(last=2) == {"": Ratio(1, 6)}
    assert all(figure.value is None for figure in penetration(By.AGENT).values())  # lists belong to no agent
    with reading(engine) as opened:
        rows = figure_rows(opened, "dial", "listed_dialled", Period())
    engine.dispose()
    assert (rows.count, rows.total) == (4, 3)


def test_without_lists_nothing_is_known(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    dialer = Dialer(settings, tmp_path / "vicidial", "vicidial")
    dialer.write("vicidial_log.csv", LOG)
    dialer.load()
    engine = open_database(database_url)
    with reading(engine) as opened:
        (found,) = read_figures(
            opened, ["list_penetration"], first=date(2026, 11, 1), last=date(2026, 11, 30)
        )
    engine.dispose()
    assert found.figure is None
