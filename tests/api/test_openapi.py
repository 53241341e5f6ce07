"""The API's description: complete, with examples, and changed only on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from models.settings import Settings

SNAPSHOT = Path(__file__).with_name("openapi.json")
SAVE = "CALLQA_SAVE_OPENAPI=1 python -m pytest tests/api/test_openapi.py"
OPEN_DOCUMENTS = {
    "TranscriptJson",
    "TurnJson",
    "WordJson",
    "EarlierCallJson",
    "EngineJson",
    "FactsJson",
}  # the exchange format's own


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("openapi")
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder / 'x.sqlite3'}",
        storage_url=str(folder / "audio"),
    )
    document = create_app(settings).openapi()
    document["info"]["version"] = "*"
    return document


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_api_changes_only_on_purpose(description: dict[str, Any], request: pytest.FixtureRequest) -> None:
    import os

    text = json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("CALLQA_SAVE_OPENAPI"):
        SNAPSHOT.write_text(text, "utf-8")
    assert text == SNAPSHOT.read_text("utf-8"), f"if the change is meant: {SAVE}"


def test_the_promised_routes_are_there(description: dict[str, Any]) -> None:
    calls = "/api/v1/calls"
    assert {name for name, _ in operations(description)} == {
        f"POST {calls}",
        f"GET {calls}",
        f"GET {calls}/{{call_id}}",
        f"GET {calls}/{{call_id}}/transcript",
        f"GET {calls}/{{call_id}}/evaluations",
        f"GET {calls}/{{call_id}}/evaluations/{{rubric_id}}/proof",
        f"GET {calls}/{{call_id}}/analysis",
        f"GET {calls}/{{call_id}}/audio",
        f"GET {calls}/{{call_id}}/peaks",
        f"POST {calls}/{{call_id}}/retry",
        "GET /api/v1/rubrics",
        "GET /api/v1/rubrics/{rubric_id}",
        "GET /api/v1/rubrics/schema",
        "POST /api/v1/rubrics/check",
        "POST /api/v1/rubrics/{rubric_id}/rescore",
        "POST /api/v1/rubrics/complete",
        "GET /api/v1/rubrics/{rubric_id}/releases",
        "POST /api/v1/rubrics/{rubric_id}/releases/{release}/restore",
        "GET /api/v1/drafts",
        "POST /api/v1/drafts",
        "GET /api/v1/drafts/{draft_id}",
        "PUT /api/v1/drafts/{draft_id}",
        "POST /api/v1/drafts/{draft_id}/release",
        "POST /api/v1/drafts/{draft_id}/backtests",
        "GET /api/v1/drafts/{draft_id}/backtests/{test_id}",
        "POST /api/v1/drafts/{draft_id}/backtests/{test_id}/stop",
        "GET /api/v1/summary",
        "GET /api/v1/kpi",
        "GET /api/v1/figures",
        "GET /api/v1/skills",
        "GET /api/v1/skills.{ending}",
        "GET /api/v1/kpi.{ending}",
        "GET /api/v1/orders",
        "POST /api/v1/orders",
        "GET /api/v1/tickets",
        "POST /api/v1/tickets",
        "POST /api/v1/evaluations/{evaluation_id}/appeals",
        "GET /api/v1/appeals",
        "GET /api/v1/appeals/{appeal_id}",
        "POST /api/v1/appeals/{appeal_id}/steps",
        "GET /api/v1/appeals/statistics",
        "POST /api/v1/evaluations/{evaluation_id}/acknowledge",
        "GET /api/v1/acknowledgements",
        f"GET {calls}/{{call_id}}/comments",
        f"POST {calls}/{{call_id}}/comments",
        "PUT /api/v1/comments/{comment_id}",
        "POST /api/v1/comments/{comment_id}/withdraw",
        "POST /api/v1/comments/{comment_id}/resolve",
        "GET /api/v1/comments/{comment_id}/changes",
        "GET /api/v1/mentions",
        "POST /api/v1/mentions/read",
        "GET /api/v1/jobs",
        "GET /api/v1/coaching/findings",
        "GET /api/v1/coaching/plans",
        "GET /api/v1/experiments",
        "GET /api/v1/jobs/rescores/{batch}",
        "GET /api/v1/alerts",
        "GET /api/v1/alerts/{alert_id}",
        "POST /api/v1/alerts/{alert_id}/actions",
        "PATCH /api/v1/alerts/{alert_id}/ticket",
        "GET /api/v1/alert-rules",
        "GET /api/v1/attribution",
        "GET /api/v1/evaluations/{evaluation_id}/review",
        "PUT /api/v1/evaluations/{evaluation_id}/review/items/{item_id}",
        "POST /api/v1/evaluations/{evaluation_id}/review/undo",
        "POST /api/v1/evaluations/{evaluation_id}/review/submit",
        "POST /api/v1/evaluations/{evaluation_id}/review/reopen",
        "POST /api/v1/evaluations/{evaluation_id}/review/second",
        "POST /api/v1/evaluations/{evaluation_id}/review/here",
        "DELETE /api/v1/evaluations/{evaluation_id}/review/here",
        "DELETE /api/v1/evaluations/{evaluation_id}/review/claim",
        "GET /api/v1/reviews/{queue}",
        "POST /api/v1/reviews/{queue}/next",
        f"PUT {calls}/{{call_id}}/transcript/turns/{{turn}}",
        "GET /api/v1/imports",
        "GET /api/v1/imports/{run_id}",
        "GET /api/v1/imports/{run_id}/rejected.csv",
        "GET /api/v1/sources",
        "GET /api/v1/targets",
        "POST /api/v1/targets",
        "GET /api/v1/targets/needed",
        "GET /api/v1/targets/{target_id}",
        "PATCH /api/v1/targets/{target_id}",
        *(
            f"POST /api/v1/targets/{{target_id}}/{step}"
            for step in ("split", "calibrate", "withdraw", "restore")
        ),
        "GET /api/v1/scorecards",
        "GET /api/v1/scorecards/drift",
        "POST /api/v1/scorecards/preview",
        "GET /api/v1/scorecards/{agent_id}",
        "GET /api/v1/search",
        "GET /api/v1/clips",
        "POST /api/v1/clips",
        "GET /api/v1/clips/{clip_id}",
        "PUT /api/v1/clips/{clip_id}",
        "DELETE /api/v1/clips/{clip_id}",
        *(
            f"POST /api/v1/clips/{{clip_id}}/{step}"
            for step in ("restore", "undo", "consent", "sharing", "heard")
        ),
        "GET /api/v1/clips/{clip_id}/audio",
        "GET /api/v1/clips/{clip_id}/export",
        "GET /api/v1/clip-candidates",
        "POST /api/v1/clip-candidates/dismissals",
        "GET /api/v1/playlists",
        "POST /api/v1/playlists",
        "GET /api/v1/playlists/{playlist_id}",
        "PUT /api/v1/playlists/{playlist_id}",
        "DELETE /api/v1/playlists/{playlist_id}",
        "POST /api/v1/playlists/{playlist_id}/restore",
        "PUT /api/v1/playlists/{playlist_id}/clips",
        "PUT /api/v1/playlists/{playlist_id}/clips/{clip_id}",
        "DELETE /api/v1/playlists/{playlist_id}/clips/{clip_id}",
        "POST /api/v1/playlists/{playlist_id}/answers",
        "GET /api/v1/playlists/{playlist_id}/answers",
        "GET /healthz",
        "GET /readyz",
    }


def test_every_route_says_what_it_does(description: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in description["tags"]}
    for name, operation in operations(description):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{name}: {parameter['name']}"


def test_every_error_answer_has_the_one_shape(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status >= "4":
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorReply"}, f"{name} {status}"


def test_every_value_of_an_answer_has_an_example_or_a_closed_choice(description: dict[str, Any]) -> None:
    missing = [
        f"{name}.{key}"
        for name, schema in description["components"]["schemas"].items()
        if name not in OPEN_DOCUMENTS
        for key, value in schema.get("properties", {}).items()
        if "examples" not in value and not _speaks_for_itself(value)
    ]
    assert missing == []


def _speaks_for_itself(value: dict[str, Any]) -> bool:
    if value.keys() & {"$ref", "enum", "const", "default"} or value.get("type") == "boolean":
        return True
    options = value.get("anyOf", [value["items"]] if "items" in value else [])
    return any(_speaks_for_itself(option) for option in options)
