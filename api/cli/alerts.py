"""`callqa alerts` and `callqa attribute`: rules, open alerts, a check now, messages; why a rate changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock
from pathlib import Path

from api.cli.console import note, out, print_json, table
from api.cli.database import store
from api.cli.opening import parse_day
from models.agent import TeamRow
from models.alert import AlertFilter, list_alerts
from models.alert_rules import load_rules, read_rules
from models.alert_watch import check_figures, explained
from models.attribution import Question, Span
from models.columns import utc_now
from models.database import reading, session
from models.notify.channels import addresses
from models.notify.deliver import deliver, send_waiting
from models.settings import Settings
from qa_engine.alerts.messages import Message
from qa_engine.alerts.rules import Channel, Scope
from qa_engine.alerts.words import in_words, scope_text, value_text
from qa_engine.errors import BadInput

ALERTS_FORMAT = "callqa.alerts/1"
PARTS: Mapping[str, str] = {
    "people_mix": "人员:谁在打",
    "people_behaviour": "人员:个人变化",
    "process": "流程:时段",
    "customers": "客户:活动与名单",
    "tools": "工具:线路与静音",
    "environment": "环境:星期与节假日",
    "unexplained": "未解释",
}


def show_rules(settings: Settings, file: Path | None) -> int:
    """Checks a rule file and says each rule in words."""
    book = read_rules(file) if file else load_rules(settings)
    rows = [(rule.id, rule.title, in_words(rule), rule.owner or "团队主管") for rule in book.rules]
    out().print(table(("规则", "名称", "何时预警", "负责人"), rows, title=f"{len(rows)} 条规则"))
    return 0


def show_alerts(settings: Settings, *, state: str, as_json: bool) -> int:
    """Open alerts first."""
    with store(settings) as engine, reading(engine) as opened:
        found, total = list_alerts(opened, AlertFilter(state=state), size=200)
    if as_json:
        rows = [alert.model_dump(mode="json") for alert in found]
        print_json({"format": ALERTS_FORMAT, "total": total, "alerts": rows})
        return 0
    lines = [
        (
            str(alert.id),
            alert.state,
            alert.title,
            scope_text(Scope(alert.scope), alert.scope_key),
            f"{value_text(alert.metric, alert.value)}(n = {alert.n})" if alert.metric else "",
            alert.last_day.isoformat(),
            str(alert.repeats),
            alert.owner or "未指派",
        )
        for alert in found
    ]
    columns = ("编号", "状态", "预警", "范围", "数值", "日期", "次数", "负责人")
    out().print(table(columns, lines, title=f"共 {total} 条"))
    return 0


def check(settings: Settings, *, as_of: str | None) -> int:
    """Judges the rules now, or as they would have been judged at noon of a day."""
    book = load_rules(settings)
    now = (
        datetime.combine(parse_day(as_of, option="--as-of"), clock(12), settings.zone) if as_of else utc_now()
    )
    with store(settings) as engine:
        new = check_figures(engine, settings, book, now)
    note(f"{len(book.rules)} 条规则,新触发 {new} 次")
    return 0


def send(settings: Settings) -> int:
    """Sends what is due; exit 1 where something was not taken."""
    with store(settings) as engine:
        done, failed = send_waiting(engine, settings, limit=1000)
    note(f"发出 {done} 条,未发出 {failed} 条(会自动重试)")
    return 1 if failed else 0


def try_channel(settings: Settings, name: str) -> int:
    """Sends a message that says it is a test. Raises what the channel raises."""
    if name not in set(Channel):
        raise BadInput(f"不认识的渠道 {name}", hint=f"可用:{'、'.join(Channel)}")
    if Channel(name) not in addresses(settings):
        raise BadInput(f"渠道 {name} 没有设置", hint="见 docs/alerts.md 的设置")
    message = Message(
        f"test-{int(time.time())}",
        "【测试】CallQA 预警",
        ("收到这条消息说明渠道设置正确。",),
        settings.public_url or "",
    )
    deliver(settings, Channel(name), message, int(time.time()))
    note(f"渠道 {name} 已送达")
    return 0


def set_lead(settings: Settings, team: str, name: str) -> int:
    """Who owns a team's alerts from now on."""
    with store(settings) as engine, session(engine) as opened:
        row = opened.get(TeamRow, team) or TeamRow(id=team)
        row.lead = name
        opened.add(row)
    note(f"团队 {team} 的预警负责人:{name or '(无)'}")
    return 0


def attribute(settings: Settings, asked: Question, *, as_json: bool) -> int:
    """Why a rate changed; exit 1 where there is no answer."""
    with store(settings) as engine, reading(engine) as opened:
        found = explained(opened, asked, settings, load_rules(settings))
    if as_json:
        print_json(found)
        return 1 if "refused" in found else 0
    if "refused" in found:
        raise BadInput(str(found["refused"]), hint=str(found["hint"]))
    out().print(_attribution_table(found))
    return 0


def _attribution_table(found: Mapping[str, object]) -> object:
    before, after, parts = found["before"], found["after"], found["parts"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert isinstance(parts, list)
    metric = str(found["metric"])

    def points(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:+.2f}"

    rows = [("前期", value_text(metric, before["value"]), f"n = {before['n']:,}")]
    rows += [
        (PARTS[part["part"]], points(part["value"]), f"{points(part['low'])} … {points(part['high'])}")
        for part in parts
    ]
    rows.append(("后期", value_text(metric, after["value"]), f"n = {after['n']:,}"))
    return table(("因素", "影响(百分点)", "95 % 区间"), rows, title=f"{metric} 的变化")


def span(first: str, last: str) -> Span:
    """Days of an option pair. Raises `BadInput`."""
    days = Span(parse_day(first, option="--from"), parse_day(last, option="--to"))
    if days.first > days.last:
        raise BadInput(f"{first} 晚于 {last}", hint="起始日期应在结束日期之前")
    return days
