"""The file of sources: what it says, and what it must not say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qa_engine.dialer.sources import (
    BadSources,
    SourcePlan,
    backoff_s,
    parse_sources,
    references,
    resolved,
    window,
)

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
GOOD = """sources:
  - name: vicidial
    dialer: vicidial
    url: mysql://reader:${DIALER_PASSWORD}@dialer/asterisk
    every: 5m
    timezone: America/New_York
  - name: 云呼
    dialer: csv
    folder: exports
    mapping: m.yaml
    every: 1h
    overlap: 1d
    settle: 90s
"""


def test_a_file_of_sources() -> None:
    first, second = parse_sources(GOOD.encode(), file="sources.yaml")
    assert (first.name, first.every_s, first.overlap_s, first.settle_s) == ("vicidial", 300.0, 7200.0, 1800.0)
    assert (first.is_database, second.is_database) == (True, False)
    assert str(first.zone) == "America/New_York"
    assert (second.place, second.mapping, second.overlap_s, second.settle_s) == (
        "exports",
        "m.yaml",
        86_400.0,
        90.0,
    )


def test_secrets_are_references() -> None:
    (plan, _) = parse_sources(GOOD.encode(), file="x")
    assert references(plan.place) == ("DIALER_PASSWORD",)
    assert resolved(plan.place, {"DIALER_PASSWORD": "geheim"}) == "mysql://reader:geheim@dialer/asterisk"
    assert "geheim" not in repr(plan)


ENTRY = "sources: [{{name: a, dialer: vicidial, every: 5m, {}}}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sources:"),
        ("sources: x", "sources:"),
        ("sources: [", "YAML"),
        ("sources: [a]", "键: 值"),
        (ENTRY.format("url: 'mysql://u:geheim@h/d'"), "口令"),
        (ENTRY.format("url: 'mysql://u:geheim${X}@h/d'"), "口令"),
        (ENTRY.format("url: h"), "url 不可用"),
        (ENTRY.format("folder: a, url: 'mysql://h/d'"), "只应写一个"),
        (ENTRY.format("name: a"), "只应写一个"),
        (ENTRY.format("folder: 'mysql://h/d'"), "文件夹路径"),
        (ENTRY.format("folder: a, colour: red"), "colour"),
        (ENTRY.format("folder: a, overlap: soon"), "overlap"),
        (ENTRY.format("folder: a, timezone: Mars/Base"), "Mars/Base"),
        ("sources: [{name: a, dialer: avaya, every: 5m, folder: a}]", "avaya"),
        ("sources: [{name: a, dialer: csv, folder: a}]", "every"),
        ("sources: [{name: a, dialer: csv, folder: a, every: 0s}]", "1s"),
        ("sources: [{name: 'a/b', dialer: csv, folder: a, every: 5m}]", "name"),
        ("sources: [{name: a, dialer: csv, every: 5m, url: 'mysql://h/d'}]", "csv"),
        (
            "sources: [{name: a, dialer: csv, folder: a, every: 5m}, {name: a, dialer: csv, folder: b, every: 5m}]",
            "两次",
        ),
    ],
)
def test_what_cannot_be_used_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSources, match=said) as caught:
        parse_sources(text.encode(), file="sources.yaml")
    assert "geheim" not in str(caught.value)
    assert caught.value.where is not None


PLAN = SourcePlan("a", "vicidial", "mysql://h/d", 300.0, 7200.0, 1800.0)


def test_the_first_pull_reads_all_that_has_settled() -> None:
    assert window(PLAN, None, NOW) == (None, NOW - timedelta(minutes=30))


def test_windows_overlap_and_leave_no_gap() -> None:
    """The one pull ends where calls may still go on; the next begins two hours before that."""
    _, until = window(PLAN, None, NOW)
    since, _ = window(PLAN, NOW, NOW + timedelta(minutes=5))
    assert since == until - timedelta(hours=2)


@pytest.mark.parametrize(
    ("failures", "expected"), [(0, 300.0), (1, 600.0), (2, 1200.0), (3, 2400.0), (4, 3600.0), (99, 3600.0)]
)
def test_each_failure_doubles_the_pause(failures: int, expected: float) -> None:
    assert backoff_s(300.0, failures) == expected


def test_a_daily_pull_that_failed_is_not_tried_more_often_than_daily() -> None:
    assert backoff_s(86_400.0, 3) == 86_400.0
