"""`callqa coaching`, `callqa experiment`, `callqa report`: the same work as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

from sqlmodel import Session

from api.cli.console import note, out, print_json, table
from api.cli.database import store
from api.cli.opening import parse_day
from api.documents.pdf import pdf
from api.documents.xlsx import xlsx
from api.pages.languages import Language, Words
from api.pages.rubric_shelf import RubricShelf
from models.clock import today_of
from models.coaching_cycle import check_all, find
from models.database import reading, session
from models.experiment_check import check_running
from models.reports import Kind, make_report
from models.settings import Settings
from models.studio.forms import forms_in
from qa_engine.coaching.verdict import NAMES
from qa_engine.errors import BadInput
from qa_engine.insight.experiments.power import contacts_needed

WAITS = {
    "time": "观察期未满",
    "listen": "等待盲听",
    "extended": "样本不足,延长观察",
    "state": "没有在观察",
}
SAYS = {
    "too_few": "样本不足", "go_on": "继续", "harm": "护栏被突破,已停止", "second_better": "第二版本更好",
    "first_better": "第一版本更好", "no_difference": "没有值得采用的差异",
}  # fmt: skip


def _day(settings: Settings, text: str | None) -> date:
    return today_of(settings) if text is None else parse_day(text)


@contextmanager
def _opened(settings: Settings, *, writes: bool) -> Iterator[Session]:
    with store(settings) as engine, session(engine) if writes else reading(engine) as opened:
        yield opened


def show_findings(settings: Settings, *, rubric: str | None, day: str | None, as_json: bool) -> None:
    """Prints findings with n and interval."""
    chosen = rubric or next(iter(settings.rubric_ids), "")
    with _opened(settings, writes=False) as opened:
        found = find(opened, chosen, today=_day(settings, day))
        titles = RubricShelf(forms_in(opened, settings)).item_titles(chosen)
    if as_json:
        print_json(
            {
                "format": "callqa.findings/1",
                "rubric": chosen,
                "by_agent": {agent: [asdict(one) for one in own] for agent, own in found.items()},
            }
        )
        return
    if not found:
        note(
            "没有可靠的差异:样本不足,或差异在误差之内。可用 --day、--rubric 换一段时间或质检表",
            style="yellow",
        )
        return
    rows = [
        (
            agent, titles.get(one.item_id, one.item_id), f"{one.n}", f"{one.lost:.1%}", f"{one.expected:.1%}",
            f"{one.excess * 100:+.1f} [{one.low * 100:.1f}, {one.high * 100:.1f}]", f"{one.points:.2f}",
        )
        for agent, own in found.items()
        for one in own
    ]  # fmt: skip
    heads = ("坐席", "项目", "n", "丢分率", "同类通话的同事", "多丢(95% 区间)", "每通丢分")
    out().print(table(heads, rows, title="发现"))


def check_plans(settings: Settings, *, day: str | None, as_json: bool) -> None:
    """Judges what is due, and says what the others wait for."""
    with _opened(settings, writes=True) as opened:
        checked = check_all(opened, today=_day(settings, day))
    if as_json:
        print_json({"format": "callqa.coaching-check/1", "plans": [asdict(one) for one in checked]})
        return
    rows = [
        (
            f"{one.plan_id}",
            NAMES[one.judgement.outcome] if one.judgement else WAITS[one.waits_for],
            one.judgement.reason if one.judgement else "",
            f"{one.next_plan_id or ''}",
        )
        for one in checked
    ]
    out().print(table(("计划", "结论", "依据", "下一轮"), rows, title="辅导计划"))


def check_experiments(settings: Settings, *, day: str | None, as_json: bool) -> None:
    """Updates every running experiment."""
    with _opened(settings, writes=True) as opened:
        found = [
            (row.id, row.name, standing.says.value, standing.needed)
            for row, standing in check_running(opened, today=_day(settings, day))
        ]
    if as_json:
        keys = ("id", "name", "says", "needed")
        print_json(
            {
                "format": "callqa.experiments/1",
                "experiments": [dict(zip(keys, one, strict=True)) for one in found],
            }
        )
        return
    rows = [(f"{number}", name, SAYS[says], f"{needed:,}") for number, name, says, needed in found]
    out().print(table(("实验", "名称", "结论", "每版本需要接触"), rows, title="话术实验"))


def show_size(base: float, wanted: float) -> None:
    """Prints the contacts that each version needs. Raises `BadInput`."""
    if not (0 < base < 1 and 0 < wanted < 1) or base == wanted:
        raise BadInput("比率要在 0 和 1 之间,且两者不同", hint="例如 callqa experiment size 0.05 0.06")
    out().print(f"{contacts_needed(base, wanted):,}")


def write_report(settings: Settings, kind: Kind, *, to: Path, day: str | None) -> None:
    """Writes a report as its file's ending says. Raises `BadInput`."""
    makers = {".pdf": pdf, ".xlsx": xlsx}
    if to.suffix not in makers:
        raise BadInput(f"不认识的文件类型:{to.suffix or to.name}", hint="请用 .pdf 或 .xlsx 结尾的文件名")
    words, rubric = Words(Language.HANS), next(iter(settings.rubric_ids), "")
    with _opened(settings, writes=False) as opened:
        sheet = make_report(
            opened,
            kind,
            day=_day(settings, day),
            rubric=rubric,
            titles=RubricShelf(forms_in(opened, settings)).item_titles(rubric),
            reason_name=lambda one: words.get(f"objection.{one}", one),
        )
    to.write_bytes(makers[to.suffix](sheet))
    note(f"已写入 {to}")
