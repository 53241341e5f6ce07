"""The queues as their page shows them: tabs with length and age, filters, and the calls that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from api.pages.figures import ScoreView, clock
from api.pages.languages import Words
from api.pages.views.call_list import Choice, Option
from models.call_measure import Mood
from models.queries import Facets
from models.review_queue import Backlog, Waiting
from models.review_select import Queue

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue to choose; `oldest` is how long its oldest call has waited."""

    name: str
    n: int
    oldest: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A call that waits."""

    waiting: Waiting
    address: str
    score: ScoreView
    duration: str
    age: str
    due: str = ""
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class QueueView:
    """The page. `filters` are the filters that are set, as a query; `teams` what teams are called."""

    queue: str
    tabs: tuple[Tab, ...]
    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    values: Mapping[str, str]
    filters: str
    total: int
    teams: Mapping[str, str]


def age(seconds: float, words: Words) -> str:
    """How long something waits, in its largest unit."""
    for unit, size in (("days", DAY_S), ("hours", HOUR_S)):
        if seconds >= size:
            return words(f"age.{unit}", n=int(seconds // size))
    return words("age.minutes", n=max(0, int(seconds // MINUTE_S)))


def due_text(due: datetime, now: datetime, words: Words) -> str:
    """How long there is still time, or since when there is none."""
    left = (due - now).total_seconds()
    return words("appeal.due_in" if left >= 0 else "appeal.overdue_by", age=age(abs(left), words))


def queue_view(
    queue: Queue,
    lengths: Mapping[Queue, Backlog],
    lines: Sequence[Waiting],
    values: Mapping[str, str],
    known: Facets,
    *,
    titles: Mapping[str, str],
    now: datetime,
    words: Words,
) -> QueueView:
    """`values` are the filters that are set, `titles` those of the items to choose from."""

    def since(moment: datetime) -> str:
        return age((now - moment).total_seconds(), words)

    filters = urlencode(values)
    return QueueView(
        queue=queue.value,
        tabs=tuple(
            Tab(
                name=one.value,
                n=found.n,
                oldest=since(found.oldest) if found.oldest else "",
                url=f"/reviews?{urlencode({'queue': one.value, **values})}",
                is_current=one is queue,
            )
            for one, found in lengths.items()
        ),
        choices=_choices(known, titles, values, words),
        lines=tuple(
            Line(
                line,
                f"/calls/{line.call_id}?{urlencode({'rubric': line.rubric, 'queue': queue.value})}"
                + (f"#appeal-{line.appeal_id}" if line.appeal_id else ""),
                ScoreView(line.score, line.score_low, line.score_high, line.pass_mark),
                clock(line.duration_s),
                since(line.since),
                due_text(line.due_at, now, words) if line.due_at else "",
                line.due_at is not None and line.due_at < now,
            )
            for line in lines
        ),
        values=values,
        filters=filters,
        total=lengths[queue].n,
        teams={team: name for team, name in known.teams if name},
    )


def _choices(
    known: Facets, titles: Mapping[str, str], values: Mapping[str, str], words: Words
) -> tuple[Choice, ...]:
    options = {
        "agent": known.agents,
        "team": known.teams,
        "campaign": tuple((name, name) for name in known.campaigns),
        "rubric": tuple((name, name) for name in known.rubrics),
        "item": tuple((item, words.prose(titles.get(item, item))) for item in known.items),
        "objection": tuple((kind, words.get(f"objection.{kind}", kind)) for kind in known.objections),
        "mood": tuple((mood.value, words(f"mood.{mood.value}")) for mood in Mood),
    }
    return tuple(
        Choice(
            name,
            words(f"filter.{name}"),
            values.get(name, ""),
            tuple(Option(value, label or value) for value, label in some),
        )
        for name, some in options.items()
    )
