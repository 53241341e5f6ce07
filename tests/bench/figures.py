"""How long an import takes, the roll-up of a day, and a board over years, beside the same SQL straight over the dials.

The dials are made up. `--large` takes a million rows and 50 million dials (ten minutes) in place of fifty thousand and three
million. `CALLQA_BENCH_URL` = an empty PostgreSQL database measures there instead of on SQLite."""

from __future__ import annotations

import csv
import os
import random
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from api.pages.board import FUNNEL, TILES
from api.pages.views.hours import HOUR_METRICS
from models.database import open_database, reading, session
from models.dial_import import ImportOrder, run_import
from models.dial_kpi import By, Period, kpi_sums
from models.figures import read_figures
from models.kpi_cell import roll_up_days
from models.quantile_figures import read_quantiles
from models.scopes import scope_names
from models.settings import Settings
from qa_engine.kpi.quantiles import QUANTILES_BY_ID
from tests.bench.big_centre import LAST, Centre, filled
from tests.bench.runs import Runs

ROWS, LARGE_ROWS = 50_000, 1_000_000
DAY_ROWS, LARGE_DAY_ROWS = 50_000, 200_000
BIG_DAY = date(2026, 11, 2)
SPANS = (30, 90, 366)
SCOPES = ({}, {By.TEAM: "T07"}, {By.AGENT: "A0007"}, {By.CAMPAIGN: "campaign-3"})
STATUSES = ("NA", "NA", "NA", "B", "A", "NI", "CALLBK", "SALE")


def section(runs: Runs) -> list[str]:
    """All three."""
    large = runs.large
    return [
        *("## Figures: import, roll-up, board", ""),
        *("Made-up dials; wall-clock seconds on the machine above, other work running beside it.", ""),
        *("| what | n | took | beside it |", "|---|---|---|---|"),
        *imported(LARGE_ROWS if large else ROWS, LARGE_DAY_ROWS if large else DAY_ROWS),
        *boards(Centre(1_000, 500) if large else Centre(1_000, 30)),
        "",
    ]


def imported(rows: int, day_rows: int) -> list[str]:
    """Lines of the table for the import of `vicidial_log`, then for the roll-up of one day of `day_rows` dials."""
    with tempfile.TemporaryDirectory(prefix="callqa-bench-") as folder:
        file = Path(folder) / "vicidial_log.csv"
        _write_log(file, rows, day_rows)
        with file.open(newline="") as opened_file:
            plain_s = _seconds(lambda: sum(1 for _ in csv.reader(opened_file)))
        settings = Settings(_env_file=None, database_url=f"sqlite:///{folder}/bench.sqlite3")
        import_s = _seconds(lambda: run_import(settings, ImportOrder("vicidial", [str(file)], "bench")))
        engine = open_database(settings.database_url)
        with session(engine) as opened:
            roll_s = _seconds(lambda: roll_up_days(opened, "dial", "bench", [BIG_DAY]))
        with reading(engine) as opened:
            days = {"first": BIG_DAY, "last": BIG_DAY}
            board_s = _seconds(lambda: read_figures(opened, TILES, by=By.TEAM, **days))
            raw_s = _seconds(lambda: kpi_sums(opened, (By.TEAM,), Period(**days)))
        engine.dispose()
    return [
        (
            f"| import of `vicidial_log` into SQLite, roll-up included | {rows:,} rows | {import_s:.1f} s | "
            f"Python's csv reader alone {plain_s:.1f} s: {import_s / plain_s:.0f} × |"
        ),
        f"| roll-up of one day | {day_rows:,} dials | {roll_s:.2f} s | |",
        (
            f"| teams of that day, from the roll-up | {day_rows:,} dials | {board_s * 1000:.0f} ms | "
            f"the same sums straight over the dials {raw_s * 1000:.0f} ms: {raw_s / board_s:.0f} × |"
        ),
    ]


def boards(centre: Centre) -> list[str]:
    """Lines of the table for all queries of boards over 30, 90 and 366 days, four scopes."""
    with tempfile.TemporaryDirectory(prefix="callqa-bench-") as folder:
        url = os.environ.get("CALLQA_BENCH_URL") or f"sqlite:///{folder}/big.sqlite3"
        times: list[float] = []
        with filled(url, centre) as engine, reading(engine) as opened:
            for days in SPANS:
                first = LAST - timedelta(days=days - 1)
                for where in SCOPES:
                    scope = {"first": first, "last": LAST, "where": where}
                    below = By.AGENT if where.keys() & {By.TEAM, By.AGENT} else By.TEAM
                    for _ in range(3):
                        times += _board(opened, below, scope)
            agents = [
                _seconds(
                    lambda: read_figures(
                        opened, TILES, by=By.AGENT, first=LAST - timedelta(days=29), last=LAST
                    )
                )
                for _ in range(3)
            ]
            cells_s = _seconds(
                lambda: opened.execute(
                    text(
                        "SELECT team_id, SUM(dials), SUM(connects), SUM(sales) FROM kpi_cell GROUP BY team_id"
                    )
                ).all()
            )
        name = "PostgreSQL" if url.startswith("postgresql") else "SQLite"
    p95 = quantiles(times, n=20)[-1]
    return [
        (
            f"| one query of a board, {name}, {len(times)} queries | {centre.dials / 1e6:g} M dials | "
            f"median {median(times) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms | "
            f"four sums by team straight over all cells {cells_s * 1000:.0f} ms |"
        ),
        (
            f"| nine figures of {centre.agents:,} agents, 30 days, {name} | {centre.dials / 1e6:g} M dials | "
            f"{median(agents) * 1000:.0f} ms | |"
        ),
    ]


def _board(opened: Session, below: By, scope: dict[str, Any]) -> list[float]:
    """Seconds of each query that a board makes."""
    return [
        _seconds(lambda: scope_names(opened)),
        _seconds(lambda: read_figures(opened, {*TILES, *FUNNEL}, **scope)),
        _seconds(lambda: read_figures(opened, TILES, by=below, **scope)),
        _seconds(lambda: read_figures(opened, ["connect_rate"], daily=True, **scope)),
        _seconds(lambda: read_figures(opened, HOUR_METRICS, by=By.HOUR, **scope)),
        _seconds(lambda: read_quantiles(opened, QUANTILES_BY_ID, **scope)),
    ]


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _write_log(file: Path, rows: int, day_rows: int) -> None:
    """`day_rows` of the rows, or all, on one day; the rest on the sixty days before it."""
    chance = random.Random("bench-dials")
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(
            (
                "uniqueid",
                "lead_id",
                "list_id",
                "campaign_id",
                "call_date",
                "start_epoch",
                "end_epoch",
                "length_in_sec",
                "status",
                "phone_code",
                "phone_number",
                "user",
                "user_group",
                "called_count",
            )
        )
        for n in range(rows):
            day = BIG_DAY if n < day_rows else BIG_DAY - timedelta(days=1 + n % 60)
            at = datetime(day.year, day.month, day.day, 9 + n % 10, n % 60, n // 60 % 60)  # noqa: DTZ001 (as dialers write it)
            agent = chance.randrange(1_000)
            length_s = chance.randrange(200)
            writer.writerow(
                (
                    f"u{n}",
                    1 + chance.randrange(rows),
                    101,
                    f"C{agent % 10}",
                    at,
                    "",
                    "",
                    length_s,
                    chance.choice(STATUSES),
                    44,
                    f"7700900{n % 1000:03d}",
                    f"A{agent:04d}",
                    f"T{agent % 40:02d}",
                    1,
                )
            )
