"""An agent's month as the tables of one printed page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.figures import number
from api.pages.languages import Language, Words
from api.pages.views.board import figure_text
from qa_engine.insight.sheet import Sheet, Table
from qa_engine.kpi.registry import BY_ID, Metric

Row = tuple[str | float | int | None, ...]
WEEKS = 12


def agent_paper(found: Mapping[str, Any], words: Words) -> Sheet:
    """`found` is what the page shows (`api.pages.agents`); tables without rows are left out."""
    sheet, score, card = found["sheet"], found["score"], found["card"]

    def name(metric: Metric) -> str:
        return metric.name_en if words.language is Language.ENGLISH else words.script(metric.name_zh)

    head: list[Row] = [
        (
            words("agent.qa"),
            score.own.text or "–",
            f"n = {score.own.n}",
            words("agent.before", value=score.before or "–", n=score.before_n),
            words("agent.team_score", value=score.team.text or "–", n=score.team.n),
        )
    ]
    if card is not None and card.score is not None:
        head.append(
            (
                words("score.score"),
                f"{card.score:.1f} ± {card.half:.1f}",
                "",
                words("agent.rank"),
                card.places,
            )
        )
    head += [
        (name(metric), one.text, "" if one.n is None else f"n = {one.n:,}", one.interval, "")
        for metric, one, _ in found["strip"]
    ]
    tables = [
        Table(words("agent.summary"), ("", "", "", "", ""), tuple(head)),
        Table(words("agent.figures"), _figure_columns(words), tuple(_figures(card, name, words))),
        Table(words("agent.weeks"), _week_columns(sheet.weeks), tuple(_weeks(sheet.weeks, name))),
        Table(
            words("agent.lost"),
            (
                words("coaching.item"),
                words("agent.lost.share"),
                "n",
                words("agent.others"),
                words("agent.lost.points"),
            ),
            tuple(
                (
                    words.prose(one.title),
                    f"{number(one.lost)}%"
                    + ("" if one.low is None else f" ({number(one.low)}–{number(one.high)}%)"),
                    one.n,
                    "–" if one.others is None else f"{number(one.others)}%",
                    number(one.points),
                )
                for one in found["lost"]
            ),
        ),
        Table(
            words("agent.objections"),
            (words("agent.kind"), "n", words("board.completion")),
            tuple(
                (words.get(f"objection.{one.kind}", one.kind), one.n, one.done) for one in found["objections"]
            ),
            " → ".join(
                f"{words(f'handled.{step.name}')} {step.n} ({number(step.share)}%)"
                for step in found["funnel"]
            ),
        ),
        Table(
            words("agent.targets"),
            (words("metrics.name"), words("target.actual"), words("target.due"), words("target.attainment")),
            tuple(
                (
                    name(BY_ID[one.row.metric]),
                    figure_text(BY_ID[one.row.metric], one.reached.actual),
                    figure_text(BY_ID[one.row.metric], one.reached.due),
                    ("" if one.reached.rate is None else f"{one.reached.rate * 100:.0f}% ")
                    + words(f"light.{one.light}"),
                )
                for one in sheet.targets
            ),
        ),
        Table(
            words("agent.plans"),
            (words("coaching.item"), words("coaching.status"), words("coaching.due")),
            tuple(
                (
                    words.prose(line.row.item_title or line.row.item_id),
                    words.get(f"coaching.state.{line.row.state}", line.row.state),
                    line.row.due_on.isoformat(),
                )
                for line in found["plans"]
            ),
        ),
    ]
    first, last = found["days"]
    whose = " · ".join(part for part in (sheet.agent_id, sheet.team_name, f"{first} – {last}") if part)
    return Sheet(
        "scorecard", f"{sheet.name} · {found['month']}", whose, tuple(table for table in tables if table.rows)
    )


def _figure_columns(words: Words) -> tuple[str, ...]:
    keys = ("metrics.name", "agent.value")
    return (*map(words, keys), "n", words("agent.interval"), words("agent.drawn"), words("agent.points"))


def _figures(card: Any, name: Any, words: Words) -> list[Row]:
    if card is None:
        return []
    return [
        (
            name(part.metric),
            part.value,
            part.n or "–",
            part.interval or "–",
            part.drawn or "–",
            words("score.few") if part.points is None else f"{part.points:.0f} × {number(part.share)}%",
        )
        for part in card.parts
    ]


def _week_columns(weeks: Sequence[Any]) -> tuple[str, ...]:
    days = sorted({one.first for one in weeks})[-WEEKS:]
    return ("", *(f"{day:%m-%d}" for day in days))


def _weeks(weeks: Sequence[Any], name: Any) -> list[Row]:
    days = sorted({one.first for one in weeks})[-WEEKS:]
    rows = []
    for metric in dict.fromkeys(one.metric for one in weeks):
        values = {one.first: one.value for one in weeks if one.metric == metric}
        if any(value is not None for value in values.values()):
            rows.append((name(BY_ID[metric]), *(figure_text(BY_ID[metric], values.get(day)) for day in days)))
    return rows
