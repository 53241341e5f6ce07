"""Character error rates: what counts as an error, the interval, the paired difference, and the words that differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.speech.error_rate import (
    Changed,
    Errors,
    aligned,
    changed_words,
    count_errors,
    difference,
    pooled,
)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("您好，请问是王女士吗？", "您好 请问是王女士吗", 0),  # marks and spaces are not spoken
        ("四百元", "400元", 0),  # nor is the way to write a number
        ("這個保險", "这个保险", 0),  # nor the script
        ("您好", "你好", 1),
        ("您好", "", 2),
        ("好", "好的呀", 2),
    ],
)
def test_what_counts(said: str, heard: str, errors: int) -> None:
    assert count_errors("c", said, heard).errors == errors


def test_the_rate_is_over_characters_and_its_interval_over_recordings() -> None:
    units = [Errors("a", 90, 0), Errors("b", 10, 10)]
    rate = pooled(units)
    assert (rate.rate, rate.characters, rate.units) == (0.1, 100, 2)
    assert rate.low == 0.0
    assert rate.high == 1.0
    assert pooled(units) == rate, "the same figures every time"


def test_a_difference_is_paired() -> None:
    """Both are bad on the same recordings: the rates scatter, their difference does not."""
    a = [Errors(str(n), 100, n) for n in range(50)]
    b = [Errors(str(n), 100, n + 2) for n in range(50)]
    found = difference(a, b)
    assert found.rate == pytest.approx(0.02)
    assert found.high - found.low < 0.001
    assert pooled(a).high - pooled(a).low > 0.05


def test_words_that_differ_are_counted_most_frequent_first() -> None:
    texts = [
        ("我们的保险", "我们的保险", "我们的保鲜"),
        ("买保险吧", "买保险吧", "买保鲜吧"),
        ("你好", "你好", "你"),
    ]
    found = changed_words(texts)
    assert found[0] == Changed("保险", "保险", "保鲜", 2)
    assert Changed("你好", "你好", "你", 1) in found
    assert changed_words([("你好", "您好", "您好")]) == (), "wrong alike is no difference"


@given(st.text("安心保险好的", max_size=12), st.text("安心保险好的", max_size=12))
def test_an_alignment_loses_nothing(said: str, heard: str) -> None:
    places = aligned(said, heard)
    assert len(places) == len(said)
    assert "".join(places) == (heard if said else "")
