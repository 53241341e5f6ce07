"""Whatever finds the pieces of phrases, it finds the same ones in the same places."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.language.normalize import normalize
from qa_engine.language.phrases import Hit, Phrase, PhraseMatcher
from qa_engine.language.seed_scan import SCANNERS, AhoCorasick, Hyperscan, SeedScanner

PIECES = st.lists(st.text("\x01\x02ab\x1dé\xff.*\\(", min_size=1, max_size=5), unique=True, max_size=12)
TEXT = st.text("\x01\x02ab\x1dé\xff.*\\(", max_size=60)

PLACES = [
    ((), "ab", []),
    (("ab",), "", []),
    (("ab",), "abab", [(2, 0), (4, 0)]),  # each place
    (("a", "aa"), "aaa", [(1, 0), (2, 0), (3, 0), (2, 1), (3, 1)]),  # places that overlap
    (("abc", "bc", "c"), "abc", [(3, 0), (3, 1), (3, 2)]),  # a piece within a piece
    ((".*", "\\"), "a.*\\", [(3, 0), (4, 1)]),  # no character has a meaning of its own
    (("\xff\x01",), "\xff\x01", [(2, 0)]),  # the whole range of a byte
]


@pytest.fixture(params=sorted(SCANNERS))
def scanner(request: pytest.FixtureRequest) -> type[SeedScanner]:
    if request.param == "hyperscan":
        pytest.importorskip("hyperscan")
    return SCANNERS[request.param]


@pytest.mark.parametrize(("pieces", "text", "places"), PLACES)
def test_every_place_of_every_piece(scanner, pieces: Sequence[str], text: str, places: list[tuple[int, int]]):
    assert sorted(scanner(pieces).scan(text)) == sorted(places)


@given(PIECES, TEXT)
def test_both_find_what_a_look_at_every_place_finds(pieces: list[str], text: str):
    pytest.importorskip("hyperscan")
    expected = sorted(
        (start + len(piece), number)
        for number, piece in enumerate(pieces)
        for start in range(len(text))
        if text.startswith(piece, start)
    )
    assert sorted(AhoCorasick(pieces).scan(text)) == expected
    assert sorted(Hyperscan(pieces).scan(text)) == expected


PHRASES = [
    Phrase("保本"),
    Phrase("保证收益"),
    Phrase("具体以合同条款为准", "fuzzy"),
    Phrase("每月380", "exact"),
    Phrase("不需要"),
]
CALL = ["您好,这款保本,保证那个收益", "具体合同条款为准", "不不不需要", "每月三百八十块", "不保证收益"]


def test_the_hits_of_a_call(scanner):
    hits = PhraseMatcher(PHRASES, scanner=scanner).find([normalize(text) for text in CALL])
    assert [[(hit.phrase, hit.text) for hit in turn] for turn in hits] == [
        [(0, "保本"), (1, "保证那个收益")],
        [(2, "具体合同条款为准")],
        [(4, "不需要")],
        [(3, "每月三百八十")],
        [],
    ]


@given(st.lists(st.text("保本证收益不需要具体以合同条款为准每月380嗯那个, ", max_size=30), max_size=6))
def test_both_give_the_same_hits(texts: list[str]):
    pytest.importorskip("hyperscan")
    normals = [normalize(text) for text in texts]
    found: list[tuple[tuple[Hit, ...], ...]] = [
        PhraseMatcher(PHRASES, scanner=scanner).find(normals) for scanner in SCANNERS.values()
    ]
    assert found[0] == found[1]
