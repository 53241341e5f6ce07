"""The page of an attribution: its question, the waterfall, and what each part is made of, with the rows behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from api.pages.languages import Words
from api.pages.views.waterfall import points_text, state_text
from models.attribution import WEEKDAYS, Question
from models.figures import is_hourly
from qa_engine.insight.cells import Cell, Part
from qa_engine.insight.sheet import Table
from qa_engine.insight.values import Side, ToolValue, Value, tool_values, values_of
from qa_engine.kpi.registry import BY_ID

MOST_VALUES = 12
TOOL_PAGES = {"connect_share": "/figures/connect_rate", "line_faults": "/figures/dials", "dead_air": "/"}


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value in both periods. A url is "" where nothing is to be opened."""

    name: str
    before: str
    after: str
    before_url: str
    after_url: str


@dataclass(frozen=True, slots=True)
class PartLines:
    """One part with its figures, what may be said of it in words, and its values. `more`: values not shown."""

    part: str
    name: str
    value: str
    interval: str
    n: str
    state: str
    verdict: str
    lines: tuple[ValueLine, ...]
    more: int


def question_query(asked: Question) -> dict[str, str]:
    """The address of a question."""
    scope = {"team": asked.team, "agent": asked.agent, "campaign": asked.campaign}
    return {
        "metric": asked.metric,
        "from": asked.after.first.isoformat(),
        "to": asked.after.last.isoformat(),
        "before_from": asked.before.first.isoformat(),
        "before_to": asked.before.last.isoformat(),
        **{name: key for name, key in scope.items() if key},
    }


def part_lines(
    found: Mapping[str, Any],
    asked: Question,
    cells: Sequence[Cell],
    names: Mapping[str, Mapping[str, str]],
    words: Words,
) -> tuple[PartLines, ...]:
    """All parts of `callqa.attribution/1`. `names` of agents and campaigns by id."""
    values = {**values_of(cells)}
    values[Part.PEOPLE_BEHAVIOUR] = values[Part.PEOPLE_MIX]
    lines = []
    for one in found["parts"]:
        part = Part(one["part"])
        if part is Part.TOOLS:
            made = [_tool(tool, asked, words) for tool in tool_values(cells)]
        elif part is Part.UNEXPLAINED:
            made = [_whole(found, asked, words)]
        else:
            made = [_value(part, value, asked, names, words) for value in values[part]]
        lines.append(
            PartLines(
                one["part"],
                words(f"part.{one['part']}"),
                points_text(one["value"]) if one["state"] in {"finding", "chance"} else "–",
                interval_text(one),
                f"{one['n']:,}",
                one["state"],
                state_text(one, words),
                tuple(made[:MOST_VALUES]),
                max(0, len(made) - MOST_VALUES),
            )
        )
    return tuple(lines)


def interval_text(part: Mapping[str, Any]) -> str:
    """The 95 % interval of a part, "–" without one."""
    if part["low"] is None:
        return "–"
    return f"{points_text(part['low'])} … {points_text(part['high'])}"


def _side(one: Side) -> str:
    if one.rate is None:
        return "–"
    return f"{one.rate:.1%} (n = {one.den:,.0f}, {one.share:.0%})"


def _rows(asked: Question, extra: Mapping[str, str], *, after: bool, path: str = "") -> str:
    span = asked.after if after else asked.before
    scope = {"team": asked.team, "agent": asked.agent, "campaign": asked.campaign}
    query = {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        **{name: key for name, key in scope.items() if key},
        **extra,
    }
    return f"{path or f'/figures/{asked.metric}'}?{urlencode(query)}"


def _value(
    part: Part, value: Value, asked: Question, names: Mapping[str, Mapping[str, str]], words: Words
) -> ValueLine:
    name, extra = value.name, {}
    if part in {Part.PEOPLE_MIX, Part.PEOPLE_BEHAVIOUR} and name:
        extra = {"agent": name, "side": "den"}
        name = names["agent"].get(name) or name
    elif part is Part.PROCESS:
        extra = {"hour": str(int(name)), "side": "den"} if is_hourly(BY_ID[asked.metric]) else {}
        name = f"{name}:00"
    elif part is Part.CUSTOMERS and name:
        extra = {"campaign": name, "side": "den"}
        name = names["campaign"].get(name) or name
    elif part is Part.ENVIRONMENT:
        before, after = (_day(value.name, asked, after=on) for on in (False, True))
        return ValueLine(words.prose(name), _side(value.before), _side(value.after), before, after)
    return ValueLine(
        words.prose(name) or words("attribution.nobody"),
        _side(value.before),
        _side(value.after),
        *(_rows(asked, extra, after=on) if extra and side.den else "" for on, side in _sides(value)),
    )


def _sides(value: Value) -> tuple[tuple[bool, Side], ...]:
    return ((False, value.before), (True, value.after))


def _day(weekday: str, asked: Question, *, after: bool) -> str:
    """The rows of the last such weekday of the period, "" where it has none."""
    span = asked.after if after else asked.before
    day: date = span.last
    while day >= span.first:
        if WEEKDAYS[day.weekday()] == weekday:
            return _rows(asked, {"from": day.isoformat(), "to": day.isoformat(), "side": "den"}, after=after)
        day -= timedelta(days=1)
    return ""


def _tool(tool: ToolValue, asked: Question, words: Words) -> ValueLine:
    def side(mean: float | None, n: float) -> str:
        return "–" if mean is None else f"{mean:.1%} (n = {n:,.0f})"

    path = TOOL_PAGES.get(tool.name, "")
    return ValueLine(
        words.get(f"tool.{tool.name}", tool.name),
        side(tool.before, tool.n_before),
        side(tool.after, tool.n_after),
        *(_rows(asked, {}, after=on, path=path) for on in (False, True)),
    )


def _whole(found: Mapping[str, Any], asked: Question, words: Words) -> ValueLine:
    return ValueLine(
        words("attribution.whole"),
        *(f"{found[name]['value']:.1%} (n = {found[name]['n']:,})" for name in ("before", "after")),
        *(_rows(asked, {"side": "den"}, after=on) for on in (False, True)),
    )


def attribution_table(found: Mapping[str, Any], words: Words) -> Table:
    """The parts as a file: shares as numbers, the change and both ends first."""
    ends = [
        (words(f"alert.{name}"), found[name]["value"], None, None, None, found[name]["n"], "")
        for name in ("before", "after")
    ]
    n = min(found["before"]["n"], found["after"]["n"])
    change = (words("attribution.change"), found["change"], None, None, None, n, "")
    return Table(
        "attribution",
        tuple(
            words(f"attribution.column.{name}")
            for name in ("part", "value", "low", "high", "estimate", "n", "state")
        ),
        (
            *ends,
            change,
            *(
                (
                    *(words(f"part.{one['part']}"), one["value"], one["low"], one["high"], one["estimate"]),
                    *(one["n"], state_text(one, words)),
                )
                for one in found["parts"]
            ),
        ),
    )
