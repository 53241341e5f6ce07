"""Small forms as sheets, and what their drafts hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from qa_engine.rubric import Rubric, find_rubric, load_rubric, parse_rubric
from qa_engine.rubric.check import run_examples
from qa_engine.rubric.importing import Draft, Sheet, draft_rubric
from qa_engine.rubric.importing.sheet import sheet_of
from qa_engine.rubric.lint import lint
from qa_engine.rubric.load import Surroundings, shipped_folder, surroundings
from qa_engine.rubric.yaml_nodes import Plain
from qa_engine.scoring import compile_rubric

HEAD = "一级指标|评分项|评分标准|扣分标准|分值|类型|备注|话术示例"


@lru_cache(maxsize=1)
def standard() -> Rubric:
    return load_rubric(find_rubric("telesales-standard"))


@lru_cache(maxsize=1)
def around() -> Surroundings:
    return surroundings(None)


def sheet(*rows: str, head: str = HEAD, merged: Sequence[tuple[int, int, int, int]] = ()) -> Sheet:
    """A sheet from lines with `|` between cells, the column names first."""
    lines = ([head] if head else []) + list(rows)
    return sheet_of([line.split("|") for line in lines], file="form.xlsx", name="评分表", merged=merged)


def draft(*rows: str, head: str = HEAD, merged: Sequence[tuple[int, int, int, int]] = ()) -> Draft:
    made = draft_rubric(
        sheet(*rows, head=head, merged=merged), rubric_id="own", standard=standard(), around=around()
    )
    assert_sound(made)
    return made


def assert_sound(made: Draft) -> Rubric:
    """What every draft promises: it loads, its examples hold, and lint has no error."""
    rubric = parse_rubric(
        made.text, file="draft.yaml", shared=around().phrases, conditions=around().conditions
    )
    assert rubric.status == "trial"
    assert [str(problem) for problem in lint(rubric).errors] == []
    results = list(run_examples(compile_rubric(rubric, code_version="test")))
    assert [result for result in results if not getattr(result, "ok", False)] == []
    return rubric


def items(made: Draft) -> Mapping[str, dict[str, Plain]]:
    """The draft's items as they are written, by title."""
    rubric = parse_rubric(made.text, shared=around().phrases, conditions=around().conditions)
    found: dict[str, dict[str, Plain]] = {}
    for s, section in enumerate(rubric.sections):
        for i, item in enumerate(section.items):
            written = rubric.document.at(("sections", s, "items", i))
            assert isinstance(written, dict)
            found[item.title] = written
    return found


def only(row: str) -> dict[str, Plain]:
    """The item of a form with one row beside one that carries the rest of the points."""
    made = items(draft(row, "其他|填满|需要人来看的内容||90|||"))
    return next(item for title, item in made.items() if title != "填满")


def codes(made: Draft) -> list[str]:
    return [question.code for question in made.questions]


def repository() -> Path:
    return shipped_folder().parent
