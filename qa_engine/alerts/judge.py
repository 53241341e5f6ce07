"""Holds rules against series of days. Nothing here looks at a clock: the day to judge is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from qa_engine.alerts.rules import InBand, KOfN, Rule
from qa_engine.kpi.bands import WEEK, BandRule, Colour, Coloured, Point, colours, is_measured

GAP_DAYS = 4
"""Unmeasured days (a long weekend) that "n days in a row" may step over."""
BASELINE = BandRule()
"""Its weeks and least weeks make the metric's own usual value."""
SETTLING_DAYS = 28
"""Days before the judged one from which the colour's hysteresis is walked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a day breaks. `limit` is what the value was held against, `usual` the target or the band's centre,
    `days` how many days of the rule's window were bad."""

    day: date
    value: float
    n: int
    limit: float
    usual: float
    days: int


def history_days(rule: Rule) -> int:
    """Days before the judged one that its judgement may look at."""
    test = rule.test
    if isinstance(test, KOfN):
        weeks = 0 if test.is_stored or test.target is not None else BASELINE.weeks
        return test.n + GAP_DAYS + 7 * weeks
    return SETTLING_DAYS + 7 * test.band.weeks if isinstance(test, InBand) else 0


def judge(rule: Rule, points: Sequence[Point], day: date) -> Finding | None:
    """What the rule finds on `day`; None also where that day has too few calls."""
    test = rule.test
    if isinstance(test, KOfN):
        return _k_of_n(rule, test, {point.day: point for point in points}, day)
    if isinstance(test, InBand):
        return _in_band(test, points, day)
    return None


def is_recovered(rule: Rule, points: Sequence[Point], day: date) -> bool:
    """Whether a day that an alert is open on is good again; a band only where its shown colour is green."""
    if judge(rule, points, day) is not None:
        return False
    if isinstance(rule.test, InBand):
        seen = shown_band(rule.test, points, day)
        return bool(seen) and seen[-1].shown is Colour.GREEN
    return True


def judge_days(rule: Rule, points: Sequence[Point], first: date, last: date) -> list[Finding]:
    """What the rule would have found on each day of a range."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [found for day in days if (found := judge(rule, points, day))]


def episodes(findings: Sequence[Finding]) -> list[tuple[Finding, Finding]]:
    """(first, last) of each run of findings that follow each other within a long weekend: one alert each."""
    runs: list[tuple[Finding, Finding]] = []
    for found in findings:
        if runs and (found.day - runs[-1][1].day).days <= GAP_DAYS:
            runs[-1] = (runs[-1][0], found)
        else:
            runs.append((found, found))
    return runs


def target_on(rule: Rule, test: KOfN, history: Mapping[date, Point], day: date) -> float | None:
    """The target of a day: the stated one, the stored one, or the median of the same weekdays before it."""
    if test.is_stored:
        point = history.get(day)
        return point.target if point else None
    if test.target is not None:
        return test.target
    past = [history.get(day - WEEK * back) for back in range(1, BASELINE.weeks + 1)]
    values = [one.value for one in past if one and one.value is not None and is_measured(one, rule.min_n)]
    return median(values) if len(values) >= BASELINE.min_weeks else None


def _k_of_n(rule: Rule, test: KOfN, history: Mapping[date, Point], day: date) -> Finding | None:
    window = [day - timedelta(days=back) for back in range(test.n + GAP_DAYS)]
    measured = [history[one] for one in window if is_measured(history.get(one), rule.min_n)][: test.n]
    if len(measured) < test.n or measured[0].day != day:
        return None
    bad: list[Finding] = []
    for point in measured:
        target = target_on(rule, test, history, point.day)
        if target is None or point.value is None:
            continue
        bound = test.limit.times(target)
        if bound.is_passed(point.value):
            limit = bound.below if bound.below is not None else bound.above
            bad.append(Finding(point.day, point.value, point.n, limit or 0.0, target, 0))
    if len(bad) < test.k or bad[0].day != day:  # news only while the day itself is bad
        return None
    newest = bad[0]
    return Finding(day, newest.value, newest.n, newest.limit, newest.usual, len(bad))


def _in_band(test: InBand, points: Sequence[Point], day: date) -> Finding | None:
    seen = shown_band(test, points, day)
    if not seen or seen[-1].point.day != day:
        return None
    now = seen[-1]
    alarming = {Colour.RED} if test.level == Colour.RED else {Colour.RED, Colour.YELLOW}
    if now.band is None or now.shown not in alarming or now.raw not in alarming or now.point.value is None:
        return None
    k = test.band.red_k if test.level == Colour.RED else test.band.yellow_k
    side = 1 if now.point.value > now.band.centre else -1
    days = sum(one.raw in alarming for one in seen[-test.band.hold :])
    return Finding(day, now.point.value, now.point.n, now.band.edge(side * k), now.band.centre, days)


def shown_band(
    test: InBand, points: Sequence[Point], day: date, *, days: int = SETTLING_DAYS
) -> list[Coloured]:
    """The coloured days up to `day` from which its colour follows."""
    past = [point for point in points if point.day <= day]
    return colours(past, test.band, first=day - timedelta(days=days))
