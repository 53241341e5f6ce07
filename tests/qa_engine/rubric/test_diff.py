"""callqa rubric diff: what changed, in the terms of the form."""

from __future__ import annotations

import pytest

from qa_engine.rubric import parse_rubric
from qa_engine.rubric.diff import Change, RubricDiff, diff_rubrics
from tests.qa_engine.rubric.builders import form, item

ONE = item(
    "pass_when: {says: {by: agent, any_of: [您好, 你好], within: {first_s: 30}}}", name="a.one", weight=60
)
TWO = item("fail_when: {says: {by: agent, any_of: $拒绝}}\nwhy: 手册 2.1", name="a.two", weight=40)


def compared(after: str, before: str = form(ONE, TWO)) -> RubricDiff:
    return diff_rubrics(parse_rubric(before), parse_rubric(after))


def test_the_same_form_in_another_layout_has_no_difference() -> None:
    assert compared("# a comment\n" + form(ONE, TWO).replace("title: 小表", "title:   '小表'")).empty


# Each row: text before, text after, the change of item a.one.
CHANGES = [
    ("first_s: 30", "first_s: 20", Change("pass_when.says.within.first_s", 30, 20)),
    ("您好, 你好", "您好, 早上好", Change("pass_when.says.any_of", ["您好", "你好"], ["您好", "早上好"], ("早上好",), ("你好",))),
    (", within: {first_s: 30}", "", Change("pass_when.says.within", {"first_s": 30}, None)),
    ("by: agent, any_of: [您好", "by: agent, match: exact, any_of: [您好", Change("pass_when.says.match", None, "exact")),
    ("any_of: [您好, 你好]", "any_of: 您好", Change("pass_when.says.any_of", ["您好", "你好"], "您好", (), ("你好",))),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES)
def test_a_key_that_changed(old: str, new: str, expected: Change) -> None:
    before = form(ONE, TWO)
    assert old in before
    found = compared(before.replace(old, new), before)
    ((name, change),) = [(one.id, change) for one in found.changed for change in one.changes]
    assert (name, change) == ("a.one", expected)
    assert found.scores_change


def test_items_added_and_removed() -> None:
    three = item("manual: true", name="a.three", weight=40)
    found = compared(form(ONE, three))
    assert (found.added, found.removed, found.changed) == (
        (("a.three", "一项"),),
        (("a.two", "一项"),),
        (),
    )


def test_an_item_that_is_decided_in_the_same_way_was_renamed() -> None:
    found = compared(form(ONE, TWO.replace("a.two", "a.second").replace("weight: 40", "weight: 40.0")))
    assert (found.added, found.removed) == ((), ())
    assert [(one.id, one.was) for one in found.changed] == [("a.second", "a.two")]


def test_phrases_of_a_list_that_is_named() -> None:
    found = compared(form(ONE, TWO).replace("没兴趣", "别再打"))
    (change,) = found.lists
    assert (change.path, change.added, change.removed) == ("$拒绝", ("别再打",), ("没兴趣",))
    assert found.scores_change


def test_the_head_of_the_form() -> None:
    found = compared(form(ONE, TWO).replace("title: 小表", "title: 小表\npass_mark: 85"))
    assert found.head == (Change("pass_mark", None, 85),)


@pytest.mark.parametrize(
    ("old", "new", "scores", "missing"),
    [
        ("手册 2.1", "手册 2.2", False, False),  # a reason changes no score
        ("weight: 60\n", "weight: 60\n        severity: customer_critical\n", True, True),
        ("您好, 你好", "您好", True, True),  # the version should have changed
        ("version: 1", "version: 2", False, False),
    ],
)
def test_content_that_changes_scores_asks_for_a_new_version(
    old: str, new: str, scores: bool, missing: bool
) -> None:
    found = compared(form(ONE, TWO).replace(old, new))
    assert (found.scores_change, found.version_missing) == (scores, missing)


def test_an_item_that_moved_to_another_section() -> None:
    moved = form(ONE) + "  - id: other\n    title: 另\n    items:\n" + form(TWO, head="")
    (change,) = compared(moved).changed
    assert change.changes == (Change("section", "only", "other"),)
