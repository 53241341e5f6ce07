"""Reports hold what the store holds, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from models.analysis import ObjectionRow
from models.coaching import CoachingPlanRow, give
from models.database import open_database, reading, session
from models.figures import Reading
from models.report_figures import FEW, METRICS, change_text, value_text
from models.reports import Kind, make_report
from models.target import save_target
from models.target_report import dials_asked
from qa_engine.insight.shares import share_changes
from qa_engine.kpi.registry import Ratio
from qa_engine.targets.target import Scope, Target
from tests.models.coached import ITEM, RUBRIC, TODAY, add_calls, add_centre
from tests.models.scored import add_months


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
    assert row[2] == "–"
    assert len(str(row[3]).split("、")) == 3
    assert "00:12" in str(row[4])
    assert row[5] == "表明身份(n=80)"  # the five with an objection have no peers to compare with


def test_who_is_coached_has_that_item_for_focus(engine) -> None:
    add_calls(engine, "a", TODAY - timedelta(days=2), 3, 4)
    clip = {"call_id": "c1", "start_s": 75.0, "end_s": 80.0}
    with session(engine) as opened:
        plan = CoachingPlanRow(
            agent_id="a",
            rubric=RUBRIC,
            item_id=ITEM,
            item_title="表明身份",
            owner="王组长",
            due_on=TODAY,
            clip=clip,
        )
        give(plan)
        opened.add(plan)
    row = next(row for row in _report(engine, Kind.MORNING).tables[0].rows if row[5] != "–")
    assert row[4:] == ("c1 01:15", "表明身份(辅导中)")


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
    assert [len(_report(engine, kind).tables) for kind in Kind] == [1, 2, 6]


def test_the_change_of_a_share_has_newcombes_interval() -> None:
    """Newcombe 1998, table II, contrast (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    found = share_changes({"x": 56}, {"x": 48}, n_now=70, n_before=80)[0]
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-4), pytest.approx(0.3339, abs=5e-4))


def test_small_periods_have_no_change() -> None:
    assert share_changes({"x": 5}, {}, n_now=29, n_before=100)[0].change is None


def _monthly(engine, day: date):
    with reading(engine) as opened:
        return make_report(
            opened, Kind.MONTHLY, day=day, rubric=RUBRIC, titles={}, reason_name=lambda kind: kind
        )


def test_targets_in_the_monthly_report_and_the_morning_pack(settings, tmp_path: Path) -> None:
    """1001 dials 20 and sells 1 a working day. By October 15, 10 working days have brought 200 of 440 dials; 12 are left,
    so 20 a day; 22 sales ask for the other 12 in 12 days, one a day: 20 dials by the rates."""
    add_months(settings, tmp_path / "csv")
    engine = open_database(settings.database_url)
    days = date(2026, 10, 1), date(2026, 10, 31)
    with session(engine) as opened:
        for agent, metric, value in (("1001", "dials", 440), ("1002", "sales", 22), ("1003", "dials", 680)):
            save_target(opened, Target(metric, "次", value, Scope.AGENT, agent, "王", *days, 0))
        asked = dials_asked(opened, date(2026, 10, 15))
        assert (asked["1001"], asked["1003"]) == (20, 40)
        assert asked["1002"] == pytest.approx(20, abs=3)
        assert dials_asked(opened, date(2026, 10, 17)) == {}  # a Saturday
        morning = make_report(
            opened, Kind.MORNING, day=date(2026, 10, 15), rubric=RUBRIC, titles={}, reason_name=str
        )
    assert [row[:3] for row in morning.tables[0].rows if row[0] == "坐席3"] == [("坐席3", 40, "目标")]
    table = next(table for table in _monthly(engine, date(2026, 11, 1)).tables if table.title == "目标达成")
    assert [(row[0], row[3], row[5], row[6], row[7]) for row in table.rows] == [
        ("坐席 坐席1", "440", "440", "100%", "绿:达到"),
        ("坐席 坐席3", "680", "440", "65%", "红:低 20 % 以上"),
        ("坐席 坐席2", "22", "22", "100%", "绿:达到"),
    ]
    engine.dispose()


def test_figures_of_quality_and_complaints_with_their_change_and_rows() -> None:
    """Of 400 and 200 objections 50 % and 30 % resolved: +20 points; Newcombe's interval excludes 0."""
    days = date(2026, 11, 2), date(2026, 11, 8)

    def read(metric: str, num: int, den: int, factor: float = 1.0) -> Reading:
        return Reading(metric, "", *days, Ratio(num, den, factor))

    now, before = read("objection_resolved_rate", 200, 400), read("objection_resolved_rate", 60, 200)
    assert value_text(now) == "50.00% (n=400)"
    assert change_text(now, before).startswith("+20.0(95% 区间 +1")
    assert change_text(read("objection_resolved_rate", 2, 4), before) == FEW
    assert value_text(read("critical_accuracy_compliance", 97, 100)) == "97.00% (n=100) · 有差错 3"
    scores = read("qa_score", 8_000 * 50, 50, 0.01), read("qa_score", 7_500 * 50, 50, 0.01)
    assert change_text(*scores) == "+5.0"
    assert change_text(now, None) == "–"


def test_the_weekly_report_has_quality_and_links(engine) -> None:
    add_centre(engine)
    with reading(engine) as opened:
        table = make_report(
            opened, Kind.WEEKLY, day=TODAY, rubric=RUBRIC, titles={}, reason_name=lambda kind: kind
        ).tables[0]
    names = [row[0] for row in table.rows]
    wanted = ("质检得分", "客户关键准确率", "合规关键准确率", "异议处理完成率", "投诉率", "首呼解决率")
    assert set(wanted) <= {name.split("(")[0] for name in names}  # a unit stands behind the name
    assert table.columns[3] == "变化"
    for (row, column), link in table.links.items():
        assert link.startswith(f"/figures/{METRICS[row]}?from=")
        assert table.rows[row][column] != "–"
