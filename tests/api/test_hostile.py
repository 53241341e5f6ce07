"""Whatever is asked for, the answer is one of ours: never a 5xx, and every error in the one shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Service

NASTY = [
    "", " ", "0", "-1", "1e999", "nan", "null", "true", "[]", "{}", "'", '"', "\\", "%", "_", ";--", "' OR 1=1 --",
    "../../../etc/passwd", "<script>alert(1)</script>", "\0", "\r\nX: y", "\ud7ff", "\uffff", "😀" * 50, "a" * 2000,
    "9" * 400, "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-02T00:00:00", "telesales-standard", "pass", "price",
    "ＡＢＣ", "٣", "é", "\u202e", "${jndi:ldap://x}", "{{7*7}}", "%00", "%2e%2e%2f",
]  # fmt: skip
VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=30), st.integers().map(str), st.floats().map(str))


def routes(service: Service) -> list[tuple[str, list[str]]]:
    """GET routes as described, with the names of their query parameters."""
    paths = service.http.get("/openapi.json").json()["paths"]
    return [
        (path, [p["name"] for p in methods["get"].get("parameters", ()) if p["in"] == "query"])
        for path, methods in paths.items()
        if "get" in methods
    ]


@pytest.fixture(scope="module")
def described(filled: Service) -> list[tuple[str, list[str]]]:
    found = routes(filled)
    assert len(found) > 12
    return found


def encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_hostile_parameters(
    filled: Service, described: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    path, names = data.draw(st.sampled_from(described))
    values: dict[str, str] = data.draw(st.dictionaries(st.sampled_from(names), VALUES)) if names else {}
    place = data.draw(st.one_of(VALUES, st.sampled_from(list(filled.ids.values()))))
    headers = data.draw(
        st.dictionaries(
            st.sampled_from(["range", "if-range", "accept", "accept-language"]),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        )
    )
    address = path.replace("{call_id}", encoded(place)).replace("{rubric_id}", encoded(place))
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in values.items())
    answer(filled, f"{address}?{query}", headers)


def answer(service: Service, url: str, headers: dict[str, str]) -> None:
    reply = service.http.get(url, headers=headers)
    assert reply.status_code < 500, (url, headers, reply.text[:300])
    if reply.status_code >= 400 and reply.headers["content-type"] == "application/json":
        error: dict[str, Any] = reply.json()["error"]
        assert error["code"]
        assert error["message"]


@pytest.mark.parametrize("nasty", NASTY)
def test_known_nasty_values_everywhere(
    filled: Service, described: list[tuple[str, list[str]]], nasty: str
) -> None:
    for path, names in described:
        for call_id in (nasty, filled.ids["ins-001"]):
            address = path.replace("{call_id}", encoded(call_id)).replace("{rubric_id}", encoded(nasty))
            query = "&".join(f"{name}={encoded(nasty)}" for name in names)
            answer(filled, f"{address}?{query}", {})
