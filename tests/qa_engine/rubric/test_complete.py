"""What is offered while a form is written: by the place of the cursor, also where the YAML cannot be read."""

from __future__ import annotations

import pytest

from qa_engine.rubric.complete import Names, complete, condition_help, item_ids
from qa_engine.rubric.conditions import CONDITIONS

NAMES = Names({"问候语": ("您好", "你好")}, ("承诺保本",))
FORM = """\
rubric: own
version: 1
phrases:
  拒绝: [不要]
sections:
  - id: opening
    title: 开场
    items:
      - id: opening.a
        title: 一
        pass_when:
          says: {by: agent, any_of: [您好], within: {|1}}
        |2
      - id: opening.b
        pass_when:
          all:
            - sa|3
            - not: {|4}
            - objection: {type: |5}
            - says: {by: |6}
            - says: {any_of: [$|7]}
            - use: |8
        na_when: {item: {id: |9}}
        why: "引号里的 { 不算
        applies_when: {says: {by: agent, |a}}
|0
"""


def offered(mark: str) -> tuple[str, list[str]]:
    """(path, labels) at a mark of the form; the other marks are taken out."""
    text = FORM
    for other in "1234567890a":
        if other != mark:
            text = text.replace(f"|{other}", "")
    at = text.index(f"|{mark}")
    text = text.replace(f"|{mark}", "")
    line = text.count("\n", 0, at) + 1
    found = complete(text, line, at - (text.rfind("\n", 0, at) + 1) + 1, NAMES)
    return found.path, [option.label for option in found.options]


@pytest.mark.parametrize(
    ("mark", "path", "there", "absent"),
    [
        ("1", "sections.items.pass_when.says.within", {"first_s", "last_s", "stage"}, {"by"}),
        ("2", "sections.items", {"weight", "fail_when", "examples"}, {"id", "title", "pass_when"}),
        ("3", "sections.items.pass_when.all", {"says", "silence", "objection"}, {"weight"}),
        ("4", "sections.items.pass_when.all.not", {"says", "fact"}, {"weight"}),
        ("5", "sections.items.pass_when.all.objection.type", {"price", "do_not_call"}, {"says"}),
        ("6", "sections.items.pass_when.all.says.by", {"agent", "customer", "anyone"}, {"says"}),
        ("7", "sections.items.pass_when.all.says.any_of", {"$问候语", "$拒绝"}, set()),
        ("8", "sections.items.pass_when.all.use", {"承诺保本"}, {"says"}),
        ("9", "sections.items.na_when.item.id", {"opening.a", "opening.b"}, {"opening"}),
        ("0", "", {"pass_mark", "applies_to"}, {"rubric", "version", "phrases"}),
        ("a", "sections.items.applies_when.says", {"any_of", "within"}, {"by"}),
    ],
)  # fmt: skip
def test_what_is_offered_at_a_place(mark: str, path: str, there: set[str], absent: set[str]) -> None:
    found, labels = offered(mark)
    assert found == path
    assert there <= set(labels)
    assert not absent & set(labels)


def test_every_condition_is_explained_with_its_example() -> None:
    for tag in CONDITIONS:
        about = condition_help(tag)
        assert "unknown:" in about, tag
        assert f"{tag}" in about.splitlines()[-1], tag


def test_the_word_under_the_cursor_is_explained() -> None:
    text = "sections:\n  - items:\n      - pass_when:\n          says: {by: agent}\n"
    assert "unknown:" in complete(text, 4, 13, NAMES).about
    assert complete(text, 4, 19, NAMES).about.startswith("Who must say")


def test_ids_of_items_are_known_those_of_sections_are_not() -> None:
    assert item_ids(FORM) == ("opening.a", "opening.b")


@pytest.mark.parametrize(
    "text", ["", "\t", "{", "}}}", "a: [", "- - - -", ":", "🙂: {", "x" * 5_000, "\n" * 200]
)
def test_no_text_breaks_it(text: str) -> None:
    for line, column in ((1, 1), (1, 9_999), (9_999, 1), (2, 2)):
        complete(text, line, column, NAMES)
