"""Writing a form at the command line: import, new, diff."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import run

FORM = """\
一级指标,评分项,评分标准,分值,类型
开场,问候,问候客户,40,非致命
过程,微笑,保持微笑,60,非致命
合规,骂人,辱骂客户,一票否决,致命
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a form in the encoding of office programs."""
    monkeypatch.chdir(tmp_path)
    for name in ("CALLQA_RUBRICS_DIR", "CALLQA_PHRASES"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "评分表.csv").write_bytes(FORM.encode("gb18030"))
    return tmp_path


class TestImport:
    def test_a_draft_that_passes_the_check_as_it_is(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["rubric", "import", "评分表.csv", "-o", "draft.yaml", "--id", "own"]) == 0
        shown = capsys.readouterr()
        assert "过程" in (folder / "draft.yaml").read_text("utf-8")
        assert "guo_cheng.wei_xiao" in shown.out
        assert "3 个检查项:2 个自动判定,1 个由人回答" in shown.err
        assert run(["rubric", "check", "draft.yaml"]) == 0

    def test_without_a_file_the_draft_goes_to_stdout_and_the_questions_beside_it(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["rubric", "import", "评分表.csv"]) == 0
        shown = capsys.readouterr()
        assert shown.out.startswith("# 由 评分表.csv 导入")
        assert "rubric: ping-fen-biao\n" in shown.out
        assert "机器没有把握判定" in shown.err

    def test_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["rubric", "import", "评分表.csv", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["format"], found["items"], found["automatic"], found["manual"]) == (
            "callqa.rubric-import/1", 3, 2, 1,
        )  # fmt: skip
        assert {question["code"] for question in found["questions"]} == {"pass_mark", "manual"}
        assert {"code", "text", "assumed", "found", "row", "item"} == set(found["questions"][0])
        assert found["text"].startswith("# 由")

    def test_a_file_is_not_overwritten_unasked(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "draft.yaml").write_text("mine", encoding="utf-8")
        assert run(["rubric", "import", "评分表.csv", "-o", "draft.yaml"]) == 1
        assert "--force" in capsys.readouterr().err
        assert (folder / "draft.yaml").read_text("utf-8") == "mine"
        assert run(["rubric", "import", "评分表.csv", "-o", "draft.yaml", "--force"]) == 0

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (["none.xlsx"], "没有这个文件"),
            (["评分表.csv", "--id", "Own Form"], "telesales-own"),
            (["评分表.csv", "--sheet", "评分"], "没有工作表"),
        ],
    )
    def test_wrong_use_says_what_to_do(
        self, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["rubric", "import", *arguments]) == 1
        assert word in capsys.readouterr().err


class TestNew:
    def test_a_form_to_start_from_with_the_schema_beside_it(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["rubric", "new", "own"]) == 0
        assert "通过" in capsys.readouterr().out
        assert (
            (folder / "own.yaml")
            .read_text("utf-8")
            .startswith("# yaml-language-server: $schema=./rubric.schema.json\n")
        )
        assert json.loads((folder / "rubric.schema.json").read_text("utf-8"))["title"] == "CallQA rubric"

    def test_into_the_centre_s_own_folder(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CALLQA_RUBRICS_DIR", str(folder / "forms"))
        (folder / "forms").mkdir()
        assert run(["rubric", "new", "own", "--from", "telesales-standard"]) == 0
        assert (folder / "forms" / "own.yaml").is_file()

    def test_from_a_form_that_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["rubric", "new", "own", "--from", "telesales-standart"]) == 1
        assert "是不是想写 telesales-standard" in capsys.readouterr().err


class TestDiff:
    def test_what_changed_and_an_exit_code_like_diff(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(["rubric", "new", "own"])
        changed = (folder / "own.yaml").read_text("utf-8").replace("first_s: 30", "first_s: 20")
        (folder / "changed.yaml").write_text(changed, encoding="utf-8")
        capsys.readouterr()
        assert run(["rubric", "diff", "own.yaml", "own.yaml"]) == 0
        assert "没有差别" in capsys.readouterr().out
        assert run(["rubric", "diff", "own.yaml", "changed.yaml"]) == 1
        shown = capsys.readouterr().out
        assert "pass_when.says.within.first_s:30 → 20" in shown
        assert "version 没有变" in shown

    def test_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(["rubric", "new", "own"])
        capsys.readouterr()
        assert run(["rubric", "diff", "own.yaml", "telesales-standard", "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        assert (found["format"], found["after"]["rubric"]) == ("callqa.rubric-diff/1", "telesales-standard")
        assert found["scores_change"] is True
