"""What the routes of targets take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.routes.parameters import Day, Text
from models.target_figures import Standing
from qa_engine.kpi.bands import Colour
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.calibration import Rule
from qa_engine.targets.target import Scope, Target

Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class NewTarget(BaseModel):
    """A SMART target. The unit is the metric's own; `scope_id` stays empty for the company."""

    metric: Text = Field(examples=["sales"])
    value: Number = Field(examples=[420])
    scope: Scope = Scope.COMPANY
    scope_id: Annotated[Text, Field(max_length=100)] = Field("", examples=["T1"])
    owner: Annotated[Text, Field(max_length=100)] = Field(examples=["王经理"])
    first: Day = Field(examples=["2026-11-01"])
    last: Day = Field(examples=["2026-11-30"])
    baseline: Number = Field(description="目标期之前的实际值 · What it was before", examples=[380])
    stretch: Number = Field(0, description="下级合计可多出的比例 · What those below may add", examples=[0.1])

    def target(self) -> Target:
        """As the engine has it; `check_target` says what is wrong with it."""
        unit = BY_ID[self.metric].unit if self.metric in BY_ID else ""
        return Target(
            self.metric, unit, self.value, self.scope, self.scope_id.strip(), self.owner, self.first, self.last,
            self.baseline, self.stretch,
        )  # fmt: skip


class EditedTarget(BaseModel):
    """Fields to set; those left out stay. Metric and scope make another target."""

    reason: Text = Field(examples=["旺季提前"])
    by: Text = Field(examples=["王经理"])
    value: Number | None = Field(None, examples=[450])
    owner: Annotated[Text, Field(max_length=100)] | None = Field(None, examples=["李经理"])
    first: Day | None = Field(None, examples=["2026-11-01"])
    last: Day | None = Field(None, examples=["2026-11-30"])
    baseline: Number | None = Field(None, examples=[380])
    stretch: Number | None = Field(None, examples=[0.1])


class TargetBody(_Body):
    """A target and where it stands: `due` by today, pro rata by working days; `attainment` actual / due, `light` green
    from 1, red from 0.8 down."""

    id: str = Field(examples=["5f2c9a1be3d04711"])
    parent_id: str | None = Field(examples=[None])
    metric: str = Field(examples=["sales"])
    unit: str = Field(examples=["次"])
    value: float = Field(examples=[420])
    scope: Scope
    scope_id: str = Field(examples=["T1"])
    owner: str = Field(examples=["王经理"])
    first: date = Field(examples=["2026-11-01"])
    last: date = Field(examples=["2026-11-30"])
    baseline: float = Field(examples=[380])
    stretch: float = Field(examples=[0.0])
    withdrawn_at: datetime | None = Field(examples=[None])
    actual: float | None = Field(examples=[201])
    due: float = Field(examples=[210])
    attainment: float | None = Field(examples=[0.957])
    attainment_total: float | None = Field(examples=[0.479])
    light: Colour


class ChanceBody(_Body):
    """P(attain) from `weeks` of history; None below four."""

    weeks: int = Field(examples=[12])
    probability: float | None = Field(examples=[0.42])
    warning: str = Field(examples=[""])


class SavedTarget(BaseModel):
    """The target (None for a dry run) with its chance."""

    target: TargetBody | None
    chance: ChanceBody


class StageBody(_Body):
    """`hits` of `n` went on."""

    name: str = Field(examples=["接通"])
    hits: int = Field(examples=[3120])
    n: int = Field(examples=[12000])


class NeededBody(BaseModel):
    """Dials behind a number of deals with their 80 % interval; `steps` is how many must reach each stage."""

    deals: float = Field(examples=[120])
    dials: float = Field(examples=[4980.2])
    low: float = Field(examples=[4650.1])
    high: float = Field(examples=[5340.9])
    steps: dict[str, float] = Field(examples=[{"接通": 1290.0, "有效接触": 640.0, "成交": 120.0}])
    rates: list[StageBody]


class PathBody(BaseModel):
    """`left` to reach in `days` working days: dials a day with their 80 % interval."""

    left: float = Field(examples=[219])
    days: float = Field(examples=[11])
    dials: int = Field(examples=[453])
    low: int = Field(examples=[421])
    high: int = Field(examples=[490])
    steps: dict[str, int] = Field(examples=[{"接通": 118, "有效接触": 59, "成交": 20}])


class WeekBody(BaseModel):
    """What should be reached by the end of a week, and what was."""

    first: date = Field(examples=["2026-11-02"])
    last: date = Field(examples=["2026-11-08"])
    days: float = Field(examples=[5])
    due: float = Field(examples=[100])
    reached: float | None = Field(examples=[96])


class ChangeBody(_Body):
    """One line of the log: `rule` calendar, outage, market, edit, withdraw or restore."""

    rule: str = Field(examples=["outage"])
    before: float = Field(examples=[420])
    after: float = Field(examples=[378])
    formula: str = Field(examples=["420 × (1 − 48/480) = 378"])
    inputs: dict[str, Any] = Field(examples=[{"amount": 48, "base": 480}])
    happened: date = Field(examples=["2026-11-05"])
    reason: str = Field(examples=["线路故障"])
    approver: str = Field(examples=["王经理"])
    created_at: datetime = Field(examples=["2026-11-05T08:00:00Z"])


class OneTarget(BaseModel):
    """A target with what is below it, its path (None with `path_refused` saying why), weeks and log."""

    target: TargetBody
    children: list[TargetBody]
    path: PathBody | None
    path_refused: str = Field(examples=[""])
    rates: list[StageBody]
    weeks: list[WeekBody]
    log: list[ChangeBody]


class Splitting(BaseModel):
    """`shares` by id win over `potential`; nothing is stored without `save`."""

    to: Scope | None = Field(None, description="缺省为常用的下一级 · The usual level below")
    shares: dict[str, Share] = Field(default_factory=dict, max_length=2000, examples=[{"T1": 0.6, "T2": 0.4}])
    potential: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default_factory=dict, max_length=2000, examples=[{"T1": 1200, "T2": 900}]
    )
    potential_weight: Share = 0.5
    owners: dict[str, Text] = Field(default_factory=dict, max_length=2000, examples=[{"T1": "李组长"}])
    save: bool = False


class PortionBody(_Body):
    """One member of the level below."""

    key: str = Field(examples=["T1"])
    history: float = Field(examples=[640])
    potential: float | None = Field(examples=[None])
    share: float = Field(examples=[0.61])
    value: float = Field(examples=[256])


class SplitBody(BaseModel):
    """The portions, and the ids of the targets where they were stored."""

    to: Scope
    portions: list[PortionBody]
    saved: list[str] = Field(examples=[[]])


class Calibrating(BaseModel):
    """calendar: amount / base working days; outage: minutes / shift minutes; market: index now / when it was set."""

    rule: Rule
    happened: Day = Field(examples=["2026-11-05"])
    amount: Number = Field(examples=[48])
    base: Number = Field(examples=[480])
    reason: Text = Field(examples=["线路故障"])
    by: Text = Field(examples=["王经理"])


class ActBody(BaseModel):
    """Who does it, and why."""

    by: Text = Field(examples=["王经理"])
    reason: Text = Field("", examples=["改口径"])


def target_body(standing: Standing) -> TargetBody:
    """A standing as JSON."""
    row, reached = standing.row, standing.reached
    return TargetBody(
        **{name: getattr(row, name) for name in _SAME},
        scope=Scope(row.scope),
        first=row.starts,
        last=row.ends,
        actual=reached.actual,
        due=reached.due,
        attainment=reached.rate,
        attainment_total=reached.total,
        light=standing.light,
    )


_SAME = (
    "id",
    "parent_id",
    "metric",
    "unit",
    "value",
    "scope_id",
    "owner",
    "baseline",
    "stretch",
    "withdrawn_at",
)
