"""Conditions that several forms share: taken in where they are used, and told of with their own place."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.rubric import BadRubric, load_rubric, parse_rubric
from qa_engine.rubric.shared_conditions import shared_conditions
from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import judge_item
from tests.qa_engine.rubric.builders import form, item, said

SHARED = """# 共用的句式
承诺收益: {any: [{use: 保本}, {says: {by: agent, any_of: [稳赚不赔]}}]}
保本: {says: {by: agent, any_of: [保本]}}
没人用: {says: {by: agent, any_of: [别的]}}
"""
USES = form(item("fail_when: {use: 承诺收益}", name="a.b", weight=100))


def folder(path: Path, shared: str = SHARED) -> Path:
    (path / "conditions").mkdir()
    (path / "conditions" / "claims.yaml").write_text(shared, "utf-8")
    (path / "own.yaml").write_text(USES, "utf-8")
    return path / "own.yaml"


def verdict(rubric, line: str) -> Verdict:
    return judge_item(said(line), compile_rubric(rubric, code_version="test"), "a.b").verdict


def test_a_form_uses_what_stands_beside_it(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path))
    assert verdict(rubric, "坐席:这款保本的") is Verdict.FAIL
    assert verdict(rubric, "坐席:这款稳赚不赔") is Verdict.FAIL
    assert verdict(rubric, "坐席:收益以合同为准") is Verdict.PASS
    assert set(rubric.spec.conditions) == {"承诺收益", "保本"}  # what it uses, and what that uses; no more


def test_its_own_condition_hides_the_shared_one(tmp_path: Path) -> None:
    path = folder(tmp_path)
    own = "conditions:\n  承诺收益: {says: {by: agent, any_of: [包赚]}}\n"
    path.write_text(USES.replace("sections:", own + "sections:", 1), "utf-8")
    rubric = load_rubric(path)
    assert verdict(rubric, "坐席:这款保本的") is Verdict.PASS
    assert verdict(rubric, "坐席:这款包赚") is Verdict.FAIL


def test_a_changed_shared_condition_is_a_changed_form(tmp_path: Path) -> None:
    path = folder(tmp_path)
    before = load_rubric(path).sha256
    (tmp_path / "conditions" / "claims.yaml").write_text(SHARED.replace("别的", "另外的"), "utf-8")
    assert load_rubric(path).sha256 == before  # it does not use that one
    (tmp_path / "conditions" / "claims.yaml").write_text(SHARED.replace("稳赚不赔", "包赚"), "utf-8")
    assert load_rubric(path).sha256 != before


def test_the_text_that_is_kept_is_whole(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path))
    again = parse_rubric(rubric.source)
    assert again.sha256 == rubric.sha256
    assert verdict(again, "坐席:这款保本的") is Verdict.FAIL


def test_a_fault_is_told_with_its_place_in_the_shared_file(tmp_path: Path) -> None:
    path = folder(tmp_path, SHARED.replace("any_of: [保本]", "any_off: [保本]"))
    with pytest.raises(BadRubric) as caught:
        load_rubric(path)
    (problem, *_) = caught.value.problems
    assert (problem.where.file, problem.where.line) == ("claims.yaml", 3)
    assert "any_of" in problem.hint


@pytest.mark.parametrize(("text", "code"), [("- 1\n", "not_conditions"), ("a: [\n", "bad_yaml")])
def test_a_file_that_holds_no_conditions(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "broken.yaml").write_text(text, "utf-8")
    with pytest.raises(BadRubric) as caught:
        shared_conditions([tmp_path])
    assert caught.value.problems[0].code == code
