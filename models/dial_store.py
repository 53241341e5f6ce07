"""Stores what an importer reads, in batches: each row once, and every row counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Table, insert
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from models.agent import AgentRow, MembershipRow, PeoplePeriodRow, TeamRow
from models.database import lock_names, reading, session
from models.dial import (
    AgentTimeRow,
    DialHoldRow,
    DialLegRow,
    DialPersonRow,
    DialRecordingRow,
    DialReferenceRow,
    DialRow,
    DialStatusRow,
    DialTeamRow,
)
from qa_engine.crm.records import CrmRecord
from qa_engine.dialer.reader import Outcome
from qa_engine.dialer.records import (
    AgentTime,
    Dial,
    Hold,
    Leg,
    Notice,
    Person,
    Reason,
    Record,
    RecordingRef,
    Reference,
    Refusal,
    Status,
    Team,
)
from qa_engine.dialer.refusal import shown
from qa_engine.dialer.vicidial import StatusBook
from qa_engine.people.periods import PeoplePeriod, team_at

BATCH = 5_000
KEPT_OF_A_REASON = 200
Values = dict[str, object]


@dataclass(slots=True)
class FileCount:
    """What became of one table's rows: `rows_in` = `stored` + all of `rejected`. `batch_rows` are the numbers of the rows
    of the batch that is being saved."""

    rows_in: int = 0
    stored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[int, Refusal]] = field(default_factory=list)
    batch_rows: list[int] = field(default_factory=list)

    def refuse(self, row: int, refusal: Refusal) -> None:
        """Counts a row (1-based, without the header) and keeps the first ones of each reason to be looked at."""
        if self.rejected[refusal.reason.value] < KEPT_OF_A_REASON:
            self.kept.append((row, refusal))
        self.rejected[refusal.reason.value] += 1


def in_batches(
    outcomes: Iterable[Outcome],
    count: FileCount,
    save: Callable[[Sequence[Record | CrmRecord], FileCount], None],
) -> Iterator[int]:
    """Counts everything that `outcomes` gives and hands the records to `save`, a batch a transaction; yields the rows
    read so far."""
    batch: list[Record | CrmRecord] = []
    count.batch_rows = []
    for row, outcome in enumerate(outcomes, start=1):
        count.rows_in += 1
        if isinstance(outcome, Refusal):
            count.refuse(row, outcome)
        else:
            batch.append(outcome)
            count.batch_rows.append(row)
        if len(batch) >= BATCH:
            save(batch, count)
            batch, count.batch_rows = [], []
            yield count.rows_in
    if batch:
        save(batch, count)
    yield count.rows_in


class TeamBook:
    """Which team an agent was in on a day, by dated memberships; written back at the end of an import."""

    def __init__(self, opened: Session) -> None:
        self._known: dict[str, list[tuple[date, str]]] = {}
        for row in opened.exec(select(MembershipRow).order_by(col(MembershipRow.since))):
            self._known.setdefault(row.agent_id, []).append((row.since, row.team_id))
        self._stated: dict[str, list[PeoplePeriod]] = {}
        for stated in opened.exec(select(PeoplePeriodRow)):
            self._stated.setdefault(stated.agent_id, []).append(stated.period)
        self._seen: dict[str, dict[date, tuple[datetime, str]]] = {}
        self.agents: dict[str, str] = {}
        self.teams: dict[str, str] = {}

    def team_on(self, agent_id: str, day: date) -> str | None:
        """The team on a day: by the people file, else as seen at work."""
        return team_at(self._stated.get(agent_id, ()), day) or self._seen_on(agent_id, day)

    def _seen_on(self, agent_id: str, day: date) -> str | None:
        """Before the first known day, the first known team."""
        known = self._known.get(agent_id, [])
        before = [team for since, team in known if since <= day]
        return before[-1] if before else known[0][1] if known else None

    def note(self, agent_id: str | None, team_id: str | None, day: date, at: datetime) -> None:
        """An agent was seen at work, in this team where one is given."""
        if team_id:
            self.teams.setdefault(team_id, "")
        if agent_id is None:
            return
        self.agents.setdefault(agent_id, "")
        if team_id:
            days = self._seen.setdefault(agent_id, {})
            if day not in days or days[day][0] < at:
                days[day] = (at, team_id)

    def save(self, opened: Session) -> None:
        """Makes agents and teams known and dates their changes of team by the day of the call."""
        lock_names(opened, "people")
        _name(opened, TeamRow, self.teams)
        _name(opened, AgentRow, self.agents)
        opened.flush()
        for agent_id, days in self._seen.items():
            for day in sorted(days):
                team_id = days[day][1]
                if self._seen_on(agent_id, day) != team_id:
                    opened.merge(MembershipRow(agent_id=agent_id, since=day, team_id=team_id))
                    known = [pair for pair in self._known.get(agent_id, []) if pair[0] != day]
                    self._known[agent_id] = sorted([*known, (day, team_id)])
        opened.flush()
        self._seen = {}


def _name(opened: Session, table: type[TeamRow | AgentRow], names: Mapping[str, str]) -> None:
    rows = cast("Sequence[TeamRow | AgentRow]", opened.exec(select(table)).all())
    known = {row.id: row for row in rows}
    for key, name in names.items():
        row = known.get(key)
        if row is None:
            opened.add(table(id=key, name=name))
        elif name and not row.name:
            row.name = name


def core_table(table: type[SQLModel]) -> Table:
    """The plain table of a model: rows by the million are not worth an object each."""
    found: Table = table.__table__  # type: ignore[attr-defined]  # every table class has one
    return found


def insert_all(opened: Session, table: type[SQLModel], rows: Sequence[Values]) -> None:
    """Inserts rows that all have the same columns, in one statement; the ORM would send one for each pattern of NULLs."""
    opened.connection().execute(insert(core_table(table)), rows)


class DialStore:
    """Writes the records of one source. `also_known` is a second database whose rows count as stored already: a dry
    run writes into a database of its own and asks the real one. `days` are those whose figures may have changed."""

    def __init__(
        self, engine: Engine, source: str, zone: ZoneInfo, *, judges: bool, also_known: Engine | None = None
    ) -> None:
        self._engine, self._source, self._zone = engine, source, zone
        self._also_known = also_known
        self._judges = judges
        self.warnings: Counter[str] = Counter()
        self.touched: set[str] = set()
        self.days: set[date] = set()
        self.new_statuses = False
        with reading(also_known or engine) as opened:
            self.people = TeamBook(opened)
        self._stale = False
        self._roster: set[str] = set()
        self._statuses = StatusBook({})
        self._refresh()

    def _refresh(self) -> None:
        """Reads the roster and the meanings of dispositions, which come before the calls."""
        statuses: dict[tuple[str, str], Status] = {}
        for engine in filter(None, (self._engine, self._also_known)):
            with reading(engine) as opened:
                people = select(DialPersonRow.agent_id).where(DialPersonRow.source == self._source)
                self._roster.update(opened.exec(people))
                for row in opened.exec(select(DialStatusRow).where(DialStatusRow.source == self._source)):
                    statuses[row.campaign, row.status] = Status(
                        row.key,
                        row.digest,
                        row.campaign,
                        row.status,
                        row.name,
                        row.connected,
                        row.contact,
                        row.sale,
                    )
        self._statuses, self._stale = StatusBook(statuses), False

    @property
    def statuses(self) -> StatusBook:
        return self._statuses

    def store(self, outcomes: Iterable[Outcome], count: FileCount) -> Iterable[int]:
        """Stores everything that `outcomes` gives, a batch a transaction; yields the rows read so far."""
        yield from in_batches(outcomes, count, self._save)
        if self._stale:
            self._refresh()

    def _save(self, given: Sequence[Record | CrmRecord], count: FileCount) -> None:
        batch = cast("Sequence[Record]", given)
        table = _table(batch[0])
        with session(self._engine) as opened:
            lock_names(opened, f"import:{self._source}")
            known = self._known(opened, table, [record.key for record in batch])
            fresh: list[Values] = []
            for row, record in zip(count.batch_rows, batch, strict=True):
                self._touch(record)
                stored = known.get(record.key)
                if stored is not None:
                    same = stored == record.digest
                    reason = Reason.DUPLICATE if same else Reason.DUPLICATE_CONFLICT
                    count.refuse(row, Refusal(reason, found=shown(record.key)))
                    continue
                known[record.key] = record.digest
                fresh.append({"source": self._source, **self._values(record)})
            if fresh:
                insert_all(opened, table, fresh)
        count.stored += len(fresh)
        self._stale |= table in (DialStatusRow, DialPersonRow)
        self.new_statuses |= table is DialStatusRow and bool(fresh)

    def _known(self, opened: Session, table: type[SQLModel], keys: Sequence[str]) -> dict[str, str]:
        columns = core_table(table).c
        query = select_columns(columns.key, columns.digest).where(
            columns.source == self._source, columns.key.in_(keys)
        )
        found = {key: digest for key, digest in opened.execute(query)}  # noqa: C416 (a row is no pair to the type checker)
        if self._also_known is not None:
            with reading(self._also_known) as other:
                found |= {key: digest for key, digest in other.execute(query)}  # noqa: C416
        return found

    def _touch(self, record: Record) -> None:
        if isinstance(record, (Leg, Hold)):
            self.touched.add(record.group)
            if isinstance(record, Leg) and record.peer:
                self.touched |= {record.key, record.peer}

    def _values(self, record: Record) -> Values:
        if isinstance(record, Dial):
            return self.dial_values(self._statuses.judged(record) if self._judges else record)
        if isinstance(record, AgentTime):
            self._warn(record.notices, record.agent_id)
            day, hour = self._when(record.started_at)
            team_id = record.team_id or self.people.team_on(record.agent_id, day)
            self.people.note(record.agent_id, record.team_id, day, record.started_at)
            return {
                "key": record.key,
                "digest": record.digest,
                "started_at": record.started_at,
                "day": day,
                "hour": hour,
                "agent_id": record.agent_id,
                "team_id": team_id,
                "team_given": bool(record.team_id),
                "campaign": record.campaign,
                "dial_key": record.dial_key,
                "pause_s": record.pause_s,
                "wait_s": record.wait_s,
                "talk_s": record.talk_s,
                "dispo_s": record.dispo_s,
                "dead_s": record.dead_s,
            }
        if isinstance(record, Person):
            self.people.agents[record.agent_id[:100]] = record.name
        if isinstance(record, Team):
            self.people.teams[record.team_id] = record.name
        return _plain(record)

    def dial_values(self, dial: Dial) -> Values:
        """The columns of a call; its team is the row's own, else the agent's on that day."""
        day, hour = self._when(dial.started_at)
        self._warn(dial.notices, dial.agent_id)
        self.people.note(dial.agent_id, dial.team_id, day, dial.started_at)
        if dial.agent_id and dial.agent_name:
            self.people.agents[dial.agent_id] = dial.agent_name
        team_id = dial.team_id or (self.people.team_on(dial.agent_id, day) if dial.agent_id else None)
        return {
            "key": dial.key,
            "digest": dial.digest,
            "started_at": dial.started_at,
            "day": day,
            "hour": hour,
            "duration_s": dial.duration_s,
            "agent_id": dial.agent_id,
            "team_id": team_id,
            "team_given": bool(dial.team_id),
            "campaign": dial.campaign,
            "lead": dial.lead,
            "status": dial.status,
            "outbound": dial.outbound,
            "connected": dial.connected,
            "contact": dial.contact,
            "sale": dial.sale,
            "right_party": dial.right_party,
            "intent": dial.intent,
            "number": dial.number,
            "abandoned": dial.abandoned,
            "talk_s": dial.talk_s,
            "hold_s": dial.hold_s,
            "acw_s": dial.acw_s,
        }

    def _warn(self, notices: Sequence[Notice], agent_id: str | None) -> None:
        self.warnings.update(notice.value for notice in notices)
        if self._roster and agent_id is not None and agent_id not in self._roster:
            self.warnings[Notice.UNKNOWN_AGENT.value] += 1

    def _when(self, moment: datetime) -> tuple[date, int]:
        """The day and the hour of the tenant's clock; an hour that autumn repeats is one hour."""
        local = moment.astimezone(self._zone)
        self.days.add(local.date())
        return local.date(), local.hour


def _table(record: Record) -> type[SQLModel]:
    tables: dict[type[object], type[SQLModel]] = {
        Dial: DialRow,
        Leg: DialLegRow,
        Hold: DialHoldRow,
        AgentTime: AgentTimeRow,
        RecordingRef: DialRecordingRow,
        Status: DialStatusRow,
        Person: DialPersonRow,
        Team: DialTeamRow,
        Reference: DialReferenceRow,
    }
    return tables[type(record)]


_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind))
    for kind in (Leg, Hold, RecordingRef, Status, Person, Team, Reference)
}


def _plain(record: Record) -> Values:
    """The columns of a record that is stored as it is."""
    values: Values = {name: getattr(record, name) for name in _FIELDS[type(record)] if name != "notices"}
    if isinstance(record, (Leg, Hold)):
        values["call"] = values.pop("group")
    if isinstance(record, RecordingRef):
        values["named_key"] = values.pop("dial_key")
    return values
