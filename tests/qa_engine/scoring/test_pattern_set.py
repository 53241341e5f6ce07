"""Many patterns in one pass, none lost."""

from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.scoring.pattern_set import PatternSet

PATTERNS = (r"工号\d+", "保本", "^您好", "(贵|便宜)$", "[^,]{2,4}收益", "x*")


@given(st.text("您好工号8保本贵收益,x", max_size=20))
def test_it_reports_what_matches(text: str) -> None:
    expected = {i for i, pattern in enumerate(PATTERNS) if re2.search(pattern, text)}
    assert PatternSet(PATTERNS).possible(text) == expected


def test_a_set_that_is_too_large_for_its_memory_reports_everything_possible() -> None:
    patterns = [f"(a|b|[^,]{{1,30}}){i}.{{1,40}}c" for i in range(30)]
    assert PatternSet(patterns).possible("abc") == frozenset()
    assert PatternSet(patterns, memory_bytes=1 << 12).possible("abc") == frozenset(range(30))


def test_no_patterns() -> None:
    assert PatternSet(()).possible("您好") == frozenset()
