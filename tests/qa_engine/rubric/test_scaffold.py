"""callqa rubric new: a form to start from passes its own check."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.rubric import load_rubric, shipped_rubrics
from qa_engine.rubric.check import check_rubric
from qa_engine.rubric.items import WAYS
from qa_engine.rubric.scaffold import BadRubricId, new_form


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_starting_form_passes_its_own_check_without_a_warning(tmp_path: Path) -> None:
    report = check_rubric(written(tmp_path, new_form("own")))
    assert [problem.message for problem in (*report.problems, *report.warnings)] == []
    assert [example.line for example in report.examples if not example.ok] == []
    assert report.rubric is not None
    assert (report.rubric.id, report.rubric.status) == ("own", "trial")


def test_the_starting_form_shows_the_ways_to_decide(tmp_path: Path) -> None:
    ways = {item.way for item in load_rubric(written(tmp_path, new_form("own"))).items}
    assert ways == set(WAYS) - {"deduct", "bonus", "flow"}


@pytest.mark.parametrize("source", shipped_rubrics().values(), ids=lambda path: path.stem)
def test_a_copy_of_a_shipped_form_differs_only_in_its_head(tmp_path: Path, source: Path) -> None:
    text = source.read_text("utf-8")
    path = written(tmp_path, new_form("own", source=text))
    copy, original = load_rubric(path), load_rubric(source)
    assert (copy.id, copy.version, copy.status) == ("own", 1, "trial")
    assert copy.sections == original.sections
    assert path.read_text("utf-8").count("#") == text.count("#")


def test_comments_behind_the_head_stay_in_their_column() -> None:
    source = "rubric: a-long-name   # id\nversion: 12 # v\ntitle: 甲\n"
    assert new_form("own", source=source) == (
        "rubric: own           # id\nversion: 1  # v\nstatus: trial\ntitle: 甲\n"
    )


@pytest.mark.parametrize("name", ["Own", "电销", "a b", "../x", "", "-x"])
def test_an_id_that_cannot_be_one(name: str) -> None:
    with pytest.raises(BadRubricId, match="telesales-own"):
        new_form(name)
