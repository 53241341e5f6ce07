"""Stores what a CRM exports: the newest version of each order and ticket, and every row counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.agent import AgentRow
from models.crm import CRM_TABLES
from models.database import lock_names, reading, session
from models.dial_store import FileCount, TeamBook, Values, core_table, in_batches, insert_all
from qa_engine.crm.records import CrmRecord, Order, Ticket
from qa_engine.dialer.reader import Outcome
from qa_engine.dialer.records import Notice, Reason, Record

KEPT_VERSIONS = 50
"""Digests of earlier versions that are remembered, so that an old file cannot bring one back."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """The version that counts so far."""

    digest: str
    replaced: str
    updated_at: datetime | None
    days: frozenset[date]


def _refused(stored: _Stored, record: CrmRecord) -> Reason | None:
    """Why a row does not replace the stored version."""
    if stored.digest == record.digest:
        return Reason.DUPLICATE
    if record.digest in stored.replaced.split():
        return Reason.OUTDATED
    if stored.updated_at and record.updated_at and record.updated_at < stored.updated_at:
        return Reason.OUTDATED
    return None


class CrmStore:
    """Writes the orders or tickets of one source. `also_known` is a second database whose rows count as stored already,
    for a dry run. `days` are those whose figures may have changed, `touched` the keys of what was written."""

    def __init__(
        self, engine: Engine, table: str, source: str, zone: ZoneInfo, *, also_known: Engine | None = None
    ) -> None:
        self._engine, self._also_known = engine, also_known
        self._table, self._source, self._zone = CRM_TABLES[table], source, zone
        self.warnings: Counter[str] = Counter()
        self.days: set[date] = set()
        self.touched: set[str] = set()
        with reading(also_known or engine) as opened:
            self.people = TeamBook(opened)
            self._roster = set(opened.exec(select(AgentRow.id)))

    def store(self, outcomes: Iterable[Outcome], count: FileCount) -> Iterator[int]:
        """Stores everything that `outcomes` gives, a batch a transaction; yields the rows read so far."""
        yield from in_batches(outcomes, count, self._save)

    def _save(self, batch: Sequence[Record | CrmRecord], count: FileCount) -> None:
        fresh: dict[str, Values] = {}
        with session(self._engine) as opened:
            lock_names(opened, f"import:{self._source}")
            known = self._known(opened, [record.key for record in batch])
            for record in batch:
                assert isinstance(record, (Order, Ticket))
                stored = known.get(record.key)
                reason = _refused(stored, record) if stored else None
                if reason is not None:
                    count.rejected[reason.value] += 1
                    continue
                values = self._values(record)
                if stored is not None:
                    self.warnings[Notice.UPDATED.value] += 1
                    self.days |= stored.days
                    earlier = [*stored.replaced.split(), stored.digest][-KEPT_VERSIONS:]
                    values["replaced"] = " ".join(earlier)
                fresh[record.key] = values
                known[record.key] = _stored(values)
                count.stored += 1
            table = self._table
            opened.execute(
                delete(table).where(col(table.source) == self._source, col(table.key).in_(list(fresh)))
            )
            if fresh:
                insert_all(opened, table, list(fresh.values()))
        self.touched.update(fresh)

    def _known(self, opened: Session, keys: Sequence[str]) -> dict[str, _Stored]:
        columns = core_table(self._table).c
        query = select_columns(*columns).where(columns.source == self._source, columns.key.in_(keys))
        found = {row.key: _stored(row._asdict()) for row in opened.execute(query)}
        if self._also_known is not None:
            with reading(self._also_known) as other:
                found = {row.key: _stored(row._asdict()) for row in other.execute(query)} | found
        return found

    def _values(self, record: CrmRecord) -> Values:
        """The columns of a row; whose it is, is settled afterwards."""
        begun = record.created_at if isinstance(record, Order) else record.opened_at
        at = record.closed_at or begun if isinstance(record, Order) else begun
        day = self._day(at)
        self.warnings.update(notice.value for notice in record.notices)
        self._note_people(record, day, at)
        values: Values = {
            "source": self._source,
            "key": record.key,
            "digest": record.digest,
            "replaced": "",
            "updated_at": record.updated_at,
            "closed_at": record.closed_at,
            "status": record.status and record.status.value,
            "lead": record.lead,
            "number": record.number,
            "said_agent_id": record.agent_id,
            "said_team_id": record.team_id,
            "said_campaign": record.campaign,
            "call": record.call,
            "day": day,
            **dict.fromkeys(("agent_id", "team_id", "campaign", "dial_source", "dial_key")),
        }
        if isinstance(record, Order):
            own: Values = {"created_at": begun, "amount_c": record.amount_c, "cycle_days": None}
        else:
            own = {
                "opened_at": begun,
                "reopened_at": record.reopened_at,
                "reopened": record.reopened,
                "kind": record.kind and record.kind.value,
                "closed_day": self._day(record.closed_at) if record.closed_at else None,
                "first_contact": None,
            }
        return values | own

    def _note_people(self, record: CrmRecord, day: date, at: datetime) -> None:
        self.people.note(record.agent_id, record.team_id, day, at)
        if record.agent_id and record.agent_name:
            self.people.agents[record.agent_id] = record.agent_name
        if self._roster and record.agent_id and record.agent_id not in self._roster:
            self.warnings[Notice.UNKNOWN_AGENT.value] += 1

    def _day(self, moment: datetime) -> date:
        day = moment.astimezone(self._zone).date()
        self.days.add(day)
        return day


def _stored(values: Values) -> _Stored:
    days = frozenset(day for name in ("day", "closed_day") if isinstance(day := values.get(name), date))
    updated_at = values["updated_at"]
    return _Stored(
        str(values["digest"]),
        str(values["replaced"]),
        updated_at if isinstance(updated_at, datetime) else None,
        days,
    )
