"""Characters that are spoken, counted for many texts at once."""

from __future__ import annotations

import pytest

from qa_engine.scoring.spoken import spoken_counts

TEXTS = [
    [],
    ["", ""],
    ["您好,3楼。", "", "嗯……", "WiFi 5G?"],
    ["𠮷野家 2 份", "好"],  # beyond the basic plane
]


@pytest.mark.parametrize("texts", TEXTS)
def test_letters_digits_and_hanzi_are_counted(texts: list[str]) -> None:
    assert list(spoken_counts(texts)) == [sum(char.isalnum() for char in text) for text in texts]
