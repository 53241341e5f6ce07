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
