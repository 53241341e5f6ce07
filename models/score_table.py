"""A month's scorecards as rows of a table for spreadsheets: an agent and metric a line, what each rests on beside it."""

from __future__ import annotations

from models.scorecard_board import ScoreBoard
from qa_engine.insight.sheet import Table
from qa_engine.kpi.registry import BY_ID

COLUMNS = (
    *(
        "month",
        "until",
        "closed",
        "agent",
        "name",
        "team",
        "score",
        "score_low",
        "score_high",
        "weights_known",
    ),
    *(
        "place",
        "best_place",
        "worst_place",
        "of",
        "metric",
        "metric_name",
        "value",
        "n",
        "low",
        "high",
        "drawn",
    ),
    *("own_share", "points", "weight", "counted_weight", "state", "formula"),
)
"""Fixed, whatever the language of the pages, so that a spreadsheet that reads them goes on working."""


def score_table(board: ScoreBoard) -> Table:
    """Best first, as the page ranks them."""
    rows = []
    for card in board.cards:
        rank = board.ranks.get(card.key)
        whose = (
            *(f"{board.first:%Y-%m}", board.until.isoformat(), "yes" if board.kept else "no"),
            *(card.key, board.names[card.key], board.teams.get(card.key, "")),
            *(card.score, card.low, card.high, card.covered),
            *((rank.place, rank.best, rank.worst, rank.of) if rank else (None,) * 4),
        )
        for part in card.parts:
            metric, figure, drawn = BY_ID[part.metric], part.figure, part.figure.drawn
            rows.append(
                (
                    *whose,
                    *(metric.id, metric.name_zh, figure.value, figure.n, figure.low, figure.high),
                    *((drawn.value, drawn.weight) if drawn else (None, None)),
                    *(part.points, part.weight, part.share, part.state.value, metric.formula),
                )
            )
    return Table("scorecards", COLUMNS, tuple(rows))
