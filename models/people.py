"""People files: dated memberships in, their figures made anew, and the present state out again."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, delete, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.agent import AgentRow, PeoplePeriodRow, TeamRow
from models.columns import utc_now
from models.database import lock_names, reading, session
from models.dial import AgentTimeRow, DialRow
from models.dial_input import table_rows
from models.dial_store import KEPT_OF_A_REASON, TeamBook
from models.import_run import FileOutcome, RunNotes, Via, recorded
from models.kpi_cell import roll_up_days
from qa_engine.dialer.records import Refusal
from qa_engine.dialer.refusal import shown
from qa_engine.errors import NotFound, Where
from qa_engine.people.periods import SINCE_EVER, PeoplePeriod, changed_days
from qa_engine.people.table import HEADERS, PeopleReason, PersonLine, read_people

SOURCE = "people"
CHUNK = 500
Stretch = tuple[date, date | None]


def import_people(
    engine: Engine, path: Path, *, via: Via = Via.CLI, started_by: str = "", dry_run: bool = False
) -> FileOutcome:
    """Stores a people file, and makes the figures anew whose team changes. An agent of the file has the periods of the
    file and no others; agents whom it does not name stay as they are. Leaves an import run.

    Raises `NotFound`, `BadTable`."""
    if not path.is_file():
        raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
    if dry_run:
        read, lines, refused = read_people(table_rows(path), file=path.name)
        with reading(engine) as opened:
            known = _repeated(opened, lines)
        return counted_outcome(read, [*refused, *known])
    with recorded(engine, source=SOURCE, kind=SOURCE, via=via, started_by=started_by) as notes:
        return _import(engine, path, notes)


def _import(engine: Engine, path: Path, notes: RunNotes) -> FileOutcome:
    read, lines, refused = read_people(table_rows(path), file=path.name)
    with session(engine) as opened:
        lock_names(opened, "people")
        known = _repeated(opened, lines)
        notes.days |= _reteam(opened, _save(opened, lines))
    made = counted_outcome(read, [*refused, *known])
    notes.files[path.stem] = made
    return made


def counted_outcome(read: int, refused: Sequence[tuple[int, Refusal]]) -> FileOutcome:
    """What became of a file whose other rows are stored; of each reason the first rows are kept to be looked at."""
    counted = Counter(one.reason.value for _, one in refused)
    kept: list[tuple[int, Refusal]] = []
    seen: Counter[str] = Counter()
    for row, one in sorted(refused, key=lambda pair: pair[0]):
        seen[one.reason.value] += 1
        if seen[one.reason.value] <= KEPT_OF_A_REASON:
            kept.append((row, one))
    return FileOutcome(read, read - len(refused), dict(counted), kept)


def _repeated(opened: Session, lines: Sequence[PersonLine]) -> list[tuple[int, Refusal]]:
    """The lines that say nothing new."""
    periods = {row.period for row in opened.exec(select(PeoplePeriodRow))}
    agents = {row.id: row.name for row in opened.exec(select(AgentRow))}
    teams = {row.id: row for row in opened.exec(select(TeamRow))}

    def known(line: PersonLine) -> bool:
        team = teams.get(line.period.team_id)
        return (
            line.period in periods
            and team is not None
            and line.name in {"", agents.get(line.period.agent_id)}
            and line.team_name in {"", team.name}
            and line.region in {"", team.region}
        )

    return [
        (line.row, Refusal(PeopleReason.DUPLICATE, found=shown(line.period.agent_id)))
        for line in lines
        if known(line)
    ]


def _save(opened: Session, lines: Sequence[PersonLine]) -> Mapping[str, Sequence[Stretch]]:
    """Writes the lines; returns the days whose team may have changed, by agent."""
    for line in lines:
        team = opened.get(TeamRow, line.period.team_id) or TeamRow(id=line.period.team_id)
        team.name, team.region = line.team_name or team.name, line.region or team.region
        opened.add(team)
        agent = opened.get(AgentRow, line.period.agent_id) or AgentRow(id=line.period.agent_id)
        agent.name = line.name or agent.name
        opened.add(agent)
    opened.flush()
    after: dict[str, list[PeoplePeriod]] = {}
    for line in lines:
        after.setdefault(line.period.agent_id, []).append(line.period)
    before: dict[str, list[PeoplePeriod]] = {agent_id: [] for agent_id in after}
    for row in opened.exec(select(PeoplePeriodRow)):
        if row.agent_id in before:
            before[row.agent_id].append(row.period)
    changed = {
        agent_id: stretches
        for agent_id, periods in after.items()
        if (stretches := changed_days(before[agent_id], periods))
    }
    for agent_id in changed:
        opened.execute(delete(PeoplePeriodRow).where(col(PeoplePeriodRow.agent_id) == agent_id))
        opened.flush()
        opened.add_all(
            PeoplePeriodRow(
                agent_id=one.agent_id, first=one.first, last=one.last, team_id=one.team_id, role=one.role
            )
            for one in after[agent_id]
        )
    opened.flush()
    return changed


def _reteam(opened: Session, changed: Mapping[str, Sequence[Stretch]]) -> set[date]:
    """Gives the rows of these agents and days, where the dialer named no team, the team that they have now, and rolls
    their days up; returns those days."""
    if not changed:
        return set()
    book = TeamBook(opened)
    moved: set[date] = set()
    for kind, table in (("dial", DialRow), ("time", AgentTimeRow)):
        days: dict[str, set[date]] = {}
        for source, day, agent_id, team_id in _teamless(opened, table, changed):
            now = book.team_on(agent_id, day)
            if now == team_id:
                continue
            opened.execute(
                update(table)
                .where(
                    col(table.source) == source,
                    col(table.day) == day,
                    col(table.agent_id) == agent_id,
                    col(table.team_given).is_(False),
                )
                .values(team_id=now),
                execution_options={"synchronize_session": False},
            )
            days.setdefault(source, set()).add(day)
        for source, of_source in days.items():
            roll_up_days(opened, kind, source, of_source)
            moved |= of_source
    return moved


def _teamless(
    opened: Session, table: type[DialRow | AgentTimeRow], changed: Mapping[str, Sequence[Stretch]]
) -> Iterable[tuple[str, date, str, str | None]]:
    """(source, day, agent, team) of the rows whose dialer named no team, of changed agents on changed days."""
    agents = sorted(changed)
    columns = (col(table.source), col(table.day), col(table.agent_id), col(table.team_id))
    for start in range(0, len(agents), CHUNK):
        query = (
            select_columns(*columns)
            .where(col(table.team_given).is_(False), col(table.agent_id).in_(agents[start : start + CHUNK]))
            .distinct()
        )
        for source, day, agent_id, team_id in opened.execute(query).all():
            if any(first <= day and (last is None or day <= last) for first, last in changed[agent_id]):
                yield source, day, agent_id, team_id


def export_people(opened: Session) -> str:
    """The people file as it is now, to edit and import again: CSV with the headers of `HEADERS`. An agent without
    periods is there with the team of today and no dates where one is known."""
    book, today = TeamBook(opened), utc_now().date()
    teams = {row.id: row for row in opened.exec(select(TeamRow))}
    periods: dict[str, list[PeoplePeriod]] = {}
    for row in opened.exec(select(PeoplePeriodRow).order_by(col(PeoplePeriodRow.first))):
        periods.setdefault(row.agent_id, []).append(row.period)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    for agent in opened.exec(select(AgentRow).order_by(col(AgentRow.id))):
        for one in periods.get(agent.id) or _as_seen(agent.id, book.team_on(agent.id, today)):
            team = teams[one.team_id]
            first = "" if one.first == SINCE_EVER else one.first.isoformat()
            last = one.last.isoformat() if one.last else ""
            writer.writerow([agent.id, agent.name, team.id, team.name, team.region, one.role, first, last])
    return text.getvalue()


def _as_seen(agent_id: str, team_id: str | None) -> list[PeoplePeriod]:
    return [PeoplePeriod(agent_id, team_id, SINCE_EVER)] if team_id else []
