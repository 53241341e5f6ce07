"""The labelled text sets are well-formed, large enough, and balanced."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.labelled_text import (
    COMPLIANCE_ITEMS,
    PII_KINDS,
    SETS,
    BadLabel,
    NumeralCase,
    compliance_cases,
    matching_cases,
    numeral_cases,
    numeral_faults,
    pii_cases,
)


def test_each_compliance_item_has_violations_and_look_alikes() -> None:
    counts = Counter((case.item, case.verdict) for case in compliance_cases())
    assert counts.total() >= 240
    for item in COMPLIANCE_ITEMS:
        assert counts[item, "fail"] >= 13
        assert counts[item, "pass"] >= 13


def test_only_a_refusal_can_be_not_applicable() -> None:
    assert {case.item for case in compliance_cases() if case.verdict == "na"} == {
        "compliance.respects_refusal"
    }


def test_every_compliance_case_has_an_agent_line() -> None:
    assert all(any(line.role == "agent" for line in case.lines) for case in compliance_cases())


def test_every_pii_kind_is_there_and_so_are_turns_without() -> None:
    cases = pii_cases()
    counts = Counter(entity.kind for case in cases for entity in case.entities)
    assert len(cases) >= 170
    assert sum(not case.entities for case in cases) >= 45
    assert counts.keys() == PII_KINDS
    assert min(counts.values()) >= 10


def test_pii_entities_of_a_turn_do_not_overlap() -> None:
    for case in pii_cases():
        spans = sorted((entity.turn, entity.start, entity.end) for entity in case.entities)
        for (turn, _, end), (next_turn, start, _) in pairwise(spans):
            assert turn != next_turn or end <= start, case.id


def test_numerals_hold_both_numbers_and_words_left_alone() -> None:
    cases = numeral_cases()
    assert len(cases) >= 150
    assert sum(bool(case.numbers) for case in cases) >= 90
    assert sum(bool(case.keep) for case in cases) >= 50


def test_matching_has_hits_and_misses_in_each_mode() -> None:
    counts = Counter((case.match, case.hit) for case in matching_cases())
    assert counts.total() >= 120
    assert min(counts[mode, hit] for mode in ("exact", "homophone", "fuzzy") for hit in (True, False)) >= 10


@pytest.mark.parametrize(
    ("normalized", "faults"),
    [
        ("50万保额每年3200,等一下", ()),  # round 万 may stay
        ("500000保额每年3200,等一下", ()),
        ("每年3200,50万保额,等一下", ("no 3200",)),  # out of order
        ("50万保额每年13200,等一下", ("no 3200",)),  # part of another number
        ("50万保额每年3200,等1下", ("changed 一下",)),
    ],
)
def test_numeral_faults_name_what_is_missing_or_changed(normalized: str, faults: tuple[str, ...]) -> None:
    case = NumeralCase("n", "五十万保额每年三千二,等一下", (("50万", "500000"), ("3200",)), ("一下",))
    assert numeral_faults(case, normalized) == faults


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{id: a, turns: ["客户:我"], entities: [{turn: 0, kind: name, text: 王建国}]}', "not in turn 0"),
        (
            '{id: a, turns: ["客户:张伟张伟"], entities: [{turn: 0, kind: name, text: 张伟}]}',
            "give its start",
        ),
        (
            '{id: a, turns: ["客户:张伟"], entities: [{turn: 0, kind: nick, text: 张伟}]}',
            "none of the PII kinds",
        ),
        ('{id: a, turns: ["客户:张伟"], entities: [{turn: 1, kind: name, text: 张伟}]}', "no turn 1"),
        ('{id: a, turns: ["张伟"], entities: []}', "坐席"),
        ('{id: a, turns: ["客户:张伟"]}', "a case has"),
    ],
)
def test_a_malformed_case_is_refused_with_its_place(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "pii.yaml"
    path.write_text(f"- {row}\n", encoding="utf-8")
    with pytest.raises(BadLabel, match=message):
        pii_cases(path)


def test_an_id_is_given_once(tmp_path: Path) -> None:
    path = tmp_path / "pii.yaml"
    path.write_text('- {id: a, turns: ["客户:喂"], entities: []}\n' * 2, encoding="utf-8")
    with pytest.raises(BadLabel, match="another case has this id"):
        pii_cases(path)


def test_the_readme_names_every_set_with_its_size() -> None:
    readme = (SETS / "README.md").read_text(encoding="utf-8")
    sizes = {
        "compliance.yaml": len(compliance_cases()),
        "pii.yaml": len(pii_cases()),
        "numerals.yaml": len(numeral_cases()),
        "matching.yaml": len(matching_cases()),
    }
    for name, size in sizes.items():
        assert f"`{name}` — {size} " in readme
