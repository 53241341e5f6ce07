"""Handling steps in good faith, and what became of the objection."""

from __future__ import annotations

import pytest

from qa_engine.objections import find_objections
from qa_engine.rubric.examples import example_call

RAISED = {
    "price": "太贵了",
    "no_need": "我不需要",
    "no_time": "我在开会",
    "distrust": "你们不会是骗子吧",
    "has_alternative": "我已经买过了",
    "must_consult": "我要跟我老公商量",
    "defer": "我再考虑考虑",
    "bad_experience": "我以前买过,理赔的时候没赔",
    "privacy": "你怎么有我电话",
    "do_not_call": "别再打了",
    "complaint": "我要投诉你们",
}


def first(dialogue: str, taxonomy):
    return find_objections(example_call(dialogue).transcript.turns, taxonomy).found[0]


STEPS = [
    ("price", "我理解,谁挣钱都不容易", {"acknowledge"}),
    ("price", "折合下来一天才三块钱", {"respond"}),
    ("price", "您是跟哪家比的呢", {"clarify"}),
    ("price", "我理解您的顾虑,可以分十二期,一期两百", {"acknowledge", "respond"}),
    ("no_time", "不好意思打扰您开会了,我下午三点再打给您", {"acknowledge", "respond", "advance"}),
    ("distrust", "您谨慎是对的,牌照编号在官网可以查", {"acknowledge", "respond"}),
    ("distrust", "您是担心公司不正规还是担心资金安全呢", {"clarify"}),
    ("must_consult", "应该的,我把资料发给您和先生一起看", {"acknowledge", "respond"}),
    ("privacy", "您去年在我们官网填过预约表", {"respond"}),
    ("do_not_call", "非常抱歉,马上把您的号码从名单里删除", {"acknowledge", "respond"}),
    ("complaint", "对不起,我马上给您登记投诉工单", {"acknowledge", "respond"}),
]


@pytest.mark.parametrize(("kind", "reply", "steps"), STEPS)
def test_steps_taken(kind, reply, steps, taxonomy):
    found = first(f"客户:{RAISED[kind]} / 坐席:{reply} / 客户:嗯", taxonomy)
    assert steps <= found.steps.keys()
    assert not {"clarify", "confirm"} & (found.steps.keys() - steps)


BAD_FAITH = [
    ("price", "嫌贵你可以不买啊"),  # hostile
    ("price", "名额只剩三个了,再不办就没有了"),  # pressure
    ("price", "别人都买了"),  # everybody else is no answer
    ("defer", "您赶紧定下来吧,今天最后一天"),
    ("privacy", "我也不知道,系统给的"),  # evasive
    ("complaint", "投诉去呗,谁怕谁"),
    ("bad_experience", "这个不归我管"),
    ("must_consult", "这点小事还要问老婆"),
    ("no_time", "好的"),  # a bare 好的 names nothing
    ("do_not_call", "您先听我说完"),
]


@pytest.mark.parametrize(("kind", "reply"), BAD_FAITH)
def test_hostile_evasive_and_pressing_replies_have_no_steps(kind, reply, taxonomy):
    assert first(f"客户:{RAISED[kind]} / 坐席:{reply} / 客户:嗯", taxonomy).steps == {}


def test_a_price_does_not_answer_where_the_number_is_from(taxonomy):
    found = first("客户:你怎么有我电话 / 坐席:我们这款一天才三块钱 / 客户:嗯", taxonomy)
    assert "respond" not in found.steps


def test_pressure_in_one_sentence_leaves_the_honest_one(taxonomy):
    found = first("客户:太贵了 / 坐席:我理解您的想法。名额只剩三个了。 / 客户:嗯", taxonomy)
    assert found.steps == {"acknowledge": 1}


def test_an_hour_named_much_later_closes_the_call_and_not_the_objection(taxonomy):
    talk = " / ".join("坐席:这款保住院 / 客户:嗯" for _ in range(4))
    found = first(f"客户:太贵了 / {talk} / 坐席:那我明天下午三点给您打电话", taxonomy)
    assert "advance" not in found.steps


ANSWERED = "坐席:我理解您的想法,折合一天才三块钱,还可以分期"
OUTCOMES = [
    (f"客户:太贵了 / {ANSWERED} / 客户:那还可以,怎么办", "resolved"),  # agrees
    (f"客户:太贵了 / {ANSWERED} / 客户:哦,那保多少年", "resolved"),  # moves on
    (f"客户:太贵了 / {ANSWERED} / 客户:那还是贵", "open"),  # raises it again
    ("客户:太贵了 / 坐席:贵有贵的道理 / 客户:那好吧", "open"),  # agreement that was not earned
    ("客户:太贵了 / 坐席:一天才三块钱 / 客户:行吧", "open"),  # answered but not acknowledged
    (f"客户:太贵了 / {ANSWERED} / 客户:算了,我不要了,再见", "lost"),  # refuses and ends
    ("客户:我不需要,挂了", "lost"),  # ends at once
    ("客户:我再考虑考虑,再见", "open"),  # who wants to think has not refused
    ("客户:别再打了 / 坐席:实在抱歉,马上把您的号码删除,以后不会再打", "resolved"),  # carried out
    ("客户:别再打了 / 坐席:您先听我说完 / 客户:你们怎么还说", "open"),  # not carried out, not ended
    ("客户:不需要 / 坐席:您先听我说完 / 客户:再打我投诉你们", "lost"),  # escalates
]


@pytest.mark.parametrize(("dialogue", "outcome"), OUTCOMES)
def test_outcome(dialogue, outcome, taxonomy):
    assert first(dialogue, taxonomy).outcome == outcome


def test_steps_belong_to_the_objection_before_them(taxonomy):
    dialogue = f"客户:太贵了 / {ANSWERED} / 客户:你怎么有我电话 / 坐席:您之前在我们官网登记过"
    price, privacy = find_objections(example_call(dialogue).transcript.turns, taxonomy).found
    assert max(price.steps.values()) == 1
    assert privacy.steps == {"respond": 3}
