"""How numbers are written."""

from __future__ import annotations

import pytest

from api.pages.figures import ScoreView, clock, masked, number
from api.pages.languages import Language, choose_language


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (61.9, "1:01"), (3600, "1:00:00"), (-1, "0:00"), (None, "–")]
)
def test_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(80.0, "80"), (67.44, "67.4"), (100, "100"), (0.0, "0"), (None, "–")]
)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800001234", "138****1234"),
        ("+86 13800001234", "+86 138****1234"),
        ("02188889999", "021****9999"),
        ("88889999", "88****99"),  # a short number keeps less
        ("C001", "C001"),
        (None, ""),
    ],
)
def test_long_numbers_are_masked(text: str | None, shown: str) -> None:
    assert masked(text) == shown


def test_an_interval_is_shown_only_where_something_is_unknown() -> None:
    assert ScoreView(80.0, 80.0, 80.0, 80.0).interval == ""
    assert ScoreView(72.0, 68.0, 80.0, 80.0).interval == "68–80"
    assert ScoreView(None, None, None, 80.0).text == "–"


@pytest.mark.parametrize(
    ("asked", "remembered", "accept", "language"),
    [
        (None, None, None, Language.HANS),
        (None, None, "zh-TW,zh;q=0.9", Language.HANT),
        (None, None, "zh-HK", Language.HANT),
        (None, None, "de,en;q=0.5,zh;q=0.8", Language.HANS),
        (None, None, "en;q=x, zh-CN;q=0", Language.HANS),
        (None, "en", "zh-CN", Language.ENGLISH),
        ("zh-Hant", "en", "zh-CN", Language.HANT),
        ("klingon", "en", None, Language.ENGLISH),
    ],
)
def test_the_language_is_the_one_asked_for_then_remembered_then_the_browsers(
    asked: str | None, remembered: str | None, accept: str | None, language: Language
) -> None:
    assert choose_language(asked=asked, remembered=remembered, accept=accept) is language
