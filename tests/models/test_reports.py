"""Reports hold what the store holds, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.analysis import ObjectionRow
from models.database import reading, session
from models.reports import Kind, make_report
from qa_engine.insight.shares import share_changes
from tests.models.coached import ITEM, RUBRIC, TODAY, add_calls, add_centre


def _report(engine, kind):
    with reading(engine) as opened:
        return make_report(
            opened,
            kind,
            day=TODAY,
            rubric=RUBRIC,
            titles={ITEM: "表明身份"},
            reason_name=lambda kind: kind.upper(),
        )


def test_the_morning_pack_has_focus_clip_and_call_backs(engine) -> None:
    add_centre(engine)
    add_calls(engine, "bad", TODAY - timedelta(days=2), 0, 5)
    with session(engine) as opened:
        from sqlmodel import select

        from models.call import CallRow

        ids = opened.exec(
            select(CallRow.id).where(CallRow.agent_id == "bad", CallRow.day == TODAY - timedelta(days=2))
        ).all()
        opened.add_all(ObjectionRow(call_id=one, type="price", turn=1, outcome="open") for one in ids)
    row = next(row for row in _report(engine, Kind.MORNING).tables[0].rows if row[0] == "坐席bad")
    assert row[1] is None  # no dialer, no target
    assert len(str(row[2]).split("、")) == 3
    assert "00:12" in str(row[3])
    assert row[4] == "表明身份(n=80)"  # the five with an objection have no peers to compare with


def test_a_reason_that_is_new_is_flagged(engine) -> None:
    add_calls(engine, "a", TODAY - timedelta(days=10), 40, 40)
    add_calls(engine, "a", TODAY - timedelta(days=3), 40, 40)
    with session(engine) as opened:
        from sqlmodel import select

        from models.call import CallRow

        one = opened.exec(select(CallRow.id).where(CallRow.day == TODAY - timedelta(days=3))).first()
        opened.add(ObjectionRow(call_id=one, type="price", turn=1, outcome="open"))
    table = next(table for table in _report(engine, Kind.WEEKLY).tables if table.title == "拒绝与异议原因")
    assert table.rows[0][:3] == ("PRICE", 1, 0)
    assert table.rows[0][4] == "新出现"
    assert "本期 n=40,上期 n=40" in table.note


def test_an_empty_centre_has_reports(engine) -> None:
    assert [len(_report(engine, kind).tables) for kind in Kind] == [1, 2, 5]


def test_the_change_of_a_share_has_newcombes_interval() -> None:
    """Newcombe 1998, table II, contrast (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    found = share_changes({"x": 56}, {"x": 48}, n_now=70, n_before=80)[0]
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-4), pytest.approx(0.3339, abs=5e-4))


def test_small_periods_have_no_change() -> None:
    assert share_changes({"x": 5}, {}, n_now=29, n_before=100)[0].change is None
