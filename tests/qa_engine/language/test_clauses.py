"""Texts as the trained tables read them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from qa_engine.language.clauses import clause_points, lines


def read(texts: Sequence[str]) -> str:
    return clause_points(lines(texts)).tobytes().decode("utf-32-le", "surrogatepass")


def by_pattern(texts: Sequence[str]) -> str:
    """The same as regular expressions say it."""
    joined = "\n".join(text.replace("\n", "|") for text in texts)
    marked = joined.replace("?", "?|").replace("\n", "|\n|")
    return re.sub(r"\|{2,}", "|", re.sub(r"[^\w%?|\n]+", "|", f"|{marked}|"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["好的,谢谢"], "|好的|谢谢|"),
        (["贵吗?不要"], "|贵吗?|不要|"),  # a question keeps its mark
        (["好", "", "行"], "|好|\n|\n|行|"),  # a turn without words is a line
        ([""], "|"),
        (["一\n二", "三"], "|一|二|\n|三|"),  # a break inside a text is an edge
        (["3.5%"], "|3|5%|"),
        (["𠀀😀字"], "|𠀀|字|"),  # beyond the first plane
    ],
)
def test_clauses_stand_between_edges(texts: Sequence[str], expected: str) -> None:
    assert read(texts) == expected == by_pattern(texts)
