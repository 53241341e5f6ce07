"""The morning pack, the weekly and the monthly report, from figures, objections and coaching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from models.agent import AgentRow
from models.analysis import ObjectionRow
from models.call import CallRow, CallState
from models.coaching import CoachingPlanRow, PlanState, list_plans
from models.coaching_clips import worst_own
from models.coaching_cycle import FINDING_DAYS, find, rated_trainings
from models.dial_kpi import By
from models.experiment import ExperimentState, list_experiments
from models.figures import Reading, read_figures
from qa_engine.coaching.note import stamp
from qa_engine.coaching.verdict import NAMES, Outcome
from qa_engine.insight.shares import share_changes
from qa_engine.insight.sheet import Sheet, Table
from qa_engine.kpi.registry import BY_ID, Ratio

FEW = "样本不足"
BACK_DAYS = 14
CALL_BACKS = 3
WEEK, MONTH = 7, 30
MONTH_METRICS = (
    "dials", "connects", "connect_rate", "contacts", "sales", "conversion_contacts", "conversion_dials", "aht", "occupancy",
)  # fmt: skip


class Kind(StrEnum):
    """Which report."""

    MORNING = "morning"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


TITLES = {Kind.MORNING: "晨会资料", Kind.WEEKLY: "周报", Kind.MONTHLY: "月报"}


def make_report(
    opened: Session,
    kind: Kind,
    *,
    day: date,
    rubric: str,
    titles: Mapping[str, str],
    reason_name: Callable[[str], str],
) -> Sheet:
    """The report of a day: the morning of `day`, or the week or month that ends the day before. `titles` names items,
    `reason_name` objections."""
    if kind is Kind.MORNING:
        return Sheet(kind, TITLES[kind], f"{day}", (_morning(opened, day, rubric, titles),))
    days = WEEK if kind is Kind.WEEKLY else MONTH
    last = day - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    tables = [_figures(opened, first, last, days), _reasons(opened, first, last, days, reason_name)]
    if kind is Kind.MONTHLY:
        tables += [_plans(opened, first, last), _trainings(opened), _experiments(opened)]
    return Sheet(kind, TITLES[kind], f"{first} 至 {last}", tuple(tables))


def _morning(opened: Session, day: date, rubric: str, titles: Mapping[str, str]) -> Table:
    first = day - timedelta(days=FINDING_DAYS)
    found = find(opened, rubric, today=day)
    dials = read_figures(
        opened,
        ["dials"],
        first=day - timedelta(days=BACK_DAYS),
        last=day - timedelta(days=1),
        by=By.AGENT,
        daily=True,
    )
    backs = _call_backs(opened, day)
    agents = sorted({one.key for one in dials if one.key} | set(found) | set(backs))
    rows = []
    for agent in agents:
        row = opened.get(AgentRow, agent)
        own = [int(one.value) for one in dials if one.key == agent and one.value]
        focus = found.get(agent, ())[:1]
        clip = focus and worst_own(
            opened, rubric, focus[0].item_id, agent, first=first, last=day - timedelta(days=1)
        )
        rows.append(
            (
                (row.name if row else "") or agent,
                sorted(own)[len(own) // 2] if own else None,
                "、".join(backs.get(agent, ())) or "–",
                f"{clip.clip.call_id} {stamp(clip.clip.start_s)}" if clip else "–",
                f"{titles.get(focus[0].item_id, focus[0].item_id)}(n={focus[0].n})" if focus else "–",
            )
        )
    return Table(
        "今日每人",
        ("坐席", "今日拨打目标", "优先回拨(通话编号)", "听一段", "一个重点"),
        tuple(rows),
        f"拨打目标为近 {BACK_DAYS} 个自然日中有拨打的日子的中位数;回拨为近 {BACK_DAYS} 天异议未解决的通话,最近的在前。",
    )


def _call_backs(opened: Session, day: date) -> Mapping[str, list[str]]:
    """Customers whose objection stayed open, the latest three of each agent. One call a customer."""
    rows = opened.exec(
        select(CallRow)
        .where(
            exists().where(col(ObjectionRow.call_id) == col(CallRow.id), col(ObjectionRow.outcome) == "open"),
            CallRow.day >= day - timedelta(days=BACK_DAYS),
            CallRow.day < day,
            col(CallRow.agent_id).is_not(None),
        )
        .order_by(col(CallRow.started_at).desc(), col(CallRow.id))
    ).all()
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for row in rows:
        own = found.setdefault(row.agent_id or "", [])
        customer = row.customer_id or row.id
        if customer not in seen and len(own) < CALL_BACKS:
            own.append(row.id)
            seen.add(customer)
    return found


def _value(one: Reading | None) -> str:
    if one is None or one.value is None:
        return "–"
    metric = BY_ID[one.metric]
    if not isinstance(one.figure, Ratio):
        return f"{one.figure:,}"
    if one.figure.den < metric.minimum_n:
        return f"{FEW}(n={one.figure.den})"
    text = f"{one.value:.2%}" if metric.unit == "比率" else f"{one.value:.1f}"
    return f"{text}(n={one.figure.den:,})"


def _figures(opened: Session, first: date, last: date, days: int) -> Table:
    def read(begin: date, end: date) -> Mapping[str, Reading]:
        return {one.metric: one for one in read_figures(opened, MONTH_METRICS, first=begin, last=end)}

    now, before = read(first, last), read(first - timedelta(days=days), first - timedelta(days=1))
    return Table(
        "指标",
        ("指标", "本期", "上期", "口径"),
        tuple(
            (BY_ID[name].name_zh, _value(now.get(name)), _value(before.get(name)), BY_ID[name].formula)
            for name in MONTH_METRICS
        ),
        "n 为分母。",
    )


def _counted(opened: Session, first: date, last: date) -> tuple[Counter[str], int]:
    inside = (CallRow.day >= first, CallRow.day <= last, CallRow.state == CallState.DONE)
    rows = opened.exec(
        select(ObjectionRow.type, func.count(func.distinct(col(ObjectionRow.call_id))))
        .join(CallRow, col(CallRow.id) == col(ObjectionRow.call_id))
        .where(*inside)
        .group_by(col(ObjectionRow.type))
    ).all()
    n = opened.exec(select(func.count()).select_from(CallRow).where(*inside)).one()
    return Counter({row[0]: row[1] for row in rows}), n


def _reasons(opened: Session, first: date, last: date, days: int, reason_name: Callable[[str], str]) -> Table:
    now, n_now = _counted(opened, first, last)
    before, n_before = _counted(opened, first - timedelta(days=days), first - timedelta(days=1))
    rows = []
    for one in share_changes(now, before, n_now=n_now, n_before=n_before):
        if one.change is None or one.low is None or one.high is None:
            change = FEW
        else:
            change = f"{one.change * 100:+.1f}(95% 区间 {one.low * 100:+.1f} 至 {one.high * 100:+.1f})"
        rows.append((reason_name(one.reason), one.now, one.before, change, "新出现" if one.is_new else ""))
    return Table(
        "拒绝与异议原因",
        ("原因", "本期通话", "上期通话", "占比变化(百分点)", "标记"),
        tuple(rows),
        f"占比以全部有对话的通话为分母:本期 n={n_now},上期 n={n_before};一通多种原因各计一次。",
    )


def _plans(opened: Session, first: date, last: date) -> Table:
    closed = [
        row
        for row in list_plans(opened, states=[PlanState.DONE])
        if row.judged_on and first <= row.judged_on <= last
    ]
    counted = Counter(row.outcome for row in closed)
    return Table(
        "辅导结论",
        ("结论", "计划数"),
        tuple((NAMES[outcome], counted[outcome.value]) for outcome in Outcome),
        f"本期得出结论的计划 {len(closed)} 个;逾期未完成 {_overdue(opened, last)} 个。",
    )


def _overdue(opened: Session, last: date) -> int:
    rows = opened.exec(
        select(CoachingPlanRow.id).where(
            col(CoachingPlanRow.state).in_([PlanState.DRAFT, PlanState.GIVEN]), CoachingPlanRow.due_on <= last
        )
    ).all()
    return len(rows)


def _trainings(opened: Session) -> Table:
    rows = []
    for one in rated_trainings(opened):
        if one.effect is None or one.low is None or one.high is None:
            text = FEW
        else:
            text = f"{one.effect * 100:+.1f}(95% 区间 {one.low * 100:+.1f} 至 {one.high * 100:+.1f})"
        rows.append((one.training, one.plans, text))
    return Table("策略有效性:培训", ("培训", "计划数", "实测变化(分)"), tuple(rows))


def _experiments(opened: Session) -> Table:
    names = {
        ExperimentState.DRAFT: "未开始", ExperimentState.RUNNING: "进行中", ExperimentState.STOPPED: "已停止",
        ExperimentState.DECIDED: "已定版",
    }  # fmt: skip
    rows = [
        (row.name, names[ExperimentState(row.state)], row.winner or "–", row.reason or row.sop_note)
        for row in list_experiments(opened)
    ]
    return Table("策略有效性:话术实验", ("实验", "状态", "胜出版本", "说明"), tuple(rows))
