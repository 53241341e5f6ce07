"""The calls of an experiment counted by version, and what the figures allow to say today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.call import CallRow, CallState
from models.dial import DialRow
from models.evaluation import EvaluationRow
from models.experiment import ExperimentCallRow, ExperimentOver, ExperimentRow, ExperimentState
from models.transcript import TranscriptRow, get_transcript
from qa_engine.insight.experiments.assign import assigned
from qa_engine.insight.experiments.conclusion import Compared, Say, compare, conclude, needed
from qa_engine.insight.experiments.sequential import Arm
from qa_engine.insight.experiments.spoken import VersionDetector

EARLY_S = 15
COMPLAINT = "complaint"
"""Dispositions that hold this word count as a complaint."""
_HARM = "投诉率护栏:第二版本的投诉确定更多,实验自动停止"


@dataclass(frozen=True, slots=True)
class Adherence:
    """Of `calls` with a transcript, in `as_assigned` the assigned version was heard, in `other` another, in `none` none that
    could be told."""

    calls: int
    as_assigned: int
    other: int
    none: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An experiment on a day: by assigned version (as randomised, so adherence cannot bias it), with what may be said."""

    compared: tuple[Compared, ...]
    adherence: Mapping[str, Adherence]
    needed: int
    says: Say


def version_of(row: ExperimentRow, *, lead: str | None, team_id: str | None) -> str | None:
    """The version a contact should get; None where it has neither lead nor an assigned team."""
    if row.by_team:
        return next((one["id"] for one in row.versions if team_id in one.get("teams", ())), None)
    return assigned(f"{row.id}", lead, [one["id"] for one in row.versions]) if lead else None


def hear_calls(opened: Session, row: ExperimentRow) -> int:
    """Detects the version spoken in calls that have none yet; returns how many were heard."""
    assert row.id is not None
    assert row.starts_on is not None
    heard = select(ExperimentCallRow.call_id).where(ExperimentCallRow.experiment_id == row.id)
    wanted = (
        select(CallRow)
        .join(TranscriptRow, col(TranscriptRow.call_id) == col(CallRow.id))
        .where(CallRow.state == CallState.DONE, CallRow.day >= row.starts_on, col(CallRow.id).not_in(heard))
    )
    if row.campaign:
        wanted = wanted.where(CallRow.campaign == row.campaign)
    if row.ended_on:
        wanted = wanted.where(CallRow.day <= row.ended_on)
    detector = VersionDetector({one["id"]: one["lines"] for one in row.versions})
    count = 0
    for call in opened.exec(wanted).all():
        version = version_of(row, lead=call.customer_id, team_id=call.team_id)
        if version is None:
            continue
        found = detector.hear(get_transcript(opened, call.id)[0])
        opened.add(
            ExperimentCallRow(
                experiment_id=row.id,
                call_id=call.id,
                assigned=version,
                spoken=found.version,
                score=found.score,
                start_s=found.start_s,
            )
        )
        count += 1
    opened.flush()
    return count


def standing(opened: Session, row: ExperimentRow, *, today: date) -> Standing:
    """The figures of an experiment that has started."""
    first, second = (one["id"] for one in row.versions[:2])
    last = row.ended_on or today
    counted = {**_dialled(opened, row, last), **_scored(opened, row)}
    arms = {
        name: (_arm(groups.get(first, {}), row), _arm(groups.get(second, {}), row))
        for name, groups in counted.items()
        if groups.get(first) and groups.get(second)
    }
    compared = compare(arms)
    teams = max((len(arm.clusters) for pair in arms.values() for arm in pair), default=0)
    size = 0.0
    if row.by_team and teams and row.metric in arms:
        size = max(arms[row.metric][0].n / teams, 1.0)
    known = any(one.measure.id == row.metric for one in compared)
    says = (
        conclude(compared, metric=row.metric, base=row.base, least=row.least, team_size=size)
        if known
        else Say.TOO_FEW
    )
    return Standing(compared, _adherence(opened, row), needed(row.base, row.least, team_size=size), says)


Counts = dict[str, dict[str, tuple[int, int]]]  # version → team → (hits, n)


def _add(counts: Counts, version: str, team: str, hits: int, n: int) -> None:
    before, of = counts.setdefault(version, {}).get(team, (0, 0))
    counts[version][team] = (before + hits, of + n)


def _arm(teams: Mapping[str, tuple[int, int]], row: ExperimentRow) -> Arm:
    clusters = tuple(teams.values())
    return Arm(sum(c[0] for c in clusters), sum(c[1] for c in clusters), clusters if row.by_team else ())


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _dialled(opened: Session, row: ExperimentRow, last: date) -> Mapping[str, Counts]:
    """Conversion and complaints over contacts, hang-ups within 15 s over answered calls; from the dialer. Counted in the
    database by lead and team, or by team alone where teams have the versions: which version a lead has is a hash."""
    assert row.starts_on is not None
    keys = (col(DialRow.team_id),) if row.by_team else (col(DialRow.team_id), col(DialRow.lead))
    talk, sale = col(DialRow.talk_s), col(DialRow.sale)
    counted = and_(col(DialRow.contact).is_(True), sale.is_not(None))
    wanted = (
        select_columns(
            *keys,
            func.count(),
            _sum(func.lower(col(DialRow.status)).contains(COMPLAINT, autoescape=True)),
            func.count(talk),
            _sum(talk <= EARLY_S),
            _sum(counted),
            _sum(and_(counted, sale.is_(True))),
        )
        .where(col(DialRow.day) >= row.starts_on, col(DialRow.day) <= last, col(DialRow.connected).is_(True))
        .group_by(*keys)
    )
    if row.campaign:
        wanted = wanted.where(col(DialRow.campaign) == row.campaign)
    found: dict[str, Counts] = {"conversion": {}, "early_hangup": {}, "complaints": {}}
    for found_row in opened.execute(wanted):
        *key, n, complaints, talked, early, contacts, sales = found_row
        version = version_of(row, lead=key[1] if len(key) > 1 else None, team_id=key[0])
        if version is None:
            continue
        team = key[0] or ""
        for name, hits, of in (
            ("complaints", complaints, n),
            ("early_hangup", early, talked),
            ("conversion", sales, contacts),
        ):
            if of:
                _add(found[name], version, team, int(hits), of)
    return {name: counts for name, counts in found.items() if counts}


def _scored(opened: Session, row: ExperimentRow) -> Mapping[str, Counts]:
    keys = (col(ExperimentCallRow.assigned), col(CallRow.team_id))
    rows = opened.execute(
        select_columns(*keys, _sum(col(EvaluationRow.result) == "pass"), func.count())
        .join(CallRow, col(CallRow.id) == col(ExperimentCallRow.call_id))
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(col(ExperimentCallRow.experiment_id) == row.id, col(EvaluationRow.current).is_(True))
        .group_by(*keys)
    )
    counts: Counts = {}
    for version, team, hits, n in rows:
        _add(counts, version, team or "", int(hits), n)
    return {"qa_pass": counts} if counts else {}


def _adherence(opened: Session, row: ExperimentRow) -> Mapping[str, Adherence]:
    keys = (col(ExperimentCallRow.assigned), col(ExperimentCallRow.spoken))
    rows = opened.execute(
        select_columns(*keys, func.count())
        .where(col(ExperimentCallRow.experiment_id) == row.id)
        .group_by(*keys)
    )
    counted = {(assigned_, spoken): n for assigned_, spoken, n in rows}
    found = {}
    for version in (one["id"] for one in row.versions):
        calls = sum(n for (own, _), n in counted.items() if own == version)
        same, none = counted.get((version, version), 0), counted.get((version, None), 0)
        found[version] = Adherence(calls, same, calls - same - none, none)
    return found


def check(opened: Session, row: ExperimentRow, *, today: date) -> Standing:
    """Hears new calls, counts, and stops by itself where the guardrail is broken."""
    hear_calls(opened, row)
    found = standing(opened, row, today=today)
    row.says = found.says.value
    if found.says is Say.HARM and row.state == ExperimentState.RUNNING:
        row.state, row.ended_on, row.reason = ExperimentState.STOPPED, today, _HARM
    opened.add(row)
    opened.flush()
    return found


def check_running(opened: Session, *, today: date) -> Sequence[tuple[ExperimentRow, Standing]]:
    """Every running experiment."""
    rows = opened.exec(
        select(ExperimentRow).where(ExperimentRow.state == ExperimentState.RUNNING).with_for_update()
    ).all()
    return [(row, check(opened, row, today=today)) for row in rows]


def decide(row: ExperimentRow, *, winner: str, today: date, note: str) -> None:
    """The winning version becomes the procedure: a note for its version is kept with the experiment. Raises `ExperimentOver`
    where it does not run: one that was stopped for harm has no winner."""
    if row.state != ExperimentState.RUNNING:
        raise ExperimentOver(f"实验 {row.id} 没有在进行", hint="只有进行中的实验可以定版")
    assert winner in {one["id"] for one in row.versions}, "a version of this experiment"
    row.state, row.winner, row.ended_on, row.sop_note = ExperimentState.DECIDED, winner, today, note
