"""Rubric files, their phrase lists, and finding them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.errors import NotFound
from qa_engine.rubric import BadRubric, find_rubric, load_rubric, parse_rubric, shipped_rubrics
from qa_engine.rubric.phrases import read_phrase_file, shared_phrases
from tests.qa_engine.rubric.builders import form, item

FORM = form(item("pass_when: {says: {any_of: $拒绝}}"))


def test_a_form_reads_as_values() -> None:
    rubric = parse_rubric(FORM)
    assert (rubric.id, rubric.version, rubric.title, rubric.pass_mark, rubric.status) == (
        "small",
        1,
        "小表",
        80,
        "active",
    )
    assert [(one.id, one.weight, one.way) for one in rubric.items] == [("a.b", 100, "pass_when")]


def test_the_hash_is_of_the_content_not_of_the_layout() -> None:
    same = "# a comment\n" + FORM.replace("title: 小表", "title:   '小表'")
    assert parse_rubric(same).sha256 == parse_rubric(FORM).sha256
    assert parse_rubric(FORM.replace("小表", "大表")).sha256 != parse_rubric(FORM).sha256


def test_the_lexicon_hash_changes_with_a_phrase() -> None:
    lists = {"公司名": ("安心保险",)}
    more = {"公司名": ("安心保险", "平安")}
    assert parse_rubric(FORM, shared=lists).lexicon_sha256 != parse_rubric(FORM, shared=more).lexicon_sha256


class TestPhraseLists:
    def test_a_list_may_name_another(self) -> None:
        rubric = parse_rubric(FORM.replace("不需要", "$空").replace("空: []", "空: [算了]"))
        assert rubric.phrases["拒绝"] == ("算了", "没兴趣")

    def test_a_forms_own_list_hides_a_shared_one(self) -> None:
        rubric = parse_rubric(FORM, shared={"拒绝": ("别打了",)})
        assert rubric.phrases["拒绝"] == ("不需要", "没兴趣")

    def test_files_of_a_folder_are_read_in_order_and_extra_files_add(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("公司名: []\n问候: [您好]\n", encoding="utf-8")
        extra = tmp_path / "extra" / "own.yaml"
        extra.parent.mkdir()
        extra.write_text("phrases:\n  公司名: [安心保险]\n  问候: 您好\n", encoding="utf-8")
        assert shared_phrases([tmp_path], [extra]) == {"公司名": ("安心保险",), "问候": ("您好",)}

    def test_lists_beside_a_form_are_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "phrases").mkdir()
        (tmp_path / "phrases" / "own.yaml").write_text("自有: [甲]\n", encoding="utf-8")
        path = tmp_path / "small.yaml"
        path.write_text(FORM.replace("$拒绝", "$自有"), encoding="utf-8")
        assert load_rubric(path).phrases["自有"] == ("甲",)

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("问候: [您好, 3]\n", 1, 10),
            ("phrases:\n  问候: [您好, [a]]\n", 2, 12),
            ("- 您好\n", 1, 1),
            ("'': [a]\n", 1, 1),
        ],
    )
    def test_a_fault_in_a_phrase_file_has_its_place(
        self, tmp_path: Path, text: str, line: int, column: int
    ) -> None:
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadRubric) as caught:
            read_phrase_file(path)
        where = caught.value.problems[0].where
        assert (where.file, where.line, where.column) == ("own.yaml", line, column)


class TestFinding:
    def test_by_path_and_by_id_of_a_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "small.yaml"
        path.write_text(FORM, encoding="utf-8")
        assert find_rubric(path) == path
        assert find_rubric("small", folder=tmp_path) == path

    def test_an_unknown_id_is_answered_with_the_nearest(self, tmp_path: Path) -> None:
        (tmp_path / "small.yaml").write_text(FORM, encoding="utf-8")
        with pytest.raises(NotFound, match="small"):
            find_rubric("smal", folder=tmp_path)

    def test_the_shipped_form_is_found_and_the_taxonomy_is_no_form(self) -> None:
        assert "telesales-standard" in shipped_rubrics()
        assert "objections" not in shipped_rubrics()

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(BadRubric, match="无法读取"):
            load_rubric(tmp_path / "none.yaml")
