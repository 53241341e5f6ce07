"""fact: what dialer and CRM know about the call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.calls import CallFacts
from qa_engine.calls import FactValue as Value
from qa_engine.rubric.base import ConditionModel, Flag, Number, Strict, Text, as_list
from qa_engine.rubric.conditions.patterns import check_pattern
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth, truth
from qa_engine.scoring.outcome import Judge, Outcome
from qa_engine.scoring.pattern_set import compiled
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

FactValue: TypeAlias = Annotated[bool, Field(strict=True)] | Number | Text
TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?\Z")
OPERATORS = ("is_", "in_", "between", "min", "max", "contains", "regex", "missing")
OPEN_ENDS = {"clock": ("00:00", "24:00"), "date": ("1900-01-01", "9998-12-31")}
"""What an end that was left out stands for."""


class FactSpec(Strict):
    """A field and one way to look at it."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """agent_id, agent_name, team_id, campaign, direction, started_at, disposition, customer_id, or any further column
    that came with the call."""
    is_: FactValue | None = Field(None, alias="is")
    in_: Annotated[tuple[FactValue, ...], Field(min_length=1, max_length=1_000)] | None = Field(
        None, alias="in"
    )
    """One of these; `*` stands for anything."""
    between: tuple[Number | Text, Number | Text] | None = None
    """Both ends included. `["09:00", "21:00"]` on a time is the time of day in the centre's zone, two dates or times
    are compared as such, numbers as numbers."""
    min: Number | Text | None = None
    """This or more: a number, a time of day, a date or a time as in `between`."""
    max: Number | Text | None = None
    """This or less. More than five is `not: {fact: {field: …, max: 5}}`."""
    contains: (
        Annotated[tuple[Text, ...], BeforeValidator(as_list, json_schema_input_type=str | list[str])] | None
    ) = None
    """The text contains one of these."""
    regex: Annotated[Text, AfterValidator(check_pattern)] | None = None
    """The text matches somewhere (linear-time engine; `^` and `$` for the whole of it)."""
    missing: Flag | None = None
    """true: the field is absent or empty. The only way to look at it that is never unknown."""

    @model_validator(mode="after")
    def _one_way(self) -> FactSpec:
        if sum(getattr(self, name) is not None for name in OPERATORS) != 1:
            raise PydanticCustomError(
                "one_of", "fact 要写 is、in、between、min、max、contains、regex、missing 中的一个"
            )
        for limit in (self.min, self.max):
            if isinstance(limit, str) and not TIME_OF_DAY.match(limit):
                _moment(limit)
        if self.between is not None:
            kinds = {isinstance(value, str) for value in self.between}
            if len(kinds) > 1:
                raise PydanticCustomError("contradictory_window", "between 的两端要么都是数字,要么都是文字")
            times = {bool(TIME_OF_DAY.match(value)) for value in self.between if isinstance(value, str)}
            if len(times) > 1:
                raise PydanticCustomError("contradictory_window", "between 的两端要么都是时刻,要么都是日期")
            if times == {False}:
                for value in self.between:
                    _moment(str(value))
        return self


class Fact(ConditionModel):
    """A fact about the call. Unknown where the fact is absent."""

    tag: ClassVar[str] = "fact"
    can_anchor: ClassVar[bool] = False
    fact: FactSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.fact
        zone = builder.zone
        test = _test(spec, zone) if spec.missing is None else None

        def judge(scene: Scene, window: Window) -> Outcome:
            del window
            value = fact_value(scene.call.facts, spec.field)
            if test is None:
                is_missing = value is None or value == ""
                reason = f"{'没有' if is_missing else '有'}通话信息 {spec.field}"
                return Outcome(truth(is_missing is spec.missing), reason)
            if value is None or value == "":
                return Outcome(Truth.UNKNOWN, f"缺少通话信息 {spec.field}")
            answer = test(value)
            shown = _local(value, zone)
            if answer is None:
                return Outcome(Truth.UNKNOWN, f"通话信息 {spec.field} 是 {shown},无法这样比较")
            evidence = Evidence("fact", f"{spec.field} = {shown}")
            return Outcome(
                truth(answer), f"{spec.field} 为 {shown}{'' if answer else ',不符合要求'}", (evidence,)
            )

        return judge


def fact_value(facts: CallFacts, field: str) -> Value | datetime:
    """A fact by its name; None where it is absent."""
    if field != "extra" and field in CallFacts.__dataclass_fields__:
        value: Value | datetime = getattr(facts, field)
        return value
    return facts.extra.get(field)


def _local(value: Value | datetime, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def _test(spec: FactSpec, zone: ZoneInfo) -> Callable[[Value | datetime], bool | None]:
    """How a value that is there is looked at; None where it cannot be compared so."""
    if spec.is_ is not None:
        wanted = spec.is_
        return lambda value: _same(value, wanted, zone)
    if spec.in_ is not None:
        options = spec.in_
        return lambda value: any(_same(value, option, zone) for option in options)
    if spec.contains is not None:
        parts = spec.contains
        return lambda value: any(part in _local(value, zone) for part in parts)
    if spec.regex is not None:
        pattern = compiled(spec.regex)
        return lambda value: bool(pattern.search(_local(value, zone)))
    return _between(spec.between or _half_open(spec.min, spec.max), zone)


def _half_open(low: float | str | None, high: float | str | None) -> tuple[float | str, float | str]:
    """A range with one end, as one with both."""
    given = low if low is not None else high
    if not isinstance(given, str):
        return (-inf if low is None else low, inf if high is None else high)
    first, last = OPEN_ENDS["clock" if TIME_OF_DAY.match(given) else "date"]
    return (first if low is None else low, last if high is None else high)


def _same(value: Value | datetime, wanted: bool | float | str, zone: ZoneInfo) -> bool:
    if isinstance(wanted, str):
        return fnmatchcase(_local(value, zone), wanted)
    if isinstance(value, str):
        return (
            value == f"{wanted:g}"
            if not isinstance(wanted, bool)
            else value.casefold() == str(wanted).casefold()
        )
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _between(
    limits: tuple[float | str, float | str], zone: ZoneInfo
) -> Callable[[Value | datetime], bool | None]:
    low, high = limits
    if isinstance(low, int | float) and isinstance(high, int | float):
        least, most = low, high
        return lambda value: None if (number := as_number(value)) is None else least <= number <= most
    low, high = str(low), str(high)
    if TIME_OF_DAY.match(low):
        first, last = _seconds(low), _seconds(high)
        return lambda value: None if (s := _second_of_day(value, zone)) is None else _on_dial(s, first, last)
    start, end = _moment(low), _moment(high)
    return lambda value: None if (m := _as_moment(value, zone)) is None else _in_dates(m, start, end, zone)


def as_number(value: Value | datetime) -> float | None:
    """A fact as a number; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in (*clock.split(":"), "0")[:3])
    return hours * 3600 + minutes * 60 + seconds


def _second_of_day(value: Value | datetime, zone: ZoneInfo) -> int | None:
    if isinstance(value, str) and TIME_OF_DAY.match(value):
        return _seconds(value)
    moment = _as_moment(value, zone)
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def _on_dial(second: int, first: int, last: int) -> bool:
    """Whether a time of day lies in a range that may run over midnight."""
    return first <= second <= last if first <= last else second >= first or second <= last


def _moment(text: str) -> date:
    """A date or a time as the form writes it; a time without offset is local."""
    try:
        return datetime.fromisoformat(text) if len(text) > len("2026-01-01") else date.fromisoformat(text)
    except ValueError:
        message = f"between 的“{text}”不是时刻(09:00)、日期(2026-01-31)或数字"
        raise PydanticCustomError("bad_value", message) from None


def _as_moment(value: Value | datetime, zone: ZoneInfo) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _in_dates(moment: datetime, start: date, end: date, zone: ZoneInfo) -> bool:
    first = start if isinstance(start, datetime) else datetime.combine(start, time.min)
    last = end if isinstance(end, datetime) else datetime.combine(end, time.max)
    first, last = (limit if limit.tzinfo else limit.replace(tzinfo=zone) for limit in (first, last))
    return first <= moment <= last
