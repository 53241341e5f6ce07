"""`callqa doctor` asks the language model that is set up, and says nothing where none is."""

from __future__ import annotations

from pathlib import Path

from api.cli.doctor import CHECKS, Status
from tests.chat_server import chat_server
from tests.conftest import make_settings


def test_a_model_that_answers_and_one_that_does_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    check = CHECKS["大模型"]
    assert list(check(make_settings(tmp_path, url))) == []
    replies: list[str | int] = ['{"verdict": "yes", "quote": "您好"}', 401]
    with chat_server(lambda _body: replies.pop(0)) as server:
        settings = make_settings(tmp_path, url, llm_url=server.url, llm_model="tiny")
        (well,), (ill,) = list(check(settings)), list(check(settings))
    assert (well.status, ill.status) == (Status.OK, Status.WARN)
    assert "401" in ill.message
    assert "CALLQA_LLM_URL" in ill.next_step


def test_a_file_of_hot_words_is_checked_line_by_line(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path / "hotwords.yaml"
    check = CHECKS["热词"]
    assert list(check(make_settings(tmp_path, url))) == []
    path.write_text("everywhere: {company: [安心保险]}\ncampaigns: {ins: {agents: [李晓梅]}}\n")
    (well,) = check(make_settings(tmp_path, url, rubrics_dir=tmp_path))
    assert (well.status, "1 个活动" in well.message) == (Status.OK, True)
    path.write_text("everywhere: {firm: []}\ncampaigns: {ins: {agents: [李]}}\n")
    ill = list(check(make_settings(tmp_path, url, hotwords=path)))
    assert [(one.status, one.message.split(":")[:2]) for one in ill] == [
        (Status.WARN, ["hotwords.yaml", "1"]),
        (Status.WARN, ["hotwords.yaml", "2"]),
    ]
