"""An experiment counted from the dialer, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models.database import session
from models.dial import DialRow
from models.experiment import ExperimentOver, ExperimentRow, ExperimentState, get_experiment, start
from models.experiment_check import check, decide, version_of
from qa_engine.insight.experiments.conclusion import Say

DAY = date(2026, 11, 2)
VERSIONS = [
    {"id": "A", "title": "旧", "lines": ["您好,这里是安心保险客服"]},
    {"id": "B", "title": "新", "lines": ["您好,看到您的保单快到期了"]},
]


def _experiment(opened, **values) -> ExperimentRow:
    row = ExperimentRow(
        name="开场白",
        metric="conversion",
        base=0.05,
        least=0.01,
        versions=values.pop("versions", VERSIONS),
        **values,
    )
    start(row, today=DAY)
    opened.add(row)
    opened.flush()
    return row


def _dial(opened, row, number: int, *, sale=None, complaint=None) -> None:
    """One contact; `sale` and `complaint` say of a version and number whether it is one."""
    lead = f"L{number}"
    version = version_of(row, lead=lead, team_id=None)
    status = "COMPLAINT" if complaint and complaint(version, number) else "X"
    opened.add(
        DialRow(
            source="s",
            key=str(number),
            digest="d",
            started_at=datetime(2026, 11, 2, 2, tzinfo=UTC),
            day=DAY,
            lead=lead,
            connected=True,
            contact=True,
            sale=bool(sale and sale(version, number)),
            talk_s=number % 40,
            status=status,
        )
    )


def test_a_difference_is_told_from_the_dialers_calls(engine) -> None:
    with session(engine) as opened:
        row = _experiment(opened)
        for number in range(1600):
            _dial(opened, row, number, sale=lambda v, n: n % (4 if v == "B" else 12) == 0)
        opened.flush()
        found = check(opened, row, today=DAY)
        counted = {one.measure.id: (one.first.n, one.second.n) for one in found.compared}
        assert found.says is Say.SECOND_BETTER
        assert sum(counted["conversion"]) == 1600
        assert found.needed == 8143


def _complains(version: str, number: int) -> bool:
    return number % (8 if version == "B" else 50) == 0


def test_complaints_stop_it_by_itself(engine) -> None:
    with session(engine) as opened:
        row = _experiment(opened)
        for number in range(2400):
            _dial(
                opened, row, number, sale=lambda v, n: n % (4 if v == "B" else 12) == 0, complaint=_complains
            )
        opened.flush()
        assert check(opened, row, today=DAY).says is Say.HARM
        assert (row.state, row.ended_on) == (ExperimentState.STOPPED, DAY)
        assert "自动停止" in get_experiment(opened, row.id).reason
        with pytest.raises(ExperimentOver):  # what was stopped for harm has no winner
            decide(row, winner="B", today=DAY, note="")


def test_without_calls_there_is_not_enough(engine) -> None:
    with session(engine) as opened:
        assert check(opened, _experiment(opened), today=DAY).says is Say.TOO_FEW


def test_whole_teams_get_one_version(engine) -> None:
    versions = [dict(VERSIONS[0], teams=["T1"]), dict(VERSIONS[1], teams=["T2"])]
    with session(engine) as opened:
        row = _experiment(opened, by_team=True, versions=versions)
        assert version_of(row, lead="x", team_id="T2") == "B"
        assert version_of(row, lead="x", team_id="T9") is None


def test_it_starts_once(engine) -> None:
    with session(engine) as opened:
        row = _experiment(opened)
        with pytest.raises(ExperimentOver):
            start(row, today=DAY)
