"""The morning pack, the weekly and the monthly report, from figures, objections and coaching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from models.agent import AgentRow
from models.analysis import ObjectionRow
from models.call import CallRow, CallState
from models.coaching import CoachingPlanRow, PlanState, list_plans
from models.coaching_clips import worst_own
from models.coaching_cycle import FINDING_DAYS, find, rated_trainings
from models.database import chunks
from models.dial_kpi import By
from models.experiment import ExperimentState, list_experiments
from models.figures import read_figures
from models.report_figures import FEW, figures_table
from models.target_report import dials_asked, target_table
from qa_engine.coaching.note import stamp
from qa_engine.coaching.verdict import NAMES, Outcome
from qa_engine.insight.shares import share_changes
from qa_engine.insight.sheet import Sheet, Table

BACK_DAYS = 14
CALL_BACKS = 3
IN_A_QUERY = 500
"""Ids that a query names at most: databases count their parameters."""
LISTEN = 4
"""The column of the morning that names a stretch to hear."""
WEEK, MONTH = 7, 30


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
        return Sheet(kind, TITLES[kind], f"{day}", (_morning(opened, day, rubric, titles, reason_name),))
    days = WEEK if kind is Kind.WEEKLY else MONTH
    last = day - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    tables = [figures_table(opened, first, last, days), _reasons(opened, first, last, days, reason_name)]
    if kind is Kind.MONTHLY:
        tables += [
            target_table(opened, first, last),
            _plans(opened, first, last),
            _trainings(opened),
            _experiments(opened),
        ]
    return Sheet(kind, TITLES[kind], f"{first} 至 {last}", tuple(tables))


def _morning(
    opened: Session, day: date, rubric: str, titles: Mapping[str, str], reason_name: Callable[[str], str]
) -> Table:
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
    backs = _call_backs(opened, day, reason_name)
    asked = dials_asked(opened, day)
    plans = {
        plan.agent_id: plan
        for plan in reversed(list_plans(opened, states=[PlanState.GIVEN, PlanState.RUNNING]))
        if not plan.is_holdout
    }
    agents = sorted({one.key for one in dials if one.key} | set(found) | set(backs) | set(asked) | set(plans))
    rows, links = [], {}
    for line, agent in enumerate(agents):
        row = opened.get(AgentRow, agent)
        own = [int(one.value) for one in dials if one.key == agent and one.value]
        focus = found.get(agent, ())[:1]
        clip = focus and worst_own(
            opened, rubric, focus[0].item_id, agent, first=first, last=day - timedelta(days=1)
        )
        listen = (clip.clip.call_id, clip.clip.start_s) if clip else None
        said = f"{titles.get(focus[0].item_id, focus[0].item_id)}(n={focus[0].n})" if focus else "–"
        if not focus and agent in plans:
            said, listen = _from_plan(plans[agent])
        if listen:
            links[line, LISTEN] = f"/calls/{listen[0]}?at={listen[1]:.1f}"
        rows.append(
            (
                (row.name if row else "") or agent,
                asked[agent] if agent in asked else sorted(own)[len(own) // 2] if own else None,
                "目标" if agent in asked else "近期中位数" if own else "–",
                "、".join(backs.get(agent, ())) or "–",
                f"{listen[0]} {stamp(listen[1])}" if listen else "–",
                said,
            )
        )
    return Table(
        "今日每人",
        ("坐席", "今日拨打目标", "依据", "优先回拨(未解决的异议)", "听一段", "一个重点"),
        tuple(rows),
        f"有个人拨打、接通、有效接触或成交目标的,按剩余工作日和本人近 12 周的比率倒推;"
        f"没有的取近 {BACK_DAYS} 个自然日中有拨打的日子的中位数;回拨为近 {BACK_DAYS} 天异议未解决的通话,最近的在前;"
        "重点为与同事相比可靠的差异,没有的取正在辅导的项目。",
        links,
    )


def _from_plan(plan: CoachingPlanRow) -> tuple[str, tuple[str, float] | None]:
    """What an agent who is being coached works on, and the best example of it, else the own call that showed the need."""
    clip = plan.model_clip or plan.clip
    return f"{plan.item_title or plan.item_id}(辅导中)", (clip["call_id"], clip["start_s"]) if clip else None


def _call_backs(opened: Session, day: date, reason_name: Callable[[str], str]) -> Mapping[str, list[str]]:
    """Customers whose objection stayed open, the latest three of each agent: call, objections, day. One call a customer."""
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
    chosen: dict[str, list[CallRow]] = {}
    seen: set[str] = set()
    for row in rows:
        own = chosen.setdefault(row.agent_id or "", [])
        customer = row.customer_id or row.id
        if customer not in seen and len(own) < CALL_BACKS:
            own.append(row)
            seen.add(customer)
    left = _left_open(opened, [row.id for own in chosen.values() for row in own], reason_name)
    return {
        agent: [f"{row.id} {'/'.join(left[row.id])} {row.day:%m-%d}" for row in own]
        for agent, own in chosen.items()
    }


def _left_open(
    opened: Session, calls: Sequence[str], reason_name: Callable[[str], str]
) -> Mapping[str, Sequence[str]]:
    """The objections of each call that stayed open, by name, as they were raised."""
    left: dict[str, list[str]] = {}
    for some in chunks(calls, IN_A_QUERY):
        for call_id, kind in opened.exec(
            select(ObjectionRow.call_id, ObjectionRow.type)
            .where(col(ObjectionRow.outcome) == "open", col(ObjectionRow.call_id).in_(some))
            .order_by(col(ObjectionRow.id))
        ):
            names = left.setdefault(call_id, [])
            if (name := reason_name(kind)) not in names:
                names.append(name)
    return left


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
    rows, links = [], {}
    spans = ((first, last), (first - timedelta(days=days), first - timedelta(days=1)))
    for line, one in enumerate(share_changes(now, before, n_now=n_now, n_before=n_before)):
        for column, (begin, end) in enumerate(spans, start=1):
            links[line, column] = f"/?{urlencode({'objection': one.reason, 'from': begin, 'to': end})}"
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
        links,
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
    return Table("策略有效性:培训", ("培训", "计划数", "实测变化(百分点)"), tuple(rows))


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
