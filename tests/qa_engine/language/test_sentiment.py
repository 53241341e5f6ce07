"""Mood over windows of a speaker's turns, and the curve of a speaker."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_engine.calls import Role, Turn
from qa_engine.language.normalize import normalize
from qa_engine.language.sentiment import (
    BAND,
    SCORERS,
    Scorer,
    Sentiment,
    label_of,
    mood,
    snownlp_jieba_scores,
    table_scores,
    window_sentiments,
)
from qa_engine.language.sentiment_model import CLASSES, shipped_table


def turns(*texts: str) -> list[Turn]:
    """`客:…` and `坐:…`, a second each."""
    roles = {"客": Role.CUSTOMER, "坐": Role.AGENT}
    return [Turn(roles[t[0]], float(i), i + 1.0, t[2:]) for i, t in enumerate(texts)]


def scores(**known: float) -> Scorer:
    """A scorer that knows these texts; anything else is neutral."""

    def scorer(texts: Sequence[str], groups: Sequence[Sequence[int]] | None = None, /) -> list[float]:
        read = texts if groups is None else ["。".join(texts[i] for i in group) for group in groups]
        return [known.get(text, 0.0) for text in read]

    return scorer


def labels(*texts: str, **known: float) -> list[str]:
    return [s.label for s in window_sentiments(turns(*texts), scorer=scores(**known))]


class TestWindow:
    def test_a_backchannel_after_a_refusal_is_still_a_refusing_customer(self) -> None:
        assert labels("客:不要", "坐:好", "客:嗯", 不要=-0.9) == ["negative", "neutral", "negative"]

    def test_the_last_decisive_turn_counts(self) -> None:
        assert labels("客:不要", "客:行", "客:嗯", 不要=-0.9, 行=0.8) == ["negative", "positive", "positive"]

    def test_two_turns_later_it_is_forgotten_but_for_the_window(self) -> None:
        told = labels("客:不要", "客:嗯", "客:嗯", "客:嗯", 不要=-0.9)
        assert told == ["negative", "negative", "negative", "neutral"]

    def test_the_other_speaker_has_a_mood_of_his_own(self) -> None:
        assert labels("客:不要", "坐:嗯", 不要=-0.9) == ["negative", "neutral"]

    def test_what_is_remembered_fades(self) -> None:
        said = window_sentiments(turns("客:不要", "客:嗯"), scorer=scores(不要=-0.9))
        assert -0.9 < said[1].score <= -BAND

    def test_turns_that_say_little_one_by_one_are_read_as_one_text(self) -> None:
        known = {"这个嘛": -0.3, "我觉得": -0.4, "这个嘛。我觉得": -0.8}
        assert labels("客:这个嘛", "坐:您说", "客:我觉得", **known) == ["neutral", "neutral", "negative"]
        assert labels("客:这个嘛", "客:我觉得") == ["neutral", "neutral"]

    def test_a_turn_that_is_sure_counts_alone(self) -> None:
        known = {"不要": -0.9, "好的": 0.75, "不要。好的": -0.9}
        assert labels("客:不要", "客:好的", **known) == ["negative", "positive"]

    def test_inside_the_band_nothing_is_claimed(self) -> None:
        assert [label_of(score) for score in (-1, -BAND, -BAND + 0.01, 0, BAND - 0.01, BAND, 1)] == [
            "negative", "negative", "neutral", "neutral", "neutral", "positive", "positive",
        ]  # fmt: skip


class TestCurve:
    def test_start_and_end_are_means_over_thirds_of_the_characters(self) -> None:
        said = turns("客:一二三", "客:四五六", "客:七八九")
        sentiments = [Sentiment("negative", -0.9), Sentiment("neutral", 0.0), Sentiment("positive", 0.6)]
        curve = mood(said, sentiments, Role.CUSTOMER)
        assert (curve.start, curve.end, curve.shift, curve.mean) == (-0.9, 0.6, 1.5, -0.1)

    def test_long_turns_weigh_more(self) -> None:
        said = turns("客:一二三四五六七八九", "客:十")
        curve = mood(said, [Sentiment("positive", 1.0), Sentiment("negative", -1.0)], Role.CUSTOMER)
        assert curve.mean == pytest.approx(0.8)

    def test_who_says_nothing_has_no_curve(self) -> None:
        curve = mood(turns("坐:您好"), [Sentiment("neutral", 0.0)], Role.CUSTOMER)
        assert (curve.start, curve.end, curve.shift, curve.mean) == (None, None, None, None)


# What the table must never get wrong: the plainest case of every rule of the labelling guide.
PLAIN = [
    ("不需要,谢谢", "negative"),
    ("没兴趣,别再打了", "negative"),
    ("太贵了", "negative"),
    ("你们是骗子吧", "negative"),
    ("我要投诉你们", "negative"),
    ("我不满意", "negative"),
    ("嗯", "neutral"),
    ("喂", "neutral"),
    ("你说", "neutral"),
    ("多少钱一年", "neutral"),
    ("需要什么手续", "neutral"),
    ("我今年三十五岁", "neutral"),
    ("好的,那就帮我办一个吧", "positive"),
    ("挺好的,我很满意", "positive"),
    ("谢谢你帮我解决了问题", "positive"),
    ("可以,我很感兴趣", "positive"),
    ("太貴了,我不需要", "negative"),  # Traditional
    ("聽起來不錯,我買一份", "positive"),
    ("我本来想买的但是太贵了还是算了", "negative"),  # the last word counts
]


@pytest.mark.parametrize(("text", "label"), PLAIN)
def test_the_plainest_cases(text: str, label: str) -> None:
    assert label_of(table_scores([normalize(text).text])[0]) == label


@pytest.mark.parametrize("text", ["", "…", "😀", "a", "。", "\n", "好" * 5000])
@pytest.mark.parametrize("scorer", [table_scores, snownlp_jieba_scores])
def test_any_text_has_a_score_in_range(scorer: Scorer, text: str) -> None:
    (score,) = scorer([text])
    assert -1 <= score <= 1


def test_the_label_is_the_likeliest_class_however_close() -> None:
    texts = [normalize(text).text for text, _ in PLAIN] + ["那我也不要了,我这就去问清楚", "还行吧", "我看看"]
    likeliest = [CLASSES[i] for i in shipped_table().probabilities(texts).argmax(axis=1)]
    assert [label_of(score) for score in table_scores(texts)] == likeliest


def test_a_text_is_judged_alike_alone_and_among_others() -> None:
    texts = [normalize(text).text for text, _ in PLAIN]
    together = table_scores(texts)
    assert [table_scores([text])[0] for text in texts] == pytest.approx(together, abs=1e-5)


@pytest.mark.parametrize("scorer", [table_scores, snownlp_jieba_scores])
def test_a_group_is_read_as_one_text(scorer: Scorer) -> None:
    texts = ["东西是不错", "嗯", "就是太贵了,不需要"]
    apart = scorer(texts, [[0], [1], [2], [0, 2], [0, 1, 2]])
    assert apart[:3] == scorer(texts)
    assert apart[3:] == pytest.approx(scorer(["。".join([texts[0], texts[2]]), "。".join(texts)]), abs=0.1)


def test_every_choice_of_the_setting_scores() -> None:
    assert set(SCORERS) == {"trained", "snownlp", "snownlp-jieba"}
