"""Weight schedules as files: YAML in, a checked `Schedule` out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa_engine.errors import Where
from qa_engine.scorecards.curves import Curve
from qa_engine.scorecards.schedule import BadSchedule, Measure, Period, Schedule, check_schedule

MAX_BYTES = 256_000
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Measure(_Closed):
    metric: _Name
    weight: _Number
    points: list[tuple[_Number, _Number]]


class _Period(_Closed):
    name: _Name
    from_: date = Field(alias="from")
    to: date
    measures: list[_Measure]


class _File(_Closed):
    schedule: _Id
    title: _Name
    shrink: bool = True
    periods: list[_Period]


def parse_schedule(text: str, *, file: str = "<schedule>") -> Schedule:
    """The schedule of a file's text; periods may be in any order. Raises `BadSchedule` with place and next step."""
    if len(text.encode()) > MAX_BYTES:
        raise BadSchedule("权重方案太大", hint=f"上限为 {MAX_BYTES // 1000} kB", where=Where(file))
    try:
        read = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadSchedule(
            "不是合法的 YAML", hint="请检查缩进和冒号", where=Where(file, mark.line + 1 if mark else None)
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "文件"
        raise BadSchedule(
            f"{place}:{first['msg']}", hint="格式见 docs/scorecards.md", where=Where(file)
        ) from error
    schedule = Schedule(
        read.schedule,
        read.title,
        tuple(_period(one) for one in sorted(read.periods, key=lambda one: one.from_)),
        read.shrink,
    )
    try:
        check_schedule(schedule)
    except BadSchedule as error:
        raise BadSchedule(error.message, hint=error.hint, where=Where(file)) from None
    return schedule


def _period(read: _Period) -> Period:
    measures = tuple(Measure(one.metric, one.weight, Curve(tuple(one.points))) for one in read.measures)
    return Period(read.name, read.from_, read.to, measures)
