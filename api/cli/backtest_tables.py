"""A back-test for people: tables on stdout."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from api.cli.console import out, table
from api.cli.labels import RESULTS, VERDICTS
from qa_engine.quality.backtest import ABSENT
from qa_engine.quality.backtest_report import (
    AutoFailChange,
    BackTestReport,
    Example,
    ItemReport,
    Reviewed,
    Transition,
)
from qa_engine.quality.estimates import Mean, Share

FORMS = {"same": "未改", "changed": "改动", "added": "新增", "removed": "删除"}
SHOWN_AGENTS = 30
SHOWN_EXAMPLES = 3


def show_report(report: BackTestReport) -> None:
    """Score, results, agents, auto-fails, items."""
    console = out()
    old, new = report.old, report.new
    console.print(
        Text(f"{old.rubric} v{old.version}({old.sha256[:8]})→ {new.rubric} v{new.version}({new.sha256[:8]})"),
        style="bold",
    )
    console.print(
        f"比较 {report.compared} 通;只适用旧表 {report.only_old},只适用新表 {report.only_new},都不适用 {report.neither}"
    )
    if not report.compared:
        return
    console.print(
        f"平均分 {_mean(report.old_score)} → {_mean(report.new_score)},变化 {_change(report.score_change)}"
    )
    rows = [(RESULTS[t.old], RESULTS[t.new], str(t.calls)) for t in report.results]
    console.print(table(("旧结果", "新结果", "通数"), rows, title="结果"))
    _show_agents(report)
    _show_auto_fails("新增的一票否决", report.auto_fails_gained)
    _show_auto_fails("消失的一票否决", report.auto_fails_lost)
    points = report.adjustments
    if any(mean.mean for mean in (points.old_bonus, points.new_bonus, points.old_deduct, points.new_deduct)):
        console.print(
            f"每通加分 {_mean(points.old_bonus)} → {_mean(points.new_bonus)},"
            f"扣分 {_mean(points.old_deduct)} → {_mean(points.new_deduct)}"
        )
    _show_items(report.items)
    _show_reviews(report.items)


def _show_agents(report: BackTestReport) -> None:
    known = [agent for agent in report.agents if agent.change.mean]
    known.sort(key=lambda agent: -abs(agent.change.mean or 0.0))
    if not known:
        return
    rows = [
        (
            agent.agent_id or "(未知)",
            str(agent.change.n),
            _mean(agent.old),
            _mean(agent.new),
            _change(agent.change),
        )
        for agent in known[:SHOWN_AGENTS]
    ]
    title = f"分数有变化的坐席 {len(known)} / {len(report.agents)}"
    out().print(table(("坐席", "通数", "旧", "新", "变化(95% 区间)"), rows, title=title))


def _show_auto_fails(title: str, found: AutoFailChange) -> None:
    if not found.calls:
        return
    items = "、".join(f"{item} {calls}" for item, calls in found.items.items())
    out().print(Text(f"{title}:{found.calls} 通({items})", style="bold red"))
    for example in found.examples[:SHOWN_EXAMPLES]:
        out().print(Text(f"  {_place(example)}"))


def _show_items(items: Iterable[ItemReport]) -> None:
    rows = [
        (
            item.id,
            FORMS[item.form],
            f"{item.changed} / {item.calls}",
            "\n".join(_transition(t) for t in item.transitions if t.old != t.new),
            "\n".join(_place(example) for example in item.examples[:SHOWN_EXAMPLES]),
        )
        for item in items
        if item.changed or item.form != "same"
    ]
    if rows:
        columns = ("检查项", "表", "判定改变", "改变", "可以听的通话")
        out().print(table(columns, rows, title="检查项"))
    else:
        out().print("没有一个判定改变")


def _show_reviews(items: Iterable[ItemReport]) -> None:
    rows = [
        (item.id, str(new.reviewed), *_pair(old, new))
        for item in items
        if (old := item.old_review) is not None and (new := item.new_review) is not None
    ]
    if rows:
        columns = ("检查项", "复核数", "准确率 旧 → 新", "召回率 旧 → 新", "一致率 旧 → 新")
        out().print(table(columns, rows, title="与复核对照(查“不符合”,95% 区间)"))


def _pair(old: Reviewed, new: Reviewed) -> tuple[str, str, str]:
    return (
        f"{_share(old.precision)} → {_share(new.precision)}",
        f"{_share(old.recall)} → {_share(new.recall)}",
        f"{_share(old.agreement)} → {_share(new.agreement)}",
    )


def _mean(mean: Mean) -> str:
    return "—" if mean.mean is None else f"{mean.mean:g}"


def _change(mean: Mean) -> str:
    if mean.mean is None:
        return "—"
    if mean.low is None or mean.high is None:
        return f"{mean.mean:+g}(n = {mean.n})"
    return f"{mean.mean:+g}({mean.low:+g} 至 {mean.high:+g},n = {mean.n})"


def _share(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "—"
    return f"{share.share:.0%}({share.low:.0%}–{share.high:.0%},n = {share.n})"


def _transition(found: Transition) -> str:
    return f"{_verdict(found.old)} → {_verdict(found.new)} {found.calls}"


def _verdict(verdict: str) -> str:
    return "(没有)" if verdict == ABSENT else VERDICTS[verdict]


def _place(example: Example) -> str:
    if example.start_ms is None:
        return example.call_id
    if example.turn is None:
        return f"{example.call_id} {example.start_ms}–{example.end_ms} ms"
    return (
        f"{example.call_id} 第 {example.turn + 1} 句 {example.start_ms}–{example.end_ms} ms “{example.words}”"
    )
