"""An attribution as a waterfall: before, what each part added or took, after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.languages import Words
from qa_engine.alerts.words import value_text

WIDTH, LEFT, MARK = 640.0, 8.0, 6.0
UNTOLD = {"few", "imprecise"}
"""States of parts that count as unexplained."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: name, texts, where its bar lies, and whether it raised or lowered the rate ("total" at the ends). `state`
    says what may be said of a part, "" at the ends and in tickets from before there were states."""

    name: str
    value: str
    interval: str
    x: float
    width: float
    kind: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`refused` says why there is none; `facts` name the periods with n."""

    bars: tuple[Bar, ...] = ()
    refused: str = ""
    periods: tuple[tuple[str, str, str, int], ...] = ()
    agents: tuple[tuple[str, str], ...] = ()
    tools: str = ""


def points_text(value: float | None) -> str:
    """A change of a rate in percentage points, with its sign."""
    return "–" if value is None else f"{100 * value:+z.2f}".replace("+0.00", "0.00")


def state_text(part: Mapping[str, Any], words: Words) -> str:
    """What may be said of a part; "" in documents from before there were states. What is surely unexplained is no finding."""
    if "state" not in part:
        return ""
    sure = part["part"] == "unexplained" and part["state"] == "finding"
    return words("attribution.state.unexplained" if sure else f"attribution.state.{part['state']}")


def waterfall(found: Mapping[str, Any], words: Words) -> Waterfall:
    """The view of `callqa.attribution/1`, or of the reason why there is none."""
    if "refused" in found:
        return Waterfall(refused=str(found["refused"]))
    levels = [found["before"]["value"]]
    for part in found["parts"]:
        levels.append(levels[-1] + part["value"])
    low, high = min(0.0, *levels) if min(levels) < 0 else min(levels), max(levels)
    pad = (high - low) * 0.15 or 0.01
    low, high = max(0.0, low - pad) if low >= 0 else low - pad, high + pad
    scale = (WIDTH - 2 * LEFT) / (high - low)

    def x(value: float) -> float:
        return float(round(LEFT + scale * (value - low), 1))

    bars = [_total(words("alert.before"), found["metric"], levels[0], x)]
    for part, start, end in zip(found["parts"], levels, levels[1:], strict=False):
        has_interval = part["low"] is not None
        bars.append(
            Bar(
                name=words(f"part.{part['part']}"),
                value="–" if part.get("state") in UNTOLD else points_text(part["value"]),
                interval=f"{points_text(part['low'])} … {points_text(part['high'])}" if has_interval else "–",
                x=min(x(start), x(end)),
                width=max(1.0, round(abs(x(end) - x(start)), 1)),
                kind="same" if abs(part["value"]) < 1e-12 else "up" if part["value"] > 0 else "down",
                state=state_text(part, words),
            )
        )
    bars.append(_total(words("alert.after"), found["metric"], found["after"]["value"], x))
    return Waterfall(
        bars=tuple(bars),
        periods=tuple(
            (words(f"alert.{name}"), span["from"], span["to"], found[name]["n"])
            for name, span in found["periods"].items()
        ),
        agents=tuple((one["agent"], points_text(one["value"])) for one in found["agents"][:5]),
        tools=words("list.comma").join(words.get(f"tool.{name}", name) for name in found["tools"]),
    )


def _total(name: str, metric: str, value: float, x: Callable[[float], float]) -> Bar:
    """A level, as a mark: the scale does not begin at 0, so a bar's length would say nothing."""
    return Bar(name, value_text(metric, value), "", x(value) - MARK / 2, MARK, "total")
