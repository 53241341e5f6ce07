"""Weight schedules: what is read, and what is refused with which next step."""

from __future__ import annotations

from datetime import date

import pytest

from qa_engine.scorecards.schedule import BadSchedule, NoWeights
from qa_engine.scorecards.schedule_yaml import parse_schedule

QUIET = """\
  - name: 淡季
    from: 2026-01-01
    to: 2026-08-31
    measures:
      - {metric: connect_rate, weight: 0.4, points: [[0.1, 0], [0.3, 100], [0.5, 120]]}
      - {metric: conversion_connects, weight: 0.6, points: [[0, 0], [0.1, 100]]}
"""
BUSY = """\
  - name: 旺季
    from: 2026-09-01
    to: 2026-12-31
    measures:
      - {metric: conversion_connects, weight: 1, points: [[0, 0], [0.1, 120]]}
"""
HEAD = "schedule: telesales\ntitle: 月度成绩\nperiods:\n"


def test_the_period_of_a_day() -> None:
    schedule = parse_schedule(HEAD + BUSY + QUIET)
    assert [schedule.on(day).name for day in (date(2026, 8, 31), date(2026, 9, 1))] == ["淡季", "旺季"]


def test_a_day_without_weights() -> None:
    with pytest.raises(NoWeights, match="2027-01-01"):
        parse_schedule(HEAD + QUIET + BUSY).on(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (QUIET.replace("0.6", "0.5") + BUSY, "权重之和为 0.9"),
        (QUIET + BUSY.replace("2026-09-01", "2026-10-01"), "空缺:2026-09-01 至 2026-09-30"),
        (QUIET + BUSY.replace("2026-09-01", "2026-08-01"), "重叠:2026-08-01 至 2026-08-31"),
        (QUIET.replace("2026-08-31", "2026-08-30"), "不是整月"),
        (QUIET.replace("connect_rate", "conect_rate"), "conect_rate 不存在"),
        (QUIET.replace("120]", "130]"), "130 超出"),
        (QUIET.replace("[0.3, 100]", "[0.1, 100]"), "从小到大"),
        (QUIET.replace("weight: 0.4", "weight: -0.4"), "不在 0–1 之间"),
        (QUIET.replace("metric: connect_rate", "metric: conversion_connects"), "出现了两次"),
        (QUIET.replace("points", "pionts"), "measures.0.points"),
        ("  - [", "YAML"),
    ],
)
def test_faults_are_named(text: str, said: str) -> None:
    with pytest.raises(BadSchedule, match=said) as refused:
        parse_schedule(HEAD + text, file="weights.yaml")
    assert refused.value.hint
    assert refused.value.where is not None
    assert refused.value.where.file == "weights.yaml"


def test_volume_without_its_guard_is_warned_of() -> None:
    text = QUIET.replace("metric: connect_rate", "metric: dials").replace(
        "metric: conversion_connects", "metric: att"
    )
    (warned,) = parse_schedule(HEAD + text).warnings()
    assert "外呼次数" in warned
