"""callqa rubric check: lint, examples as tests, the lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.rubric import BadRubric, parse_rubric
from qa_engine.rubric.check import check_rubric, run_examples
from qa_engine.rubric.lint import lint
from qa_engine.rubric.lock import check_lock, read_lock, scored_sha256, write_lock
from qa_engine.scoring import compile_rubric
from tests.qa_engine.rubric.builders import form, item

BANNED = """
fail_when: {says: {by: agent, any_of: [保本]}}
examples:
  fail: ["坐席:这款保本"]
  pass: ["坐席:这款不保本"]
"""


def codes(*items: str) -> list[str]:
    found = lint(parse_rubric(form(*items)))
    return [problem.code for problem in (*found.errors, *found.warnings) if problem.code != "unused_list"]


EXAMPLES = 'examples: {pass: ["坐席:不好"]}'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BANNED, []),
        (BANNED.replace("坐席:这款不保本", "坐席:这款很好"), ["no_negated_example"]),
        ("pass_when: {says: {any_of: [甲]}}", ["no_examples"]),
        ("pass_when: {says: {any_of: [甲, 乙, 甲]}}\n" + EXAMPLES, ["duplicate_phrase"]),
        ("pass_when: {says: {any_of: [甲], match: fuzzy}}\n" + EXAMPLES, ["short_phrase"]),
        ("pass_when: {says: {any_of: $空}}\n" + EXAMPLES, ["empty_list"]),
        ("pass_when: {any: [{says: {any_of: [甲]}}, {says: {any_of: [甲]}}]}\n" + EXAMPLES, ["unreachable"]),
        (
            "graded: [{when: {says: {any_of: [甲]}}, credit: 1}, {when: {says: {any_of: [甲]}}, credit: 0.5}]\n"
            + EXAMPLES,
            ["unreachable"],
        ),
        ("na_when: {says: {any_of: [甲]}}\npass_when: {says: {any_of: [甲]}}\n" + EXAMPLES, ["unreachable"]),
        ("manual: {question: 服务态度是否良好}", ["vague"]),
        ("manual: {question: 是否在十秒内接听}", []),
    ],
)
def test_lint(body: str, expected: list[str]) -> None:
    assert codes(item(body)) == expected


def test_lint_across_items() -> None:
    same = "pass_when: {says: {any_of: [甲]}}\n" + EXAMPLES
    assert codes(item(same, weight=50), item(same, name="a.c", weight=50)) == ["duplicate_item"]
    other = BANNED.replace("[保本]", "[保本, 稳赚]")
    assert codes(item(BANNED, weight=50), item(other, name="a.c", weight=50)) == ["shared_phrase"]
    assert "weightless" in codes(item(same), item(BANNED, name="a.c", weight=0))


def results(*items: str) -> list[tuple[str, str, str | None, bool]]:
    plan = compile_rubric(parse_rubric(form(*items)), code_version="test")
    return [
        (r.code, "", None, False)
        if not hasattr(r, "line")
        else (r.item, r.got.value, r.expected and r.expected.value, r.ok)
        for r in run_examples(plan)
    ]


def test_every_example_runs_against_its_own_item() -> None:
    body = """
    na_when: {says: {by: customer, any_of: [打错了]}}
    pass_when: {says: {by: agent, any_of: [您好]}}
    examples:
      pass: ["坐席:您好", "坐席:喂"]
      fail: ["客户:您好"]
      na: ["客户:打错了 / 坐席:您好"]
      known_miss: ["坐席:哈喽"]
    """
    assert results(item(body)) == [
        ("a.b", "pass", "pass", True),
        ("a.b", "fail", "pass", False),
        ("a.b", "fail", "fail", True),
        ("a.b", "na", "na", True),
        ("a.b", "fail", None, True),
    ]


def test_an_example_that_is_no_dialogue_is_a_problem() -> None:
    assert results(item('manual: true\nexamples: {pass: ["您好"]}')) == [("bad_example", "", None, False)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(form(item(BANNED)), encoding="utf-8")
    return path


def test_a_report_of_a_good_form(path: Path) -> None:
    report = check_rubric(path)
    assert (report.ok, report.readable, len(report.examples)) == (True, True, 2)


def test_a_report_of_a_failed_example(path: Path) -> None:
    path.write_text(form(item(BANNED.replace("fail: [", 'fail: ["坐席:您好", '))), encoding="utf-8")
    report = check_rubric(path)
    (failed,) = [example for example in report.examples if not example.ok]
    assert (report.ok, failed.line, failed.where.line) == (False, "坐席:您好", 16)


def test_a_report_of_a_file_that_does_not_load(path: Path) -> None:
    path.write_text("rubric: [", encoding="utf-8")
    report = check_rubric(path)
    assert (report.ok, report.readable) == (False, False)
    assert report.problems[0].code == "bad_yaml"


class TestLock:
    def test_a_locked_version_may_not_change(self, path: Path, tmp_path: Path) -> None:
        lock = tmp_path / "rubric.lock"
        rubric = parse_rubric(path.read_bytes())
        assert [p.code for p in check_lock([rubric], lock)] == ["not_locked"]
        write_lock([rubric], lock)
        assert read_lock(lock) == {("small", 1): scored_sha256(rubric)}
        assert check_rubric(path, lock=lock).ok

        path.write_text(path.read_text("utf-8").replace("[保本]", "[保本, 稳赚]"), encoding="utf-8")
        changed = parse_rubric(path.read_bytes())
        assert [p.code for p in check_rubric(path, lock=lock).problems] == ["changed_without_version"]
        with pytest.raises(BadRubric, match="version"):
            write_lock([changed], lock)

    def test_a_new_version_is_added_and_the_old_one_kept(self, path: Path, tmp_path: Path) -> None:
        lock = tmp_path / "rubric.lock"
        text = path.read_text("utf-8")
        write_lock([parse_rubric(text)], lock)
        write_lock([parse_rubric(text.replace("version: 1", "version: 2").replace("[保本]", "[稳赚]"))], lock)
        assert {version for _, version in read_lock(lock)} == {1, 2}

    @pytest.mark.parametrize(
        ("old", "new", "same"),
        [
            ("title: 一项", "title: 另一项", True),
            ("坐席:这款不保本", "坐席:不保本啊", True),
            ("[不需要, 没兴趣]", "[不需要]", True),  # a list that no item uses
            ("weight: 100", "severity: compliance_critical\n        weight: 100", False),
            ("any_of: [保本]", "any_of: $拒绝", False),
        ],
    )
    def test_only_what_can_change_a_score_counts(self, path: Path, old: str, new: str, same: bool) -> None:
        text = path.read_text("utf-8")
        assert old in text
        before, after = parse_rubric(text), parse_rubric(text.replace(old, new))
        assert (scored_sha256(before) == scored_sha256(after)) is same

    def test_a_list_that_is_used_counts(self, path: Path) -> None:
        text = path.read_text("utf-8").replace("[保本]", "$拒绝")
        before, after = parse_rubric(text), parse_rubric(text.replace("没兴趣", "没需要"))
        assert scored_sha256(before) != scored_sha256(after)

    def test_a_lock_that_cannot_be_read_names_its_line(self, tmp_path: Path) -> None:
        lock = tmp_path / "rubric.lock"
        lock.write_text("# comment\nsmall one abc\n", encoding="utf-8")
        with pytest.raises(BadRubric) as caught:
            read_lock(lock)
        assert caught.value.problems[0].where.line == 2
