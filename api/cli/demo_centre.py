"""What the demonstration adds to its calls: sixty days of the dialer, and what a manager has set up over them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.cli.console import note
from api.cli.demo_coaching import REMINDER, check_plans, practise
from api.pages.languages import full_width
from fixtures.operations.attempts import Attempt
from fixtures.operations.centre import FIRST, HOLIDAYS, LAST, LEADS, SHIFTED_IN
from fixtures.operations.crm import write_crm
from fixtures.operations.people import write_people
from fixtures.operations.transcripts import CHANGE, SPARSE
from fixtures.operations.vicidial import write_exports
from models.agent import AgentRow, TeamRow
from models.alert_rules import load_rules
from models.alert_watch import check_figures
from models.calendar_import import import_calendar
from models.coaching import WINDOW_DAYS, CoachingPlanRow, acknowledge, give
from models.coaching_clips import best_peer, worst_own
from models.database import open_database, session
from models.dial_import import ImportOrder, run_import
from models.experiment import ExperimentRow, start
from models.experiment_check import check_running
from models.people import import_people
from models.scorecard import approve_schedule, save_schedule
from models.settings import Settings
from models.target import TargetRow, save_split, save_target
from models.target_figures import next_level
from qa_engine.coaching.note import stamp
from qa_engine.crm.mapping import as_named
from qa_engine.targets.split import split_value
from qa_engine.targets.target import Scope, Target

TODAY = LAST + timedelta(days=1)
"""The demonstration's own today: the day after the last calls, whenever it is run."""
MANAGER = "林岚"
QUARTER = date(2026, 10, 1), date(2026, 12, 31)
ALERT_DAYS = 21
RUBRIC = "telesales-standard"
TITLES = {
    "objection.acknowledged": "异议先认同",
    "opening.recording_notice": "告知通话录音",
    "compliance.respects_refusal": "尊重“别再打了”:停止推销并确认移除",
}
SCHEDULE = Path(__file__).parent / "demo_schedule.yaml"


def import_dials(settings: Settings, source: str, dials: Sequence[Attempt]) -> int:
    """The exports of the dialer and the CRM, made and taken in by the importers; returns how many dials are new."""
    with tempfile.TemporaryDirectory(prefix="callqa-") as folder:
        crm = Path(folder) / "crm"
        write_exports(dials, Path(folder) / "dialer")
        crm.mkdir()
        write_crm(dials, crm)
        report = run_import(settings, ImportOrder("vicidial", [f"{folder}/dialer"], source))
        for table in ("orders", "tickets"):  # after the calls that led to them
            run_import(settings, ImportOrder(table, [str(crm / f"{table}.csv")], table, as_named(table)))
    log = report.files["vicidial_log"]
    note(f"外呼 {FIRST} 至 {LAST}:新导入 {log.stored:,} 次,已有 {log.rows_in - log.stored:,} 次")
    return log.stored


def import_people_and_days(settings: Settings) -> None:
    """Who is in which team and where and who leads it, before the first call, so that every alert has its owner; holidays
    and the days worked in exchange."""
    rows = [f"{day},放假,节假日\n" for day in sorted(HOLIDAYS)]
    rows += [f"{day},调休上班,调休\n" for day in sorted(SHIFTED_IN)]
    engine = open_database(settings.database_url)
    with tempfile.TemporaryDirectory(prefix="callqa-") as folder:
        people, calendar = Path(folder) / "people.csv", Path(folder) / "calendar.csv"
        write_people(people)
        calendar.write_text("日期,类型,名称\n" + "".join(rows), "utf-8")
        import_people(engine, people)
        import_calendar(engine, calendar)
    with session(engine) as opened:
        for team_id, lead in LEADS.items():
            row = opened.get(TeamRow, team_id)
            if row is not None and not row.lead:
                row.lead = lead
    engine.dispose()


def set_up(engine: Engine) -> None:
    """Weights, the quarter's targets, an experiment, plans; what is there already stays."""
    with session(engine) as opened:
        schedule = save_schedule(opened, SCHEDULE.read_text("utf-8"), file=SCHEDULE.name)
        if schedule.approved_at is None:
            approve_schedule(opened, schedule.id, schedule.version, by=MANAGER)
        if opened.exec(select(TargetRow.id).limit(1)).first() is None:
            _targets(opened)
        if opened.exec(select(ExperimentRow.id).limit(1)).first() is None:
            _experiment(opened)
        if opened.exec(select(CoachingPlanRow.id).limit(1)).first() is None:
            _plan(opened, "A005", "objection.acknowledged", "先接住异议,再回答", started_on=date(2026, 11, 6))
            _plan(opened, "A003", "compliance.respects_refusal", "合规复训:客户拒绝之后")
            _plan(opened, SPARSE.agent_id, SPARSE.habit, REMINDER, started_on=CHANGE - timedelta(days=14))
            practise(opened)


def _targets(opened: Session) -> None:
    """Sales of the quarter, split to regions, teams and agents by September's share, and a connect rate."""
    sales = Target("sales", "次", 900.0, Scope.COMPANY, "", MANAGER, *QUARTER, baseline=820.0)
    rate = Target("connect_rate", "比率", 0.16, Scope.COMPANY, "", MANAGER, *QUARTER, baseline=0.15)
    save_target(opened, rate)
    waiting = [save_target(opened, sales)]
    while waiting:
        row = waiting.pop()
        scope, members = next_level(opened, row.target, before=row.starts)
        portions = split_value(row.value, [(key, history, None) for key, history in members], whole=True)
        made = save_split(opened, row.id, scope, portions, owners=dict(LEADS) if scope is Scope.TEAM else {})
        waiting += [] if scope is Scope.AGENT else made


def _experiment(opened: Session) -> None:
    """Two openings, compared since the middle of October; the versions are heard in the sample calls."""
    row = ExperimentRow(
        name=full_width("保险开场白:先问时间 / 先说来意"),
        campaign="ins-2026",
        owner=MANAGER,
        metric="conversion",
        base=0.12,
        least=0.03,
        versions=[
            {
                "id": "A",
                "title": "先问时间",
                "lines": ["请问您现在接电话方便吗", "现在占用您几分钟方便吗"],
                "teams": [],
            },
            {
                "id": "B",
                "title": "先说来意",
                "lines": ["这边有一款家庭意外险跟您介绍一下", "我来给您做个说明"],
                "teams": [],
            },
        ],
    )
    start(row, today=date(2026, 10, 19))
    opened.add(row)


def _plan(
    opened: Session, agent_id: str, item_id: str, training: str, *, started_on: date | None = None
) -> None:
    """A plan over the agent's own worst call, begun on a day or handed over today. The sample calls are too few for a
    finding with an interval, so that the note gives none."""
    last = (started_on or TODAY) - timedelta(days=1)
    own = worst_own(opened, RUBRIC, item_id, agent_id, first=last - timedelta(days=WINDOW_DAYS), last=last)
    peer = best_peer(
        opened,
        RUBRIC,
        item_id,
        not_of=agent_id,
        campaign=own.campaign if own else "",
        first=last - timedelta(days=WINDOW_DAYS),
        last=last,
    )
    agent = opened.get(AgentRow, agent_id)
    if own is None or agent is None:  # the calls were recognised otherwise
        return
    quote = f"听到“{own.clip.quote}”" if own.clip.quote else "没有听到这一项要求的内容"
    row = CoachingPlanRow(
        agent_id=agent_id,
        rubric=RUBRIC,
        item_id=item_id,
        item_title=TITLES[item_id],
        owner=MANAGER,
        training=full_width(training),
        due_on=(started_on or TODAY) + timedelta(days=WINDOW_DAYS),
        situation=full_width(f"{own.day} {own.campaign} 与客户的通话(编号 {own.clip.call_id})。"),
        behaviour=full_width(f"{stamp(own.clip.start_s)} 处{quote}。{own.coach}"),
        impact=full_width("客户没有得到回应,通话在此之后没有进展。"),
        clip=asdict(own.clip),
        model_clip=asdict(peer.clip) if peer else None,
    )
    opened.add(row)
    opened.flush()
    give(row)
    if started_on is not None:
        acknowledge(row, name=agent.name, today=started_on)


def judge_days(settings: Settings, engine: Engine) -> None:
    """Alerts day after day, as they would have come; then plans and experiments as they stand."""
    book = load_rules(settings)
    new = 0
    for back in range(ALERT_DAYS, -1, -7):
        noon = datetime.combine(TODAY - timedelta(days=back), time(12), settings.zone)
        new += check_figures(engine, settings, book, noon)
    with session(engine) as opened:
        for day in (CHANGE, TODAY):
            check_plans(opened, today=day)
        check_running(opened, today=TODAY)
    note(f"预警:新 {new} 条")
