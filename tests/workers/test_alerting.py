"""Alerts in a worker: calls that must not wait, figures by the clock, and what survives a fault."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

import models.alert_watch
from models.alert import AlertHitRow, AlertRow
from models.alert_rules import load_rules
from models.alert_watch import check_figures
from models.call import CallRow, CallState
from models.columns import utc_now
from models.database import reading, session
from models.ingest import Handed, receive_transcript
from models.outbox import OutboxRow, Sending
from models.ticket import TicketRow
from qa_engine.calls import CallFacts
from tests.models.call_days import put_day, put_team
from tests.receivers import http_receiver
from workers.alerting import AlertThread
from workers.runner import run_until_idle
from workers.tools import Tools

LINES = [("agent", "您好,我是安心保险"), ("customer", "别再打了行不行"), ("agent", "好的,再见")]
RULES = """\
rules:
  - {id: low, title: 接通率低, kind: k_of_n, metric: connect_rate, scope: team, k: 3, n: 3, below: 0.8, target: 0.2, min_n: 50}
  - {id: dnc, title: 别再打, kind: call, sign: objection, values: [do_not_call], scope: team}
"""


@pytest.fixture
def alerted(tools: Tools, tmp_path) -> Tools:
    """The same worker with rules of its own."""
    (tmp_path / "alerts.yaml").write_text(RULES, "utf-8")
    tools.settings = tools.settings.model_copy(
        update={
            "alert_rules": tmp_path / "alerts.yaml",
            "alert_hosts": "127.0.0.1",
            "alert_webhook_url": SecretStr("http://127.0.0.1:9/unused"),
        }
    )
    return tools


def hand_in(tools: Tools, name: str) -> str:
    turns = [
        {"role": role, "start_s": 3.0 * at, "end_s": 3.0 * at + 2.5, "text": text}
        for at, (role, text) in enumerate(LINES)
    ]
    document = {"format": "callqa.transcript/1", "call_id": name, "duration_s": 10.0, "turns": turns}
    facts = CallFacts("A1", "李晓梅", "T1", "ins", "outbound", utc_now())
    return receive_transcript(
        tools.engine,
        tools.storage,
        settings=tools.settings,
        handed=Handed(facts, "test", name),
        document=json.dumps(document).encode(),
    ).call_id


def rows(tools: Tools, table):
    with reading(tools.engine) as opened:
        return opened.exec(select(table)).all()


def low_days(tools: Tools) -> None:
    today = utc_now().astimezone(tools.settings.zone).date()
    with session(tools.engine) as opened:
        put_team(opened, "T1", "王主管")
        for back in range(1, 4):
            put_day(opened, today - timedelta(days=back), dials=60, connects=3)


def test_a_call_alerts_as_it_ends(alerted) -> None:
    call_id = hand_in(alerted, "c1")
    run_until_idle(alerted)
    (alert,) = rows(alerted, AlertRow)
    assert (alert.rule, alert.scope_key) == ("dnc", "T1")
    (hit,) = rows(alerted, AlertHitRow)
    assert hit.call_id == call_id
    assert len(rows(alerted, OutboxRow)) == 1


def test_a_fault_while_alerting_leaves_no_half(alerted, monkeypatch) -> None:
    """The call is not ended without its alert, nor alerted without being ended."""

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("disk full")

    hand_in(alerted, "c1")
    with monkeypatch.context() as fault:
        fault.setattr(models.alert_watch, "put_message", broken)
        run_until_idle(alerted)
    assert rows(alerted, AlertRow) == []
    (call,) = rows(alerted, CallRow)
    assert call.state != CallState.DONE


def test_broken_rules_hold_no_call_up(alerted) -> None:
    alerted.settings.alert_rules.write_text("rules: [", "utf-8")
    hand_in(alerted, "c1")
    run_until_idle(alerted)
    (call,) = rows(alerted, CallRow)
    assert call.state == CallState.DONE
    assert rows(alerted, AlertRow) == []


def test_one_turn_of_the_worker_judges_and_sends(alerted) -> None:
    low_days(alerted)
    with http_receiver() as server:
        alerted.settings = alerted.settings.model_copy(update={"alert_webhook_url": SecretStr(server.url)})
        AlertThread(alerted).tick()
    (message,) = rows(alerted, OutboxRow)
    assert message.state == Sending.SENT
    assert [headers["X-CallQA-Id"] for _, headers, _ in server.requests] == ["alert-1-1"]


def test_only_the_worker_with_the_duty_looks(alerted) -> None:
    low_days(alerted)
    other = Tools(alerted.settings, worker="other")
    AlertThread(alerted).tick()
    AlertThread(other).tick()
    other.engine.dispose()
    assert [len(rows(alerted, table)) for table in (AlertRow, TicketRow, OutboxRow)] == [1, 1, 1]


def test_two_workers_that_look_at_once_open_one_alert(alerted) -> None:
    """The duty may change hands in the middle of a look: the rows decide, not the lease."""
    low_days(alerted)
    book, now = load_rules(alerted.settings), utc_now()
    found: list[int] = []
    start = threading.Barrier(3)

    def one_look() -> None:
        start.wait()
        found.append(check_figures(alerted.engine, alerted.settings, book, now))

    threads = [threading.Thread(target=one_look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 1
    assert [len(rows(alerted, table)) for table in (AlertRow, TicketRow, OutboxRow)] == [1, 1, 1]
