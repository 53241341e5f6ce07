"""The manual of forms shows what the commands really print."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from api.cli import run

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs/authoring.md").read_text("utf-8")
LEFT_OUT = "…"
BROKEN = """\
rubric: broken
version: 1
title: 写错的表
sections:
  - id: opening
    title: 开场
    items:
      - id: opening.greeting
        title: 问候
        weight: 100
        pass_when:
          says: {any_of: [您好], within: {frist_s: 30}}
"""


def test_every_session_of_the_manual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One session: each command runs in the folder that those before it left."""
    monkeypatch.chdir(tmp_path)
    for name in ("CALLQA_RUBRICS_DIR", "CALLQA_PHRASES"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(ROOT / "fixtures/forms/call-centre-form.csv", tmp_path)
    shutil.copy(ROOT / "fixtures/calls/ins-001/transcript.json", tmp_path / "ins-001.json")
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    sessions = re.findall(r"```console\n\$ callqa ([^\n]+)\n(.*?)```", MANUAL, re.DOTALL)
    assert len(sessions) >= 5
    for command, shown in sessions:
        if "changed.yaml" in command:
            draft = (tmp_path / "draft.yaml").read_text("utf-8")
            (tmp_path / "changed.yaml").write_text(draft.replace("first_s: 10", "first_s: 15"), "utf-8")
        run(shlex.split(command))
        printed = capsys.readouterr()
        lines = [line.rstrip() for line in f"{printed.out}\n{printed.err}".splitlines()]
        missing = [line for line in shown.splitlines() if line != LEFT_OUT and line.rstrip() not in lines]
        assert missing == [], command


def test_the_draft_in_the_manual_is_what_the_import_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["rubric", "import", str(ROOT / "fixtures/forms/call-centre-form.csv"), "--id", "own"])
    shown = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)[0]
    assert shown in capsys.readouterr().out
