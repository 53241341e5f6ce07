"""A hit is there if and only if the text has it, and what is highlighted are the words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_engine.calls import Role, Turn
from qa_engine.search.document import document
from qa_engine.search.match import Match, match
from qa_engine.search.query import BadSearch, Word, parse_query
from qa_engine.search.terms import sound_terms, word_terms
from qa_engine.search.text import cuts_a_number, forms

SPEECH = st.text("续保险收益证考虑电话續,。 AaB5", min_size=1, max_size=30)
WORDS = st.text("续保险收益證考虑电话A5", min_size=1, max_size=4)


def turns(*said: tuple[Role, str]) -> list[Turn]:
    return [Turn(role, 2.0 * at, 2.0 * at + 1, text) for at, (role, text) in enumerate(said)]


def found(query: str, *said: tuple[Role, str], by_sound: bool = True) -> Match | None:
    return match(document(turns(*said)).scan, parse_query(query), by_sound=by_sound)


def said_in(word: Word, text: str) -> bool:
    """The plain way to look: the normal form, without punctuation, has the word and no number is cut."""
    for form in forms(text):
        for wanted in word.texts:
            starts = [at for at in range(len(form.chars)) if form.chars.startswith(wanted, at)]
            if any(
                not cuts_a_number(form.chars, at) and not cuts_a_number(form.chars, at + len(wanted))
                for at in starts
            ):
                return True
    return False


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Role), SPEECH), min_size=1, max_size=4), WORDS)
def test_a_hit_is_found_iff_a_turn_has_it(said: list[tuple[Role, str]], typed: str) -> None:
    word = parse_query(f'"{typed}"').wanted[0]
    made = document(turns(*said))
    hit = match(made.scan, parse_query(f'"{typed}"'), by_sound=False)
    having = {turn for turn, text in enumerate(made.shown) if said_in(word, text)}
    assert {one.place.turn for one in hit.hits} == having if hit else not having
    if hit:
        assert any(made.terms.issuperset(word_terms(role, text)) for role in Role for text in word.texts), (
            "the index gives the call as a candidate"
        )


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Role), SPEECH), min_size=1, max_size=3), WORDS)
def test_what_is_highlighted_are_the_words(said: list[tuple[Role, str]], typed: str) -> None:
    made = document(turns(*said))
    query = parse_query(typed)
    hit = match(made.scan, query, by_sound=True)
    for one in hit.hits if hit else ():
        text = made.shown[one.place.turn]
        start, end = forms(text)[one.place.form].original(one.place.start, one.place.end)
        own = query.wanted[one.word].texts
        again = {form.chars for form in forms(text[start:end])}
        if one.sounds:
            assert {len(form) for form in again} & {len(wanted) for wanted in own}
            assert any(
                all(made.terms & set(pair) for pair in sound_terms(role, query.wanted[one.word].sound))
                for role in Role
            )
        else:
            assert again & set(own)


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("續保", "明年要续保吗", True),
        ("续保", "明年要續保嗎", True),
        ("25000", "一共两万五", True),
        ("两万五", "一共25000元", True),
        ("2.5万", "一共两万五千元", True),
        ("25000", "一共25000元", True),
        ("100", "一共2100元", False),
        ("三十", "二百三十块", False),
        ("380", "卖了三百八十万", False),
        ("100200", "一百,二百", False),
        ('"好的再见"', "好的,再见", True),
        ("wifi", "送您ＷｉＦｉ一年", True),
        ("收益 -保证", "保证收益", False),
        ("收益 -保证", "收益不错", True),
    ],
)
def test_forms_of_a_word(query: str, text: str, is_found: bool) -> None:
    assert (found(query, (Role.AGENT, text)) is not None) == is_found


def test_sides() -> None:
    said = ((Role.AGENT, "您再考虑一下"), (Role.CUSTOMER, "我不需要"))
    assert found("客户:不需要 坐席：考虑", *said)
    assert found("customer:考虑", *said) is None
    assert found('-客户:"考虑" AGENT:考虑', *said)
    assert found("客户:-不需要 考虑", *said) is None


@pytest.mark.parametrize(
    ("typed", "heard", "is_found"),
    [
        ("续宝", "明年续保吗", True),
        ("保鲜", "这份保险", True),
        ("投诉", "我要头诉你们", True),
        ('"续宝"', "明年续保吗", False),
        ("南的", "那个蓝德", False),  # two syllables, none in common, alike only where n is l
        ("续", "徐", False),
    ],
)
def test_homophones(typed: str, heard: str, is_found: bool) -> None:
    hit = found(typed, (Role.CUSTOMER, heard))
    assert (hit is not None) == is_found
    assert hit is None or hit.sounds


def test_no_word_reaches_across_turns_or_masks() -> None:
    assert found("续保", (Role.AGENT, "续"), (Role.AGENT, "保")) is None
    assert found("打给您", (Role.AGENT, "打13800138000给您")) is None


@pytest.mark.parametrize("number", ["13800138000", "138 0013 8000", "一三八零零一三八零零零", "0138", "8000"])
def test_nobody_finds_a_number(number: str) -> None:
    said = ((Role.CUSTOMER, "我的电话是13800138000"), (Role.AGENT, "一三八零零一三八零零零,对吗"))
    assert found(number, *said) is None


def test_a_query_that_is_personal_says_so() -> None:
    assert parse_query("13800138000").is_personal
    assert not parse_query("两万五").is_personal


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "没有要搜索"), ("-续保", "只有要排除"), ('"续保', "引号没有关上"), (",。", "没有可以搜索"), ("字" * 201, "最多 200"),
        (" ".join("字" * 11), "最多 10 个词"), ("▇▇", "遮盖"), ("team:一组", "不认识的前缀 team:"), ("坐席:客户:好", "既写了坐席"),
        ('""', "没有可以搜索"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(query: str, says: str) -> None:
    with pytest.raises(BadSearch, match=says) as raised:
        parse_query(query)
    assert raised.value.hint


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_query_is_read_or_refused_by_name(typed: str) -> None:
    try:
        query = parse_query(typed)
    except BadSearch:
        return
    match(document(turns((Role.AGENT, typed))).scan, query, by_sound=True)
