"""The rules that may move targets, declared before what they answer to, and calibration by them."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, Session, SQLModel, col, select

from models.target_change import TargetChangeRow, live_target, require_names
from qa_engine.targets.calibration import Calibration, DeclaredRule, Rule, calibrate
from qa_engine.targets.target import BadTarget


class TargetRuleRow(SQLModel, table=True):
    """A declared rule; a later declaration of the same rule holds from its own day on."""

    __tablename__ = "target_rule"
    rule: str = Field(primary_key=True, max_length=20)
    declared: date = Field(primary_key=True)
    floor: float
    cap: float
    elasticity: float = 1.0
    declared_by: str = Field(max_length=100)


def declare_rule(session: Session, declared: DeclaredRule, *, by: str) -> None:
    """Stores a rule; the same rule of the same day is replaced."""
    if not by.strip():
        raise BadTarget("缺少声明人", hint="写明由谁声明")
    if not 0 < declared.floor <= 1 <= declared.cap:
        raise BadTarget("规则的上下限应满足 0 < 下限 ≤ 1 ≤ 上限", hint="例如 0.5 与 1.5")
    session.merge(
        TargetRuleRow(
            rule=declared.rule.value,
            declared=declared.declared,
            floor=declared.floor,
            cap=declared.cap,
            elasticity=declared.elasticity,
            declared_by=by.strip(),
        )
    )
    session.flush()


def declared_rule(session: Session, rule: Rule, day: date) -> DeclaredRule | None:
    """The rule as it was last declared up to a day; the first later one where there was none yet."""
    rows = session.exec(
        select(TargetRuleRow).where(TargetRuleRow.rule == rule.value).order_by(col(TargetRuleRow.declared))
    ).all()
    known = [row for row in rows if row.declared <= day] or list(rows[:1])
    if not known:
        return None
    row = known[-1]
    return DeclaredRule(rule, row.declared, row.floor, row.cap, row.elasticity)


def calibrate_target(
    session: Session,
    target_id: str,
    rule: Rule,
    *,
    happened: date,
    amount: float,
    base: float,
    reason: str,
    approver: str,
) -> Calibration:
    """Moves a target by a declared rule and writes it down. Children are calibrated on their own. Raises
    `UndeclaredRule`, `BadTarget`, `Withdrawn`, `NotFound`."""
    row = live_target(session, target_id)
    require_names("校准", reason, approver)
    if not row.starts <= happened <= row.ends:
        raise BadTarget(f"{happened} 不在目标期内", hint=f"目标期为 {row.starts} 至 {row.ends}")
    made = calibrate(
        row.value, declared_rule(session, rule, happened), happened=happened, amount=amount, base=base
    )
    row.value = made.after
    session.add(row)
    session.add(
        TargetChangeRow(
            target_id=target_id,
            rule=rule.value,
            before=made.before,
            after=made.after,
            formula=made.formula,
            inputs={"amount": amount, "base": base},
            happened=happened,
            reason=reason.strip(),
            approver=approver.strip(),
        )
    )
    session.flush()
    return made
