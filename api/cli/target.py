"""`callqa target …`: targets, their split, path and calibration."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.console import note, out, print_json, table
from api.cli.opening import parse_day, writing
from models.agent import set_region as place
from models.clock import today_of
from models.settings import Settings
from models.target import get_target, save_target, targets_on
from models.target_change import changes_of, restore_target, withdraw_target
from models.target_figures import standings
from models.target_path import chance, keep_split, propose_split, read_path
from models.target_rules import calibrate_target, declare_rule
from models.target_scope import for_known
from qa_engine.errors import BadInput
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.calibration import DeclaredRule, Rule
from qa_engine.targets.target import Scope, Target, check_target


@dataclass(frozen=True, slots=True)
class Draft:
    """A target as it was typed."""

    metric: str
    value: float
    first: str
    last: str
    owner: str
    baseline: float
    scope: str
    scope_id: str
    stretch: float

    def target(self) -> Target:
        """Raises `BadInput` for dates and scopes that are none."""
        unit = BY_ID[self.metric].unit if self.metric in BY_ID else ""
        days = parse_day(self.first), parse_day(self.last)
        return Target(
            self.metric,
            unit,
            self.value,
            _scope(self.scope),
            self.scope_id,
            self.owner,
            *days,
            self.baseline,
            self.stretch,
        )


def _scope(name: str) -> Scope:
    if name not in set(Scope):
        raise BadInput(f"没有范围 {name}", hint="应为 " + "、".join(Scope))
    return Scope(name)


def _rule(name: str) -> Rule:
    if name not in set(Rule):
        raise BadInput(f"没有规则 {name}", hint="应为 " + "、".join(Rule))
    return Rule(name)


def add(settings: Settings, draft: Draft, *, dry_run: bool) -> None:
    """Checks, warns from history, and stores unless `dry_run`."""
    target = draft.target()
    check_target(target)
    with writing(settings) as opened:
        target = for_known(opened, target)
        likely = chance(opened, target, today=today_of(settings))
        row = None if dry_run else save_target(opened, target)
    if likely.probability is not None:
        note(f"按前 {likely.weeks} 周历史,达到的可能性为 {likely.probability:.0%}")
    if likely.warning:
        note(f"提示:{likely.warning}", style="yellow")
    out().print(row.id if row else "没有保存")


def show(settings: Settings, day: str | None, *, as_json: bool) -> None:
    """Targets of a day with what is due and reached."""
    with writing(settings) as opened:
        on = parse_day(day) if day else today_of(settings)
        found = [(one.row, one.reached) for one in standings(opened, targets_on(opened, on), today=on)]
    if as_json:
        print_json(
            [
                {
                    **{
                        name: getattr(row, name)
                        for name in (
                            "id",
                            "parent_id",
                            "metric",
                            "unit",
                            "value",
                            "scope",
                            "scope_id",
                            "owner",
                        )
                    },
                    "from": row.starts.isoformat(),
                    "to": row.ends.isoformat(),
                    "actual": reached.actual,
                    "due": reached.due,
                    "attainment": reached.rate,
                    "attainment_total": reached.total,
                }
                for row, reached in found
            ]
        )
        return
    if not found:
        note("这一天没有目标。新建:callqa target add", style="yellow")
        return
    rows = [
        (
            row.id,
            f"{row.scope} {row.scope_id}".strip(),
            BY_ID[row.metric].name_zh,
            f"{row.value:g}",
            f"{reached.due:.4g}",
            "—" if reached.actual is None else f"{reached.actual:.4g}",
            "—" if reached.rate is None else f"{reached.rate:.0%}",
            row.owner,
        )
        for row, reached in found
    ]
    heads = ("编号", "范围", "指标", "目标", "应达(按工作日)", "实际", "达成率", "负责人")
    out().print(table(heads, rows, title=f"{on} 的目标"))


def withdraw(settings: Settings, target_id: str, *, reason: str, by: str) -> None:
    """Takes it back with those below it."""
    with writing(settings) as opened:
        n = withdraw_target(opened, target_id, reason=reason, by=by, today=today_of(settings))
    note(f"已撤回 {n} 个目标;恢复:callqa target restore {target_id} --by 姓名")


def restore(settings: Settings, target_id: str, *, by: str) -> None:
    """Brings it back."""
    with writing(settings) as opened:
        n = restore_target(opened, target_id, by=by, today=today_of(settings))
    note(f"已恢复 {n} 个目标")


def set_region(settings: Settings, team: str, region: str) -> None:
    """Puts a team into a region, "" takes it out."""
    with writing(settings) as opened:
        place(opened, team, region)
    note(f"团队 {team} 的区域:{region.strip() or '(无)'}")


def split(
    settings: Settings,
    target_id: str,
    shares: Sequence[str],
    *,
    to: str = "",
    potential: Path | None,
    save: bool,
    as_json: bool,
) -> None:
    """Shows the portions of the next level, and stores them with `save`."""
    market = _potentials(potential) if potential else {}
    edited = dict(_share(text) for text in shares)
    with writing(settings) as opened:
        row = get_target(opened, target_id)
        scope, portions = propose_split(
            opened,
            row,
            today=today_of(settings),
            to=_scope(to) if to else None,
            potential=market,
            shares=edited,
        )
        if save:
            keep_split(opened, row, scope, portions, owners={})
    if as_json:
        print_json(
            [
                {
                    "id": one.key,
                    "history": one.history,
                    "potential": one.potential,
                    "share": one.share,
                    "value": one.value,
                }
                for one in portions
            ]
        )
        return
    lines = [
        (
            one.key,
            f"{one.history:g}",
            "—" if one.potential is None else f"{one.potential:g}",
            f"{one.share:.1%}",
            f"{one.value:g}",
        )
        for one in portions
    ]
    title = f"拆分 {row.value:g}(加码 {row.stretch:.0%})" + ("" if save else ",预览,没有保存")
    out().print(table((scope.value, "历史", "潜力", "份额", "目标"), lines, title=title))


def _potentials(file: Path) -> dict[str, float]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            return {row["id"]: float(row["potential"]) for row in csv.DictReader(rows)}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise BadInput(
            f"市场潜力文件 {file.name} 无法读取", hint="CSV 应有 id 和 potential 两列,潜力为数字"
        ) from error


def _share(text: str) -> tuple[str, float]:
    key, _, share = text.rpartition("=")
    try:
        return key, float(share)
    except ValueError as error:
        raise BadInput(f"份额 {text} 无法识别", hint="例如 T1=0.6") from error


def show_path(settings: Settings, target_id: str, *, as_json: bool) -> None:
    """Daily dials with 80 % interval, what must reach each stage, and the weeks."""
    with writing(settings) as opened:
        found = read_path(opened, get_target(opened, target_id).target, today=today_of(settings))
    if found.problem:
        raise found.problem
    card, stages, weeks = found.card, found.stages, [week.due for week in found.weeks]
    if as_json:
        path = card and {
            "left": card.left,
            "days": card.days,
            "dials": card.dials,
            "low": card.low,
            "high": card.high,
            "steps": dict(card.steps),
        }
        print_json(
            {
                "path": path,
                "rates": [{"name": stage.name, "hits": stage.hits, "n": stage.n} for stage in stages],
                "milestones": [
                    {"to": week.last.isoformat(), "days": week.days, "due": week.due} for week in weeks
                ],
            }
        )
        return
    if card is None:
        note("目标期内没有剩余的工作日", style="yellow")
    else:
        steps = ",".join(f"{name} {amount}" for name, amount in card.steps)
        out().print(
            f"还差 {card.left:g},剩 {card.days:g} 个工作日 → 每日拨打 {card.dials} 通(80 % 区间 {card.low}–{card.high}),{steps}"
        )
        out().print("依据:" + ",".join(f"{stage.name} {stage.hits}/{stage.n}" for stage in stages))
    rows = [(f"{week.first} – {week.last}", f"{week.days:g}", f"{week.due:.4g}") for week in weeks]
    out().print(table(("周", "工作日", "累计应达"), rows, title="周里程碑"))


def declare(settings: Settings, name: str, *, by: str, floor: float, cap: float, elasticity: float) -> None:
    """Always from today: a rule cannot be declared backwards."""
    with writing(settings) as opened:
        declare_rule(opened, DeclaredRule(_rule(name), today_of(settings), floor, cap, elasticity), by=by)
    note(f"规则 {name} 已声明,对今天起发生的事有效")


def calibrate(
    settings: Settings,
    target_id: str,
    name: str,
    *,
    day: str,
    amount: float,
    base: float,
    reason: str,
    by: str,
) -> None:
    """Moves the target and logs it."""
    with writing(settings) as opened:
        made = calibrate_target(
            opened,
            target_id,
            _rule(name),
            happened=parse_day(day),
            amount=amount,
            base=base,
            reason=reason,
            approver=by,
        )
    out().print(made.formula)


def show_log(settings: Settings, target_id: str, *, as_json: bool) -> None:
    """Every calibration, oldest first."""
    with writing(settings) as opened:
        get_target(opened, target_id)
        rows = changes_of(opened, target_id)
    if as_json:
        names = ("rule", "before", "after", "formula", "reason", "approver")
        print_json(
            [{"on": row.happened.isoformat(), **{name: getattr(row, name) for name in names}} for row in rows]
        )
        return
    lines = [
        (
            f"{row.happened}",
            row.rule,
            f"{row.before:g}",
            f"{row.after:g}",
            row.formula,
            row.reason,
            row.approver,
        )
        for row in rows
    ]
    out().print(
        table(("日期", "规则", "校准前", "校准后", "算式", "原因", "批准人"), lines, title="校准日志")
    )
