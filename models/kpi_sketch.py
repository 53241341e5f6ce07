"""Sketches of amounts (talk time, response time, deal cycle) as counts by bucket: rolled up with the cells, merged by SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import delete, func, insert
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.access.narrow import narrowed
from models.agent import in_region, regions
from models.call import CallRow
from models.call_figures import CallFiguresRow
from models.dial_kpi import NOBODY, By, Period
from models.figure_rows import ORIGINS, Origin
from models.kpi_grains import KpiGrain, coarsen, coarsest
from models.kpi_tables import kpi_bucket
from qa_engine.kpi.quantiles import SKETCHED
from qa_engine.kpi.sketch import bucket_of

CHUNK = 20_000
Place: TypeAlias = tuple[str, date | None, str]
"""(field of `Sums`, day where days are apart, key of the group)."""
_COLUMNS = {By.AGENT: "agent_id", By.TEAM: "team_id", By.REGION: "team_id", By.CAMPAIGN: "campaign"}


def roll_up_sketches(
    opened: Session,
    kind: str,
    source: str | None = None,
    day: date | None = None,
    *,
    agent_id: str | None = None,
    teams: Collection[str] | None = None,
) -> None:
    """Makes the sketches of a day anew from all its rows; of one agent ("" = none) where named, and then those of the
    `teams` that it counts or counted for. Without source and day of everything. The caller holds the lock of the day."""
    origin = ORIGINS[kind]
    fields = [name for name in SKETCHED if name in origin.fields]
    if not fields:
        return
    of: dict[str, Any] = {"kind": kind}
    of |= {} if source is None else {"source": source}
    of |= {} if day is None else {"day": day}
    narrow = [kpi_bucket.c[name] == value for name, value in of.items()]
    agent = [] if agent_id is None else [kpi_bucket.c.agent_id == agent_id]
    connection = opened.connection()
    connection.execute(delete(kpi_bucket).where(kpi_bucket.c.grain == KpiGrain.AGENT.value, *narrow, *agent))
    for field in fields:
        rows = list(_rows(opened, kind, field, Period(day, day, source), agent_id))
        for start in range(0, len(rows), CHUNK):
            connection.execute(insert(kpi_bucket), rows[start : start + CHUNK])
    coarsen(opened, kpi_bucket, of, ["n"], teams=teams)


def _rows(
    opened: Session, kind: str, field: str, period: Period, agent_id: str | None
) -> Iterator[dict[str, Any]]:
    origin: Origin = ORIGINS[kind]
    table, amount = origin.table, origin.fields[field].amount
    day = getattr(table, origin.day)
    keys = [table.source, day, table.team_id, table.agent_id, table.campaign]
    query = (
        select_columns(*keys, amount, func.count())
        .where(origin.fields[SKETCHED[field]].rows, amount.is_not(None), day.is_not(None))
        .group_by(*keys, amount)
    )
    if table is CallRow:
        query = query.join(CallFiguresRow, col(CallFiguresRow.call_id) == col(CallRow.id))
    if agent_id is not None:
        query = query.where(table.agent_id.is_not_distinct_from(agent_id or None))
    if period.first is not None:
        query = query.where(day >= period.first)
    if period.last is not None:
        query = query.where(day <= period.last)
    if period.source is not None:
        query = query.where(table.source == period.source)
    found: Counter[tuple[Any, ...]] = Counter()
    for source, on, team, agent, campaign, value, n in opened.execute(query):
        found[source, on, team or NOBODY, agent or NOBODY, campaign or NOBODY, bucket_of(value)] += n
    names = ("source", "day", "team_id", "agent_id", "campaign", "bucket")
    for place, n in found.items():
        yield {
            "grain": KpiGrain.AGENT.value,
            "kind": kind,
            "field": field,
            **dict(zip(names, place, strict=True)),
            "n": n,
        }


def stored_sketches(
    opened: Session,
    fields: Sequence[str],
    by: By,
    period: Period,
    where: Mapping[By, str] | None = None,
    *,
    daily: bool = False,
) -> Mapping[Place, Mapping[int, int]]:
    """Counts by bucket of each field, group and day, added up in the database; the key is "" for the whole."""
    where, column = where or {}, kpi_bucket.c
    grain = coarsest({by, *where})
    key = column[_COLUMNS[by]] if by in _COLUMNS else None
    keys = [column.field, *([column.day] if daily else []), *([] if key is None else [key])]
    conditions = [column.grain == grain.value, column.field.in_(fields)]
    conditions += [
        in_region(column.team_id, value) if name is By.REGION else column[_COLUMNS[name]] == value
        for name, value in where.items()
    ]
    if period.first is not None:
        conditions.append(column.day >= period.first)
    if period.last is not None:
        conditions.append(column.day <= period.last)
    if period.source is not None:
        conditions.append(column.source == period.source)
    query = (
        narrowed(select_columns(*keys, column.bucket, func.sum(column.n)), column.team_id, column.agent_id)
        .where(*conditions)
        .group_by(*keys, column.bucket)
    )
    of_team = regions(opened) if by is By.REGION else {}
    found: dict[Place, Counter[int]] = {}
    for field, *rest, bucket, n in opened.execute(query):
        day = rest[0] if daily else None
        group = NOBODY if key is None else str(rest[-1])
        group = of_team.get(group, NOBODY) if by is By.REGION else group
        found.setdefault((field, day, group), Counter())[bucket] += int(n)
    return found
