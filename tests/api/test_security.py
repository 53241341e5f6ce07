"""What surrounds every request: body caps, headers, same-site writes, one error shape."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError, OperationalError

from api.errors import install_error_handlers
from api.security import HEADERS, SMALL_BODY_BYTES, BodyLimit, SameSite, SecurityHeaders
from qa_engine.errors import Conflict, Where

UPLOAD_BYTES = 3 * SMALL_BODY_BYTES


class Body(BaseModel):
    text: str


def make_app(hosts: tuple[str, ...] = ()) -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(BodyLimit, upload_paths={"/upload"}, upload_bytes=UPLOAD_BYTES)
    app.add_middleware(SameSite, hosts=hosts)
    app.add_middleware(SecurityHeaders)

    @app.post("/upload")
    @app.post("/small")
    async def take(request: Request) -> int:
        return len(await request.body())

    @app.post("/typed")
    def typed(body: Body) -> str:
        return body.text

    @app.get("/raise/{what}")
    def fail(what: str) -> None:
        raise {
            "conflict": Conflict("已存在", hint="换一个编号", where=Where("a.csv", row=3)),
            "full": OSError(errno.ENOSPC, "No space left on device"),
            "readonly": OSError(errno.EROFS, "Read-only file system"),
            "away": OperationalError("SELECT 1", {}, Exception("connection refused")),
            "unmigrated": OperationalError("SELECT 1", {}, Exception("no such table: call")),
            "defect": ValueError("a secret detail"),
            "integrity": IntegrityError("INSERT", {"phone": "13800000000"}, Exception("UNIQUE failed")),
        }[what]

    return app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_app(), raise_server_exceptions=False) as client:
        yield client


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/raise/conflict", "/nowhere", "/raise/full"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in HEADERS} == dict(HEADERS)
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("full", 507, "disk_full"),
        ("readonly", 503, "storage_unavailable"),
        ("away", 503, "database_unavailable"),
        ("unmigrated", 503, "database_unavailable"),
        ("defect", 500, "internal_error"),
        ("integrity", 500, "internal_error"),
    ],
)
def test_errors_have_one_shape(client: TestClient, what: str, status: int, code: str) -> None:
    reply = client.get(f"/raise/{what}")
    assert reply.status_code == status
    assert reply.json()["error"]["code"] == code
    assert set(reply.json()["error"]) == {"code", "message", "hint", "where"}


def test_an_error_says_where(client: TestClient) -> None:
    assert client.get("/raise/conflict").json()["error"]["where"] == {
        "file": "a.csv",
        "line": None,
        "column": None,
        "row": 3,
    }


def test_a_defect_tells_nothing_of_its_insides(client: TestClient) -> None:
    assert "secret" not in client.get("/raise/defect").text
    assert "13800000000" not in client.get("/raise/integrity").text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/upload", 405, "http_error"),
    ],
)
def test_plain_http_refusals_have_the_shape_too(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    reply = client.request(method, path)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"text": 1}', b"\xff"])
def test_a_bad_body_is_a_typed_422_or_400(client: TestClient, body: bytes) -> None:
    reply = client.post("/typed", content=body, headers={"content-type": "application/json"})
    assert reply.status_code in {400, 422}
    assert reply.json()["error"]["code"] in {"bad_request", "http_error"}


def test_a_declared_oversize_body_is_refused_before_it_is_read(client: TestClient) -> None:
    reply = client.post("/small", content=b"x" * (SMALL_BODY_BYTES + 1))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(("path", "limit"), [("/small", SMALL_BODY_BYTES), ("/upload", UPLOAD_BYTES)])
@pytest.mark.anyio
async def test_a_body_without_length_is_cut_off_while_it_streams(path: str, limit: int) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += SMALL_BODY_BYTES // 4
            yield b"x" * (SMALL_BODY_BYTES // 4)

    transport = httpx.ASGITransport(app=make_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        reply = await client.post(path, content=endless())
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")
    assert sent <= limit + SMALL_BODY_BYTES


def test_the_upload_route_takes_more_than_the_others(client: TestClient) -> None:
    body = b"x" * (SMALL_BODY_BYTES + 1)
    assert client.post("/upload", content=body).json() == len(body)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program, not a browser
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://[bad"}, 403),
    ],
)
def test_changes_come_from_our_own_pages(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/small", content=b"x", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:8000", 404), ("LOCALHOST", 404), ("evil.example", 421), ("[::1", 421)]
)
def test_only_our_own_host_names_are_answered(host: str, status: int) -> None:
    with TestClient(make_app(hosts=("localhost", "127.0.0.1"))) as client:
        assert client.get("/nowhere", headers={"host": host}).status_code == status
