"""The cells of a big centre, made in the database: what 50 million dials come to once they are rolled up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session

from models.database import open_database, session
from models.kpi_grains import coarsen
from models.kpi_summary import summarise_all
from models.kpi_tables import AMOUNTS, HOUR_AMOUNTS, kpi_bucket, kpi_hour
from models.migrations import upgrade

LAST = date(2026, 11, 13)
DIALS_A_CELL = 50
TEAMS, CAMPAIGNS = 40, 10


@dataclass(frozen=True, slots=True)
class Centre:
    """`agents` work on `days` weekdays up to `LAST`, each on two campaigns a day, in one of 40 teams."""

    agents: int = 1_000
    days: int = 500

    @property
    def dials(self) -> int:
        return self.agents * self.days * 2 * DIALS_A_CELL


DIAL = {
    "dials": "50",
    "connects": "5 + (x % 7)",
    "connects_of": "50",
    "contacts": "4 + (x % 5)",
    "sales": "(x % 3)",
    "abandoned": "(x % 2)",
    "abandoned_of": "6 + (x % 7)",
    "sale_contacts_of": "4 + (x % 5)",
    "sale_dials_of": "50",
    "sale_connects_of": "5 + (x % 7)",
    "lead_dials": "50",
}
TIME = {
    "dials": "0",
    "handled": "5 + (x % 7)",
    "handled_talk_s": "600 + (x % 101)",
    "handle_calls": "5 + (x % 7)",
    "handle_s": "900 + (x % 101)",
    "talk_s": "600 + (x % 101)",
    "acw_s": "300",
    "wait_s": "400 + (x % 53)",
    "pause_s": "60",
    "busy_s": "900 + (x % 101)",
    "logged_s": "1300 + (x % 101) + (x % 53)",
    "present_s": "1360 + (x % 101) + (x % 53)",
    "timed_calls": "5 + (x % 7)",
    "effective": "4 + (x % 5)",
    "effective_of": "5 + (x % 7)",
}
QUALITY = {
    "dials": "0",
    "evaluations": "2",
    "score_c": "14000 + (x % 997)",
    "compliance_right": "(x % 3)",
    "compliance_of": "2",
    "objections": "3",
    "resolved": "(x % 4)",
    "response_ms": "1400 + (x % 499)",
    "response_calls": "2",
}
HOUR = {
    "dials": "5",
    "connects": "(x + p.n) % 3",
    "connects_of": "5",
    "contacts": "(x + p.n) % 2",
    "sales": "0",
    "sale_contacts_of": "(x + p.n) % 2",
}
KINDS = {"dial": DIAL, "time": TIME, "quality": QUALITY}


def weekdays(n: int) -> Iterator[date]:
    """The last n up to `LAST`, oldest first."""
    found: list[date] = []
    day = LAST
    while len(found) < n:
        if day.weekday() < 5:
            found.append(day)
        day -= timedelta(days=1)
    yield from reversed(found)


def fill(opened: Session, centre: Centre) -> None:
    """Writes the cells, their hours and their sketches of talk time."""
    connection = opened.connection()
    for statement in (
        "CREATE TEMPORARY TABLE bench_agent (n INTEGER, id TEXT, team TEXT, first TEXT, second TEXT)",
        "CREATE TEMPORARY TABLE bench_day (n INTEGER, day DATE)",
    ):
        connection.execute(text(statement))
    connection.execute(
        text("INSERT INTO bench_agent VALUES (:n, :id, :team, :first, :second)"),
        [
            {
                "n": n,
                "id": f"A{n:04d}",
                "team": f"T{n % TEAMS:02d}",
                "first": f"campaign-{n % CAMPAIGNS}",
                "second": f"campaign-{(n + 3) % CAMPAIGNS}",
            }
            for n in range(centre.agents)
        ],
    )
    days = list(weekdays(centre.days))
    connection.execute(
        text("INSERT INTO bench_day VALUES (:n, :day)"),
        [{"n": n, "day": day if is_postgres(opened) else day.isoformat()} for n, day in enumerate(days)],
    )
    for kind, amounts in KINDS.items():
        assert set(amounts) <= set(AMOUNTS)
        for slot in ("first", "second"):
            connection.execute(
                text(
                    f"INSERT INTO kpi_cell (kind, source, day, agent_id, team_id, campaign, {', '.join(amounts)}) "
                    f"SELECT '{kind}', 'bench', day, id, team, {slot}, {', '.join(amounts.values())} FROM "
                    f"(SELECT d.day, a.*, a.n * 31 + d.n * 17 AS x FROM bench_day d CROSS JOIN bench_agent a) made "
                    "ORDER BY day, id"
                )
            )
    _fine(connection)
    connection.execute(text("DROP TABLE bench_agent"))
    connection.execute(text("DROP TABLE bench_day"))


def _fine(connection: Connection) -> None:
    """Ten hours a cell of five dials each, and the talk times of five of its calls."""
    for table, amounts, parts in (
        (kpi_hour, HOUR, range(9, 19)),
        (kpi_bucket, {"n": "1"}, range(5)),
    ):
        connection.execute(text("CREATE TEMPORARY TABLE bench_part (n INTEGER)"))
        connection.execute(text("INSERT INTO bench_part VALUES (:n)"), [{"n": n} for n in parts])
        keys = (
            {"hour": "p.n"}
            if table is kpi_hour
            else {"field": "'handled_talk_s'", "bucket": "20 + p.n * 30 + x % 30"}
        )
        for slot in ("first", "second"):
            connection.execute(
                text(
                    f"INSERT INTO {table.name} (grain, kind, source, day, agent_id, team_id, campaign, "
                    f"{', '.join((*keys, *amounts))}) "
                    f"SELECT 'agent', 'dial', 'bench', day, id, team, {slot}, "
                    f"{', '.join((*keys.values(), *amounts.values()))} FROM "
                    f"(SELECT d.day, a.*, a.n * 31 + d.n * 17 AS x FROM bench_day d CROSS JOIN bench_agent a) made "
                    "CROSS JOIN bench_part p ORDER BY day, id"
                )
            )
        connection.execute(text("DROP TABLE bench_part"))


def is_postgres(opened: Session) -> bool:
    return opened.get_bind().dialect.name == "postgresql"


@contextmanager
def filled(url: str, centre: Centre) -> Iterator[Engine]:
    """A migrated database at the URL with the centre's cells."""
    upgrade(url)
    engine = open_database(url)
    try:
        with session(engine) as opened:
            fill(opened, centre)
            summarise_all(opened)
            coarsen(opened, kpi_hour, {}, HOUR_AMOUNTS)
            coarsen(opened, kpi_bucket, {}, ["n"])
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        yield engine
    finally:
        engine.dispose()
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
