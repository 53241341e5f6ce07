"""Every example sentence of every shipped form is a test; the forms have no warnings and are locked."""

from __future__ import annotations

from functools import cache

import pytest
import yaml

from fixtures.builders.compliance.lines import SENTENCES as DEVELOPMENT
from models.settings import Settings
from qa_engine.rubric import load_rubric, shipped_rubrics
from qa_engine.rubric.check import EXPECTED, run_examples
from qa_engine.rubric.examples import example_call
from qa_engine.rubric.lint import lint
from qa_engine.rubric.load import shipped_folder
from qa_engine.rubric.lock import check_lock
from qa_engine.scoring import Plan, compile_rubric
from qa_engine.scoring.evaluator import judge_item

FORMS = shipped_rubrics()
LEAST_EXAMPLES = 2


@cache
def plan(form: str) -> Plan:
    return compile_rubric(load_rubric(FORMS[form]), code_version="test")


def _examples() -> list[object]:
    found = []
    for form in FORMS:
        for section in plan(form).rubric.sections:
            for item in section.items:
                for kind in EXPECTED:
                    lines = (
                        getattr(item.examples, "pass_" if kind == "pass" else kind) if item.examples else ()
                    )
                    found += [
                        pytest.param(form, item.id, kind, line, id=f"{form}:{item.id}:{kind}-{number}")
                        for number, line in enumerate(lines, start=1)
                    ]
    return found


@pytest.mark.parametrize(("form", "item", "kind", "line"), _examples())
def test_an_example_gets_its_verdict(form: str, item: str, kind: str, line: str) -> None:
    judged = judge_item(example_call(line), plan(form), item)
    assert judged.verdict is EXPECTED[kind], judged.reason


SENTENCES = yaml.safe_load(DEVELOPMENT.read_text("utf-8"))


@pytest.mark.parametrize(
    ("item", "kind", "line"),
    [
        pytest.param(item, kind, line, id=f"{item}:{kind}-{number}")
        for item, kinds in SENTENCES.items()
        for kind, lines in kinds.items()
        for number, line in enumerate(lines, start=1)
    ],
)
def test_a_sentence_written_for_the_rules_gets_its_verdict(item: str, kind: str, line: str) -> None:
    judged = judge_item(example_call(line), plan("telesales-standard"), item)
    assert judged.verdict is EXPECTED[kind], judged.reason


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_no_problem_and_no_warning(form: str) -> None:
    found = lint(plan(form).rubric)
    assert (found.errors, found.warnings) == ((), ())


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_locked(form: str) -> None:
    assert check_lock([plan(form).rubric], shipped_folder() / "rubric.lock") == ()


@pytest.mark.parametrize("form", ["insurance", "credit", "education"])
def test_an_item_of_a_pack_shows_and_teaches_both_sides(form: str) -> None:
    for item in plan(form).rubric.items:
        assert item.examples is not None
        assert len(item.examples.pass_) >= LEAST_EXAMPLES, item.id
        assert len(item.examples.fail) >= LEAST_EXAMPLES, item.id
        assert item.why, item.id
        assert item.coach, item.id


def test_packs_score_only_where_they_are_named() -> None:
    assert Settings.model_fields["rubrics"].default == "telesales-standard"


def test_examples_are_run_by_the_check_as_well() -> None:
    assert all(getattr(result, "ok", False) for result in run_examples(plan("credit")))
