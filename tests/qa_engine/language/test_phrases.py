"""A phrase matches what is heard when it is the phrase as meant; and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from qa_engine.language.normalize import normalize
from qa_engine.language.phrases import EmptyPhrase, Phrase, PhraseMatcher

HITS = [
    ("保本", "homophone", "这款產品報本的", "報本"),  # other characters, same sound, Traditional script
    ("稳赚不赔", "homophone", "绝对稳转不赔", "稳转不赔"),  # zh/z, an
    ("没兴趣", "homophone", "我没心趣", "没心趣"),  # xing/xin folded
    ("保证收益", "exact", "我保證收益", "保證收益"),  # exact means the same words in either script
    ("账户", "homophone", "转到这个帐户", "帐户"),  # another spelling of the word
    ("录音", "homophone", "电话有努音", "努音"),  # n/l
    ("保本", "homophone", "保,本", "保,本"),  # punctuation inside
    ("保本", "homophone", "保嗯本", "保嗯本"),  # a filler inside
    ("保证收益", "homophone", "保证那个收益", "保证那个收益"),
    ("每月三百八", "homophone", "每月380块", "每月380"),  # digits either way
    ("每月380", "exact", "每月三百八十块", "每月三百八十"),
    ("银行", "homophone", "我是银航的", "银航"),  # read as in the word, not as the character alone
    ("具体以合同条款为准", "fuzzy", "具体以合同的条款为准", "具体以合同的条款为准"),  # one syllable too many
    ("具体以合同条款为准", "fuzzy", "具体合同条款为准", "具体合同条款为准"),  # one too few
    ("方便", "homophone", "您方不方便", "方便"),  # A-not-A asks
    ("保本", "homophone", "不用担心保本的", "保本"),  # the negation belongs to 担心
    ("保本", "homophone", "不但保本", "保本"),
    ("保本", "homophone", "没问题保本", "保本"),
    ("保本", "homophone", "特别保本", "保本"),
    ("不需要", "homophone", "不不不需要", "不需要"),  # emphasis
]

NO_HITS = [
    ("保本", "homophone", "您投保本公司的产品"),  # a chance substring
    ("保本", "homophone", "社保本月到账"),
    ("保本", "homophone", "报本人的姓名"),
    ("保证收益", "homophone", "不保证收益"),  # negated
    ("保证收益", "exact", "不保证收益"),
    ("保本", "homophone", "不能给您承诺保本"),
    ("保本", "homophone", "我们不会保本"),
    ("保本", "homophone", "没有保本这回事"),
    ("保本", "homophone", "不是保本的"),
    ("稳赚不赔", "homophone", "没有谁能说稳赚不赔"),
    ("稳赚不赔", "homophone", "谁也不敢说稳赚不赔"),
    ("不需要", "homophone", "我需要"),  # the negation is the phrase
    ("不需要", "homophone", "不是不需要"),
    ("承诺收益最高", "fuzzy", "不承诺收益最高"),
    ("具体以合同条款为准", "fuzzy", "具体不以合同条款为准"),  # the one edit is a negation
    ("每月380", "homophone", "每月三百六"),  # another number
    ("100元", "homophone", "2100元"),
    ("5%", "exact", "年化0.5%"),
    ("每月380", "homophone", "每月三百八十万"),
    ("保本", "homophone", "保本是不可能的"),  # denied after it
    ("保证收益", "homophone", "保证收益我们做不到"),
    ("保本", "homophone", "如果提前退保,本金会有损失"),  # a chance substring across a mark
    ("十个月", "homophone", "四个月"),  # s/sh folded, but numbers agree exactly
    ("安心保险公司", "fuzzy", "安联保险公司"),  # another company: 联 does not sound like 心
    ("保本", "exact", "报本"),
    ("银行", "homophone", "我是因航的"),  # two syllables, no character of them and another tone
    ("收益", "homophone", "受益于政策"),  # a word of its own with another tone
]


def found(phrase: str, match: str, text: str, negated: str = "guard") -> list[str]:
    return [hit.text for hit in PhraseMatcher([Phrase(phrase, match, negated)]).find([normalize(text)])[0]]


@pytest.mark.parametrize(("phrase", "match", "text", "heard"), HITS)
def test_finds_the_phrase_as_meant(phrase: str, match: str, text: str, heard: str):
    assert found(phrase, match, text) == [heard]


@pytest.mark.parametrize(("phrase", "match", "text"), NO_HITS)
def test_refuses_what_means_something_else(phrase: str, match: str, text: str):
    assert found(phrase, match, text) == []


def test_an_unguarded_phrase_hits_negated_too():
    assert found("保证收益", "homophone", "不保证收益", "allow") == ["保证收益"]


def test_hits_stay_inside_a_turn():
    matcher = PhraseMatcher([Phrase("保证收益")])
    assert matcher.find([normalize("我保证"), normalize("收益")]) == ((), ())


def test_hits_of_all_phrases_in_order_with_their_turns():
    matcher = PhraseMatcher([Phrase("再见"), Phrase("您好"), Phrase("您好请问")])
    first, second = matcher.find([normalize("您好请问"), normalize("好再见")])
    assert [(hit.phrase, hit.start, hit.end) for hit in first] == [(1, 0, 2), (2, 0, 4)]
    assert [(hit.phrase, hit.start, hit.end) for hit in second] == [(0, 1, 3)]


def test_a_repeated_phrase_hits_each_time():
    assert found("不需要", "homophone", "不需要,真的不需要") == ["不需要", "不需要"]


def test_distance_counts_syllables_that_differ():
    matcher = PhraseMatcher([Phrase("具体以合同条款为准", "fuzzy")])
    distances = [
        matcher.find([normalize(t)])[0][0].distance for t in ("具体以合同条款为准", "具体合同条款为准")
    ]
    assert distances == [0, 1]


def test_a_phrase_without_sound_is_an_error():
    with pytest.raises(EmptyPhrase):
        PhraseMatcher([Phrase("……")])


def test_no_phrases_and_no_turns_are_no_error():
    assert PhraseMatcher([]).find([normalize("您好")]) == ((),)
    assert PhraseMatcher([Phrase("您好")]).find([]) == ()


PHRASES = [
    "保本保息",
    "没有兴趣",
    "稳赚不赔",
    "请稍等",
    "有录音",
    "保证收益",
    "价格太贵",
    "个人账户",
    "考虑一下",
    "百分百",
]
MATCHERS = {phrase: PhraseMatcher([Phrase(phrase)]) for phrase in PHRASES}
POSITIVE = [phrase for phrase in PHRASES if not set(phrase) & set("不没")]
TEXT = st.text(alphabet="我们您的保本不没息收益,。 嗯好险證報太贵价格有录音ab一百8请", max_size=30)


@given(st.sampled_from(PHRASES), TEXT, TEXT)
def test_offsets_slice_the_original(phrase: str, before: str, after: str):
    text = before + phrase + after
    for hit in MATCHERS[phrase].find([normalize(text)])[0]:
        assert text[hit.start : hit.end] == hit.text
        assert 0 <= hit.start < hit.end <= len(text)


TO_TRADITIONAL = OpenCC("s2t")


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("match", ["exact", "homophone", "fuzzy"])
def test_a_phrase_hits_itself_in_traditional_script(phrase: str, match: str):
    traditional = TO_TRADITIONAL.convert(phrase)
    assert found(phrase, match, f"嗯,{traditional}。") == [traditional]
    assert found(traditional, match, phrase) == [phrase]


@given(
    st.sampled_from(POSITIVE),
    st.sampled_from(["不", "没有", "不能", "不会", "不是", "不能给您", "从不承诺", "没人敢说", "无法"]),
    st.sampled_from(["", "我们", "产品,", "您看,"]),
)
def test_a_negated_phrase_never_hits(phrase: str, negation: str, before: str):
    assert MATCHERS[phrase].find([normalize(before + negation + phrase)]) == ((),)


@given(st.lists(TEXT, max_size=5))
def test_turns_are_independent_of_each_other(texts: list[str]):
    matcher = PhraseMatcher([Phrase(phrase) for phrase in PHRASES])
    together = matcher.find([normalize(text) for text in texts])
    assert together == tuple(matcher.find([normalize(text)])[0] for text in texts)
