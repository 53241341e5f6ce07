"""says: phrases as they are heard."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import blurred, judge, said, spelled, verdict

OPENING = "坐席:您好,我是安心保险的小李 / 客户:你好 / 坐席:给您介绍一款重疾险"
END_S = said(OPENING).transcript.turns[0].end_s


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{says: {any_of: [安心保险]}}", "pass"),
        ("{says: {any_of: [平安保险]}}", "fail"),
        ("{says: {by: agent, any_of: [安心保险]}}", "pass"),
        ("{says: {by: customer, any_of: [安心保险]}}", "fail"),
        ("{says: {by: agent, all_of: [您好, 小李]}}", "pass"),
        ("{says: {by: agent, all_of: [您好, 小王]}}", "fail"),
        ("{says: {by: agent, none_of: [平安]}}", "pass"),
        ("{says: {by: agent, none_of: [重疾险]}}", "fail"),
        ("{says: {by: agent, any_of: [您好], none_of: [重疾险]}}", "fail"),
        ("{says: {by: agent, at_least: {n: 2, of: [您好, 重疾险, 小王]}}}", "pass"),
        ("{says: {by: agent, at_least: {n: 3, of: [您好, 重疾险, 小王]}}}", "fail"),
        ("{says: {by: anyone, any_of: [你好, 您好], min_hits: 2}}", "pass"),
        ("{says: {by: agent, any_of: [您好], min_hits: 2}}", "fail"),
        ("{says: {by: agent, any_of: [您好], count: {max: 1}}}", "pass"),
        ("{says: {by: agent, any_of: [您好], count: {max: 0}}}", "fail"),
        ("{says: {any_of: $拒绝}}", "fail"),
        ("{says: {by: agent, any_of: [重疾险], within: {turns: 1}}}", "fail"),
        ("{says: {by: agent, any_of: [重疾险], within: {turns: -1}}}", "pass"),
        ("{says: {by: agent, any_of: [重疾险], within: {turns: [2, 3]}}}", "pass"),
        ("{says: {by: agent, any_of: [小李], within: {first_s: 4}}}", "pass"),
        ("{says: {by: agent, any_of: [重疾险], within: {first_s: 4}}}", "fail"),
        ("{says: {by: agent, any_of: [重疾险], within: {last_s: 3}}}", "pass"),
        ("{says: {by: agent, any_of: [小李], within: {last_s: 3}}}", "fail"),
        ("{says: {by: agent, any_of: [小李], within: {percent: [0, 50]}}}", "pass"),
        ("{says: {by: agent, any_of: [小李], within: {percent: [50, 100]}}}", "fail"),
        ("{says: {by: agent, any_of: [重疾险], within: {from_s: 4, to_s: 10}}}", "pass"),
        ("{says: {by: agent, any_of: [小李], within: {from_s: 4}}}", "fail"),
    ],
)
def test_says(condition: str, expected: str) -> None:
    assert verdict(condition, OPENING) == expected


def test_the_opening_starts_with_the_conversation_not_with_the_ringing() -> None:
    ringing = "静音:40 / 坐席:您好,我是安心保险的小李"
    assert verdict("{says: {any_of: [小李], within: {first_s: 10}}}", ringing) == "pass"
    assert verdict("{says: {any_of: [小李], within: {to_s: 10}}}", ringing) == "fail"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("坐席:这款产品保本", "pass"),
        ("坐席:這款產品保本", "pass"),  # written in Traditional characters
        ("坐席:这款产品饱本", "pass"),  # the same sound
        ("坐席:这款产品不保本", "fail"),  # negated
    ],
)
def test_a_phrase_is_matched_as_it_is_heard(sentence: str, expected: str) -> None:
    assert verdict("{says: {by: agent, any_of: [保本]}}", sentence) == expected


def test_a_negated_phrase_counts_where_the_form_allows_it() -> None:
    assert verdict("{says: {any_of: [保本], negated: allow}}", "坐席:这款产品不保本") == "pass"


def test_exact_match_wants_the_same_characters() -> None:
    assert verdict("{says: {any_of: [保本], match: exact}}", "坐席:这款产品饱本") == "fail"


class TestExcept:
    def test_an_overlapping_excuse_excuses_that_hit_alone(self) -> None:
        condition = "{says: {any_of: [最好], except: [最好提前]}}"
        assert verdict(condition, "坐席:您最好提前一天联系") == "fail"
        assert verdict(condition, "坐席:您最好提前一天联系,我们是最好的公司") == "pass"

    def test_an_excuse_in_the_same_sentence_excuses(self) -> None:
        condition = "{says: {any_of: [稳赚不赔], except: [没有谁能说]}}"
        assert verdict(condition, "坐席:没有谁能说稳赚不赔") == "fail"
        assert verdict(condition, "坐席:没有谁能说。我们稳赚不赔") == "pass"

    def test_a_condition_excuses_what_happens_around_it(self) -> None:
        condition = "{says: {by: agent, any_of: [稍等], except: {says: {by: customer, any_of: [不着急]}}}}"
        assert verdict(condition, "坐席:您稍等 / 客户:不着急") == "fail"
        assert verdict(condition, "坐席:您稍等 / 客户:快点") == "pass"

    def test_a_doubtful_excuse_leaves_a_doubt(self) -> None:
        call = blurred(said("坐席:您稍等 / 客户:不着急 / 坐席:好"), 1)
        condition = "{says: {by: agent, any_of: [稍等], except: {says: {by: customer, any_of: [不着急]}}}}"
        assert verdict(condition, call) == "unknown"


class TestUnknown:
    def test_a_hit_on_badly_recognised_words(self) -> None:
        judged = judge("{says: {by: agent, any_of: [小李]}}", blurred(said(OPENING), 0))
        assert judged.verdict == "unknown"
        assert "把握" in judged.reason
        assert judged.settle[0] == pytest.approx((2.4, 3.0), abs=0.5)

    def test_a_hit_elsewhere_that_is_clear_decides(self) -> None:
        call = blurred(said("坐席:我是小李 / 客户:谁 / 坐席:我是小李"), 0)
        assert verdict("{says: {by: agent, any_of: [小李]}}", call) == "pass"

    def test_a_miss_in_a_badly_recognised_stretch(self) -> None:
        judged = judge("{says: {by: agent, any_of: [平安], within: {first_s: 4}}}", blurred(said(OPENING), 0))
        assert judged.verdict == "unknown"
        assert judged.settle == ((0.4, END_S),)

    def test_a_miss_where_little_was_badly_recognised_is_a_miss(self) -> None:
        call = blurred(said("坐席:您好,我是安心保险的小李,给您介绍一款重疾险 / 客户:嗯 / 坐席:好的"), 2)
        assert verdict("{says: {by: agent, any_of: [平安]}}", call) == "fail"

    def test_the_form_sets_the_threshold(self) -> None:
        call = blurred(said(OPENING), 0, confidence=0.6)
        assert verdict("{says: {by: agent, any_of: [小李]}}", call) == "pass"
        assert verdict("{says: {by: agent, any_of: [小李], min_confidence: 0.7}}", call) == "unknown"

    def test_only_the_words_that_decide_matter(self) -> None:
        words = (
            ("您好", 0.4, 1.0, 0.2),
            ("我是", 1.0, 1.5, 0.9),
            ("安心保险的", 1.5, 2.5, 0.9),
            ("小李", 2.5, 3.0, 0.9),
        )
        assert verdict("{says: {any_of: [小李]}}", spelled(said(OPENING), 0, *words)) == "pass"
        assert (
            verdict("{says: {any_of: [您好]}}", spelled(said("坐席:您好,我是安心保险的小李"), 0, *words))
            == "unknown"
        )

    def test_guessed_roles_leave_role_bound_hits_unknown(self) -> None:
        call = said(OPENING, role_confidence=0.6)
        assert verdict("{says: {by: agent, any_of: [小李]}}", call) == "unknown"
        assert verdict("{says: {by: customer, any_of: [小李]}}", call) == "unknown"

    def test_what_nobody_said_was_said_by_no_role(self) -> None:
        assert verdict("{says: {by: agent, any_of: [保本]}}", said(OPENING, role_confidence=0.6)) == "fail"

    def test_guessed_roles_do_not_matter_to_anyone(self) -> None:
        assert verdict("{says: {any_of: [小李]}}", said(OPENING, role_confidence=0.6)) == "pass"


class TestEvidence:
    def test_a_hit_gives_its_words_and_milliseconds(self) -> None:
        words = (
            ("您好", 0.4, 1.0, 0.9),
            ("我是", 1.2, 1.5, 0.9),
            ("安心保险的", 1.5, 2.5, 0.9),
            ("小李", 2.6, 3.0, 0.9),
        )
        judged = judge("{says: {any_of: [小李]}}", spelled(said(OPENING), 0, *words))
        (evidence,) = judged.evidence
        assert (evidence.turn, evidence.start, evidence.end, evidence.text) == (0, 10, 12, "小李")
        assert (evidence.start_s, evidence.end_s) == (2.6, 3.0)
        assert (evidence.phrase, evidence.distance, evidence.condition) == ("小李", 0, "says")

    def test_without_word_times_they_are_interpolated_by_characters(self) -> None:
        (evidence,) = judge("{says: {any_of: [小李]}}", OPENING).evidence
        assert evidence.start_s == pytest.approx(0.4 + (END_S - 0.4) * 10 / 12, abs=0.002)
        assert evidence.end_s == pytest.approx(END_S)

    def test_an_absence_names_the_stretch_that_was_searched(self) -> None:
        judged = judge("{says: {by: agent, any_of: [工号], within: {first_s: 4}}}", OPENING)
        assert judged.reason == "前 4 秒坐席未说“工号”"
        (evidence,) = judged.evidence
        assert (evidence.turn, evidence.start_s, evidence.end_s) == (None, 0.4, 4.4)


class TestEmptyLists:
    def test_an_empty_list_matches_nothing(self) -> None:
        assert verdict("{says: {any_of: $空}}", OPENING) == "fail"

    def test_another_condition_may_stand_in(self) -> None:
        condition = "{says: {any_of: $空, when_empty: {regex: {pattern: '..保险'}}}}"
        assert verdict(condition, OPENING) == "pass"
        assert verdict(condition, "坐席:您好") == "fail"


@pytest.mark.parametrize(
    ("spec", "dialogue", "expected"),
    [
        ("any_of: [退款], near: [手续费]", "坐席:退款要收手续费", "pass"),
        ("any_of: [退款], near: [手续费]", "坐席:可以退款 / 坐席:手续费另算", "fail"),  # another turn
        ("any_of: [退款], near: [手续费], near_chars: 2", "坐席:退款要收手续费", "pass"),
        ("any_of: [退款], near: [手续费], near_chars: 1", "坐席:退款要收手续费", "fail"),
        ("any_of: [退款], near: [手续费], near_chars: 2", "坐席:手续费先扣退款", "pass"),  # either side
        (
            "any_of: [退款], near: [手续费], near_chars: 3, count: {min: 2}",
            "坐席:退款手续费呀呀呀呀呀退款",
            "fail",
        ),
        ("all_of: [退款, 合同], near: [手续费]", "坐席:退款合同里手续费", "pass"),
        ("any_of: [退款], near: [手续费]", "坐席:您好", "fail"),
    ],
)
def test_a_phrase_near_another(spec: str, dialogue: str, expected: str) -> None:
    assert verdict(f"{{says: {{{spec}}}}}", dialogue) == expected


def test_a_phrase_near_another_is_unknown_where_it_was_badly_heard() -> None:
    assert (
        verdict("{says: {any_of: [退款], near: [手续费]}}", blurred(said("坐席:退款要收手续费"), 0))
        == "unknown"
    )


class TestClaim:
    @pytest.mark.parametrize(
        ("sentence", "expected"),
        [
            ("坐席:这款保本", "pass"),
            ("坐席:保本这种话我们不敢说", "fail"),  # denied after
            ("坐席:别人跟您说保本您要小心", "fail"),  # told of others
            ("坐席:您是问保本吗", "fail"),  # asked
        ],
    )
    def test_only_what_the_speaker_claims_counts(self, sentence: str, expected: str) -> None:
        assert verdict("{says: {by: agent, any_of: [保本], claim: statement}}", sentence) == expected
        assert verdict("{regex: {by: agent, pattern: 保本, claim: statement}}", sentence) == expected

    def test_a_demand_may_be_a_question(self) -> None:
        sentence = "坐席:转到我微信可以吗"
        assert verdict("{says: {any_of: [转到我微信], claim: demand}}", sentence) == "pass"
        assert verdict("{says: {any_of: [转到我微信], claim: statement}}", sentence) == "fail"
