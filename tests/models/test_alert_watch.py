"""From figures in the store to alerts, tickets and messages: each once, however often it is looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.agent import AgentRow, TeamRow
from models.alert import (
    AlertEventRow,
    AlertFilter,
    AlertHitRow,
    AlertRow,
    Did,
    assign,
    list_alerts,
    resolve,
    snooze,
)
from models.alert_watch import check_figures, note_call
from models.analysis import ObjectionRow
from models.call import CallRow
from models.database import session
from models.outbox import OutboxRow
from models.target import save_target, targets_on
from models.target_change import withdraw_target
from models.ticket import TicketRow, TicketState, change_ticket
from qa_engine.alerts.load import parse_rules
from qa_engine.errors import BadInput, Conflict
from qa_engine.targets.target import Scope, Target
from tests.conftest import make_settings
from tests.models.call_days import put_day, put_team

LAST = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
THREE_DAYS = parse_rules(
    """\
rules:
  - id: low
    title: 接通率连续 3 天低于目标 20 %
    kind: k_of_n
    metric: connect_rate
    scope: team
    k: 3
    n: 3
    below: 0.8
    target: 0.10
    min_n: 50
""",
    file="r.yaml",
)
CALLS = parse_rules(
    """\
rules:
  - {id: dnc, title: 别再打, kind: call, sign: objection, values: [do_not_call], scope: team}
  - {id: bad, title: 投诉结果, kind: call, sign: disposition, values: [COMPLAINT], scope: call}
""",
    file="r.yaml",
)


@pytest.fixture
def settings(tmp_path, database_url):
    return make_settings(
        tmp_path,
        database_url,
        alert_webhook_url="https://hooks.example/x",
        public_url="https://callqa.example/",
    )


def low_days(engine: Engine, days: int, connects: int = 5) -> None:
    with session(engine) as opened:
        put_team(opened, "T1", "王主管")
        for back in range(days):
            put_day(opened, LAST - timedelta(days=back), dials=100, connects=connects)


def rows(engine: Engine, table):
    with session(engine) as opened:
        return opened.exec(select(table)).all()


def test_three_low_days_open_one_alert_with_ticket_and_message(engine, settings) -> None:
    low_days(engine, 3)
    assert check_figures(engine, settings, THREE_DAYS, NOW) == 1
    (alert,), (ticket,), (message,) = (rows(engine, table) for table in (AlertRow, TicketRow, OutboxRow))
    assert (alert.scope_key, alert.owner, alert.value, alert.n) == ("T1", "王主管", 0.05, 100)
    assert (ticket.owner, ticket.state) == ("王主管", TicketState.NEW)
    assert ticket.attribution["refused"].startswith("样本不足")
    assert message.document["link"] == f"https://callqa.example/alerts/{alert.id}"
    assert "接通率 5.0 %(n = 100),界限 8.0 %,平时或目标 10.0 %" in message.document["lines"][1]


def test_looking_again_changes_nothing(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    assert check_figures(engine, settings, THREE_DAYS, NOW) == 0
    assert check_figures(engine, settings, THREE_DAYS, NOW + timedelta(minutes=5)) == 0
    assert [len(rows(engine, table)) for table in (AlertRow, AlertHitRow, TicketRow, OutboxRow)] == [1] * 4


def test_two_low_days_are_no_alert(engine, settings) -> None:
    low_days(engine, 2)
    assert check_figures(engine, settings, THREE_DAYS, NOW) == 0


def test_the_day_that_is_not_over_is_not_judged(engine, settings) -> None:
    low_days(engine, 3)
    on_the_day = datetime.combine(LAST, time(10), UTC)
    assert check_figures(engine, settings, THREE_DAYS, on_the_day) == 0


def test_further_days_count_on_the_same_alert(engine, settings) -> None:
    low_days(engine, 5)
    assert check_figures(engine, settings, THREE_DAYS, NOW) == 3
    (alert,) = rows(engine, AlertRow)
    assert (alert.repeats, alert.first_day, alert.last_day) == (3, LAST - timedelta(days=2), LAST)
    assert len(rows(engine, OutboxRow)) == 1  # one message a day at most
    with session(engine) as opened:
        put_day(opened, LAST + timedelta(days=1), dials=100, connects=5)
    check_figures(engine, settings, THREE_DAYS, NOW + timedelta(days=1))
    assert len(rows(engine, OutboxRow)) == 2


def test_a_snoozed_alert_counts_but_is_quiet(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    (alert,) = rows(engine, AlertRow)
    with session(engine) as opened:
        snooze(opened, alert.id, hours=72, by="王", now=NOW)
        put_day(opened, LAST + timedelta(days=1), dials=100, connects=5)
    check_figures(engine, settings, THREE_DAYS, NOW + timedelta(days=1))
    (alert,) = rows(engine, AlertRow)
    assert alert.repeats == 2
    assert len(rows(engine, OutboxRow)) == 1


def test_recovery_is_noted_once_and_people_close(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    with session(engine) as opened:
        put_day(opened, LAST + timedelta(days=1), dials=100, connects=12)
    for _ in range(2):
        check_figures(engine, settings, THREE_DAYS, NOW + timedelta(days=1))
    (alert,) = rows(engine, AlertRow)
    assert (alert.state, alert.recovered_day) == ("open", LAST + timedelta(days=1))
    assert [one.did for one in rows(engine, AlertEventRow)].count(Did.RECOVERED) == 1


def test_after_it_is_resolved_the_next_hit_opens_another(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    (alert,) = rows(engine, AlertRow)
    with session(engine) as opened:
        resolve(opened, alert.id, by="王", note="换线路", now=NOW)
    assert check_figures(engine, settings, THREE_DAYS, NOW) == 0  # the same day does not count again
    with session(engine) as opened:
        put_day(opened, LAST + timedelta(days=1), dials=100, connects=5)
    check_figures(engine, settings, THREE_DAYS, NOW + timedelta(days=1))
    with session(engine) as opened:
        found, total = list_alerts(opened, AlertFilter())
        assert [one.state for one in found] == ["open", "resolved"]
        assert total == 2
        with pytest.raises(Conflict):
            assign(opened, alert.id, owner="李", by="王", now=NOW)


def test_a_change_needs_a_name(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    (alert,) = rows(engine, AlertRow)
    with session(engine) as opened, pytest.raises(BadInput):
        assign(opened, alert.id, owner="李", by=" ", now=NOW)


def test_a_ticket_moves_on_only_with_action_owner_and_date(engine, settings) -> None:
    low_days(engine, 3)
    check_figures(engine, settings, THREE_DAYS, NOW)
    (alert,) = rows(engine, AlertRow)
    with session(engine) as opened:
        with pytest.raises(BadInput, match="措施类型、期限"):
            change_ticket(opened, alert.id, {"state": "acting"}, by="王", now=NOW)
        opened.rollback()
        acting = {"state": "acting", "action": "training", "due": LAST}
        assert change_ticket(opened, alert.id, acting, by="王", now=NOW).state == "acting"
        with pytest.raises(BadInput, match="原因"):
            change_ticket(opened, alert.id, {"state": "done"}, by="王", now=NOW)


def test_the_ticket_explains_the_change(engine, settings) -> None:
    """Four weeks at 20 %, a week at 10 % for both agents alike: all of it stays unexplained."""
    with session(engine) as opened:
        for back in range(35):
            rate = 0.10 if back < 7 else 0.20
            for agent in ("A1", "A2"):
                day = LAST - timedelta(days=back)
                put_day(opened, day, dials=40, connects=round(40 * rate), agent=agent)
    book = parse_rules(
        "rules: [{id: l, title: t, kind: k_of_n, metric: connect_rate, scope: team, k: 3, n: 3, below: 0.8,"
        " target: baseline, min_n: 50}]",
        file="r.yaml",
    )
    assert check_figures(engine, settings, book, NOW) == 5
    (ticket,) = rows(engine, TicketRow)
    found = ticket.attribution
    assert (found["before"]["n"], found["after"]["n"]) == (28 * 80, 7 * 80)
    assert found["change"] == pytest.approx(-0.10)
    parts = {part["part"]: part["value"] for part in found["parts"]}
    assert sum(parts.values()) == pytest.approx(found["change"])
    assert parts["unexplained"] == pytest.approx(-0.10)


def test_the_last_hour(engine, settings) -> None:
    book = parse_rules(
        "rules: [{id: now, title: t, kind: realtime, metric: connect_rate, hours: 1, below: 0.05, min_n: 50}]",
        file="r.yaml",
    )
    today = NOW.astimezone(settings.zone).date()
    with session(engine) as opened:
        put_day(opened, today, dials=200, connects=100, at=time(0))  # eight in the morning: good
    assert check_figures(engine, settings, book, NOW) == 0
    with session(engine) as opened:
        put_day(opened, today, dials=60, connects=2, at=time(1), agent="A2")
    assert check_figures(engine, settings, book, NOW) == 1
    assert check_figures(engine, settings, book, NOW + timedelta(minutes=1)) == 0
    night = NOW.replace(hour=15)  # eleven at night
    assert check_figures(engine, settings, book, night) == 0
    (alert,) = rows(engine, AlertRow)
    assert alert.value == pytest.approx(2 / 60)


def put_call(
    engine: Engine, call_id: str, *, day: date = LAST, kind: str = "do_not_call", said: str = "x"
) -> None:
    with session(engine) as opened:
        if opened.get(TeamRow, "T1") is None:
            opened.add_all([TeamRow(id="T1", lead="王主管"), AgentRow(id="A1", name="李晓梅")])
            opened.flush()
        opened.add(
            CallRow(
                id=call_id,
                source="t",
                external_id=call_id,
                sha256=call_id,
                agent_id="A1",
                team_id="T1",
                day=day,
                disposition=said,
                customer_id="13800001234",
            )
        )
        opened.flush()
        opened.add(ObjectionRow(call_id=call_id, type=kind, turn=1, outcome="lost"))


def note(engine: Engine, settings, call_id: str) -> int:
    with session(engine) as opened:
        return note_call(opened, settings, CALLS, opened.get_one(CallRow, call_id), NOW)


def test_a_request_not_to_call_counts_once_a_call(engine, settings) -> None:
    for name in ("c1", "c2"):
        put_call(engine, name)
        assert note(engine, settings, name) == 1
        assert note(engine, settings, name) == 0  # a re-score
    (alert,) = rows(engine, AlertRow)
    assert (alert.scope_key, alert.owner, alert.repeats, alert.metric) == ("T1", "王主管", 2, "")
    (ticket,) = rows(engine, TicketRow)
    assert (ticket.owner, ticket.attribution["hits"], ticket.attribution["calls"]) == ("王主管", 1, 1)
    assert {one["change"] for one in ticket.attribution["parts"]} == {None}  # too few calls to compare
    (message,) = rows(engine, OutboxRow)
    assert "13800001234" not in str(message.document)
    assert "李晓梅" not in str(message.document)


def test_the_ticket_of_a_single_call_says_where_its_like_come_from(engine, settings) -> None:
    """A1 has the sign in 12 of 40 calls, the others in 4 of 80, at every hour and in every campaign alike."""
    with session(engine) as opened:
        opened.add_all([TeamRow(id="T1", lead="王主管"), AgentRow(id="A1"), AgentRow(id="A2")])
        opened.flush()
        for at in range(120):
            agent, of = ("A1", at) if at < 40 else ("A2", at - 40)
            opened.add(
                CallRow(
                    id=f"c{at}",
                    source="t",
                    external_id=f"c{at}",
                    sha256=f"c{at}",
                    day=LAST,
                    agent_id=agent,
                    team_id="T1",
                    campaign="CD"[at % 2],
                    duration_s=100.0,
                    talk_s=90.0,
                    started_at=datetime.combine(LAST, time(at // 2 % 4), UTC),
                )
            )
            opened.flush()
            if of < (12 if agent == "A1" else 4):
                opened.add(ObjectionRow(call_id=f"c{at}", type="do_not_call", turn=1, outcome="lost"))
    assert note(engine, settings, "c3") == 1
    (ticket,) = rows(engine, TicketRow)
    found = ticket.attribution
    assert (found["format"], found["hits"], found["calls"]) == ("callqa.call-causes/1", 16, 120)
    parts = {one["part"]: one for one in found["parts"]}
    assert set(parts) == {"people", "process", "customers", "tools", "environment"}
    people = parts["people"]
    assert [people[name] for name in ("value", "hits", "calls", "other_hits", "other_calls")] == [
        "A1",
        12,
        40,
        4,
        80,
    ]
    assert people["change"] == pytest.approx(0.25)
    assert people["low"] > 0 > parts["customers"]["low"]
    assert (found["largest"], parts["process"]["value"]) == (
        "people",
        "09",
    )  # one o'clock UTC is nine in Shanghai
    assert parts["tools"]["change"] is None  # all calls alike: nothing to compare with


def test_only_the_signs_that_a_rule_names(engine, settings) -> None:
    put_call(engine, "c1", kind="price", said="COMPLAINT")
    assert note(engine, settings, "c1") == 1
    (alert,) = rows(engine, AlertRow)
    assert (alert.rule, alert.scope_key) == ("bad", "c1")


def test_old_calls_are_history(engine, settings) -> None:
    put_call(engine, "c1", day=LAST - timedelta(days=30))
    assert note(engine, settings, "c1") == 0


STORED = parse_rules(
    """\
rules:
  - {id: sales, title: 成交低于目标, kind: k_of_n, metric: sales, scope: team, k: 3, n: 3, below: 0.8, target: stored, min_n: 0}
  - {id: rate, title: 接通率低于目标, kind: k_of_n, metric: connect_rate, scope: team, k: 3, n: 3, below: 0.8, target: stored}
""",
    file="r.yaml",
)


def put_target(engine: Engine, metric: str, unit: str, value: float, last: int = 30) -> None:
    with session(engine) as opened:
        days = date(2026, 11, 1), date(2026, 11, last)
        save_target(opened, Target(metric, unit, value, Scope.TEAM, "T1", "王", *days, 1))


def test_days_are_held_against_the_stored_target(engine, settings) -> None:
    """November has 21 working days: 42 sales are 2 a day, and a day with none counts."""
    low_days(engine, 3)
    assert check_figures(engine, settings, STORED, NOW) == 0  # no target, no alert
    put_target(engine, "connect_rate", "比率", 0.05)
    put_target(engine, "sales", "次", 42)
    assert check_figures(engine, settings, STORED, NOW) == 1
    (alert,) = rows(engine, AlertRow)
    assert (alert.rule, alert.value, alert.usual, alert.bound) == ("sales", 0, 2, pytest.approx(1.6))


def test_the_target_of_the_shorter_period_holds_and_a_withdrawn_one_does_not(engine, settings) -> None:
    low_days(engine, 3)
    put_target(engine, "connect_rate", "比率", 0.05, last=20)
    put_target(engine, "connect_rate", "比率", 0.5)
    assert check_figures(engine, settings, STORED, NOW) == 0
    with session(engine) as opened:
        short = targets_on(opened, LAST)[0]
        assert short.value == 0.05
        withdraw_target(opened, short.id, reason="改", by="王", today=LAST)
    assert check_figures(engine, settings, STORED, NOW) == 1
