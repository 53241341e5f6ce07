"""Many patterns in one pass, none lost."""

from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.scoring.pattern_set import PatternSet

PATTERNS = (r"工号\d+", "保本", "^您好", "(贵|便宜)$", "[^,]{2,4}收益", "x*", "(?i)ÀB", "(不|没)(用|有)")
SET = PatternSet(PATTERNS)


@given(st.text("您好工号8保本贵收益,xàb不没用有", max_size=20))
def test_what_matches_is_always_possible(text: str) -> None:
    assert SET.possible(text) >= {i for i, pattern in enumerate(PATTERNS) if re2.search(pattern, text)}


def test_a_pattern_whose_words_are_not_there_is_not_possible() -> None:
    assert SET.possible("收益") == {3, 4, 5, 6} - {3}
    assert 1 not in SET.possible("保证")


def test_more_words_than_its_memory_holds_make_everything_possible() -> None:
    patterns = [chr(0x4E00 + i % 9_000) * 9 + chr(0x4E00 + i // 9_000 + 9_000) * 5 for i in range(60_000)]
    assert PatternSet(patterns).possible("您好") == frozenset(range(len(patterns)))


def test_no_patterns() -> None:
    assert PatternSet(()).possible("您好") == frozenset()
