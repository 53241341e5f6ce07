"""The trained tables: small, repeatable, robust."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_engine.objections.features import NO_BUCKET, grams
from qa_engine.objections.model import model_file, tables
from qa_engine.objections.taxonomy import STEPS
from qa_engine.rubric.load import _TABLES


def test_the_classes_are_those_of_the_taxonomy(taxonomy):
    heads = tables()
    assert set(heads["types"].classes) == {*taxonomy.types, "none"}
    answers = {f"respond.{kind}" for kind in taxonomy.types}
    assert set(heads["replies"].classes) == {*(step for step in STEPS if step != "respond"), *answers}
    assert set(heads["reactions"].classes) == {"agree", "yield", "refuse", "neither"}


def test_the_file_stays_small():
    assert len(model_file().read_bytes()) <= 500_000


def test_the_pin_covers_the_file_that_is_read():
    assert model_file().read_bytes() in [table.read_bytes() for table in _TABLES]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_texts_are_read_each_by_itself(texts):
    table = tables()["types"]
    together = table.shares(grams(texts))
    assert together.shape == (len(texts), len(table.classes))
    alone = [table.shares(grams([text]))[0] for text in texts]
    assert all((abs(a - b) < 1e-5).all() for a, b in zip(together, alone, strict=True))
    assert grams(texts).buckets.max() <= NO_BUCKET


def test_the_same_text_has_the_same_shares_in_either_script():
    from qa_engine.language.normalize import normalize

    table = tables()["types"]
    one, other = (table.shares(grams([normalize(text).text])) for text in ("我覺得太貴了", "我觉得太贵了"))
    assert (one == other).all()


def test_slips_of_the_recogniser_change_little():
    table = tables()["types"]
    place = table.classes.index("privacy")
    shares = table.shares(grams(["你们从哪里拿到我的号码", "你们从哪里拿到我的好码"]))[:, place]
    assert shares.min() > 0.5
