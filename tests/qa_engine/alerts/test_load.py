"""Rule files: what is read, and what is said of faults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa_engine.alerts.load import BadRules, parse_rules
from qa_engine.alerts.rules import CallSign, Channel, InBand, KOfN, Limit, OneCall, Scope
from qa_engine.alerts.words import in_words
from qa_engine.kpi.registry import Direction

SHIPPED = Path(__file__).parents[3] / "rubrics/alerts/standard.yaml"
GOOD = """\
rules:
  - id: a
    title: 接通率低
    kind: k_of_n
    metric: connect_rate
    scope: team
    k: 3
    n: 3
    below: 0.8
    target: 0.12
    owner: 王主管
    channels: [email, feishu]
"""


def test_a_rule_is_read() -> None:
    (rule,) = parse_rules(GOOD, file="a.yaml").rules
    assert rule.test == KOfN(3, 3, Limit(below=0.8), 0.12)
    assert (rule.scope, rule.owner, rule.min_n) == (Scope.TEAM, "王主管", 30)
    assert rule.channels == (Channel.EMAIL, Channel.FEISHU)


def test_the_shipped_rules_are_good_and_can_be_told() -> None:
    rules = parse_rules(SHIPPED.read_bytes(), file="standard.yaml").rules
    said = [in_words(rule) for rule in rules]
    assert len(set(said)) == len(rules)
    assert said[0] == "每个团队的接通率连续 3 天不高于自身近 8 周同星期的中位数的 80 %;少于 100 通不判断"
    by_id = {rule.id: rule for rule in rules}
    band = by_id["abandon-band"].test
    assert isinstance(band, InBand)
    assert band.band.direction is Direction.DOWN
    assert by_id["do-not-call"].test == OneCall(CallSign.OBJECTION, ("do_not_call",))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("connect_rate", "conect_rate", 5, "connect_rate"),
        ("k: 3", "k: 4", 7, "大于 n"),
        ("below: 0.8", "beneath: 0.8", 9, "没有键 beneath"),
        ("target: 0.12", "target: 好", 10, "不是"),
        ("[email, feishu]", "[email, fishu]", 12, "feishu"),
        ("scope: team", "scope: call", 6, "只用于"),
        ("kind: k_of_n", "kind: kofn", 4, "k_of_n"),
        ("k: 3", "k: 2.5", 7, "整数"),
        ("title: 接通率低", 'title: "a\\nBcc: b"', 3, "不换行"),
    ],
)
def test_faults_name_line_and_way_out(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(BadRules) as caught:
        parse_rules(GOOD.replace(old, new, 1), file="a.yaml")
    told = [str(problem) for problem in caught.value.problems if str(problem).startswith(f"a.yaml:{line}:")]
    assert any(said in text for text in told), caught.value.problems


def test_an_id_twice_is_refused() -> None:
    twice = GOOD + GOOD.split("rules:\n")[1]
    with pytest.raises(BadRules, match="写了两次"):
        parse_rules(twice, file="a.yaml")


@pytest.mark.parametrize(
    "text", ["", "rules: []", "rules: 3", "rules:\n  - 3", "a: *b", "rules: [{kind: call}]"]
)
def test_no_rules_or_broken_yaml_is_a_named_error(text: str) -> None:
    with pytest.raises(BadRules):
        parse_rules(text, file="a.yaml")


def test_holidays_are_days() -> None:
    book = parse_rules(f"holidays: [2026-10-01]\n{GOOD}", file="a.yaml")
    assert book.holidays == {date(2026, 10, 1)}
    with pytest.raises(BadRules, match="国庆"):
        parse_rules(f"holidays: [国庆]\n{GOOD}", file="a.yaml")


def test_a_stored_target_is_read_and_campaigns_have_none() -> None:
    stored = GOOD.replace("target: 0.12", "target: stored")
    (rule,) = parse_rules(stored, file="a.yaml").rules
    assert rule.test == KOfN(3, 3, Limit(below=0.8), None, is_stored=True)
    assert in_words(rule) == "每个团队的接通率连续 3 天不高于目标的 80 %;少于 30 通不判断"
    with pytest.raises(BadRules, match="campaign"):
        parse_rules(stored.replace("scope: team", "scope: campaign"), file="a.yaml")
