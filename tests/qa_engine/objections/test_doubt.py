"""What the table hears, and not firmly, is in doubt: found or not, nobody is judged by it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_engine.objections import Taxonomy, find_objections
from qa_engine.objections.detect import Objections
from qa_engine.objections.taxonomy import DoubtSpec
from qa_engine.rubric.examples import example_call


def heard(said: str, taxonomy: Taxonomy, **limits: float) -> Objections:
    doubt = taxonomy.spec.doubt
    assert doubt is not None
    spec = taxonomy.spec.model_copy(update={"doubt": doubt.model_copy(update=limits)})
    turns = example_call(f"坐席:您好 / 客户:{said} / 坐席:好的").transcript.turns
    return find_objections(turns, replace(taxonomy, spec=spec))


def test_a_phrase_leaves_no_doubt(taxonomy: Taxonomy) -> None:
    (found,) = heard("这也太贵了", taxonomy, denied_from=0.0).found
    assert found.type == "price"
    assert found.sure


def test_a_pattern_that_the_table_denies_is_in_doubt(taxonomy: Taxonomy) -> None:
    said = "不用了,这样就可以了,谢谢"
    assert [one.sure for one in heard(said, taxonomy).found] == [False]
    assert [one.sure for one in heard(said, taxonomy, denied_from=1.0).found] == [True]


def test_few_characters_are_not_firm(taxonomy: Taxonomy) -> None:
    assert [one.sure for one in heard("睡觉呢", taxonomy).found] == [False]
    assert [one.sure for one in heard("睡觉呢", taxonomy, least_chars=0).found] == [True]


def test_what_is_likely_of_some_type_may_be_one(taxonomy: Taxonomy) -> None:
    said = "我都六十多了,等领的时候人在不在还两说"
    objections = heard(said, taxonomy)
    assert objections.found == ()
    assert [(one.turn, one.sure) for one in objections.doubted] == [(1, False)]
    assert heard(said, taxonomy, perhaps_from=1.0).doubted == ()


def test_everyday_answers_are_in_no_doubt(taxonomy: Taxonomy) -> None:
    for said in ("好的,你发吧", "四年级,课后就写作业", "收到了,谢谢你"):
        assert heard(said, taxonomy) == Objections(())


def test_without_limits_nothing_is_in_doubt(taxonomy: Taxonomy) -> None:
    spec = taxonomy.spec.model_copy(update={"doubt": None})
    turns = example_call("坐席:您好 / 客户:睡觉呢 / 客户:等领的时候人在不在还两说").transcript.turns
    objections = find_objections(turns, replace(taxonomy, spec=spec))
    assert [one.sure for one in objections.found] == [True]
    assert objections.doubted == ()


def test_limits_are_shares() -> None:
    with pytest.raises(ValueError, match="perhaps_from"):
        DoubtSpec(raised_from=0.8, least_chars=5, denied_from=0.9, perhaps_from=1.5)
