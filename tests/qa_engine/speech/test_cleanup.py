"""Guards: what recognisers make up is taken out and counted; what people really say stays."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Span, Word
from qa_engine.speech.cleanup import clean, written_zh
from qa_engine.speech.engines.base import Segment

VOICED = (Span(0.0, 20.0),)


def segment(
    *texts: str, start_s: float = 0.0, word_s: float = 0.4, confidence: float | None = 0.9
) -> Segment:
    """Words one after the other, each as long as it has characters."""
    words: list[Word] = []
    for text in texts:
        end_s = start_s + word_s * max(len(text), 1)
        words.append(Word(text, round(start_s, 3), round(end_s, 3), confidence))
        start_s = end_s
    return Segment(words[0].start_s, words[-1].end_s, "".join(texts), tuple(words), confidence)


def text_of(segments: Sequence[Segment]) -> str:
    return "".join(part.text for part in segments)


CASES = [
    # what was recognised, what stays, why the rest went
    (("您好", "，", "我是", "小李", "。"), "您好，我是小李。", {}),
    (("好的", "，", "字幕由Amara.org社区提供"), "好的，", {"blocked": 1}),  # said on silence by models
    (("请不吝点赞", " ", "订阅", " ", "转发", " ", "打赏支持明镜与点点栏目"), "", {"blocked": 1}),
    (("我们", "这个") + ("产品",) * 9, "我们这个产品", {"loop": 1}),  # an endless loop keeps its first round
    (("对", "对", "对", "对", "对", "，", "我知道"), "对对对对对，我知道", {}),  # people do say this
    (("喂", "喂", "喂", "？"), "喂喂喂？", {}),
    (
        ("一三八", "八八八八", "八八八八", "八八八八", "。"),
        "一三八八八八八八八八八八八八八。",
        {},
    ),  # a number is no loop
]


@pytest.mark.parametrize(("texts", "kept", "dropped"), CASES)
def test_what_stays(texts: tuple[str, ...], kept: str, dropped: dict[str, int]) -> None:
    cleaned = clean([segment(*texts)], VOICED)
    assert text_of(cleaned.segments).replace(" ", "").rstrip("。") == kept.rstrip("。")
    assert cleaned.dropped == dropped


def test_text_far_from_any_voice_was_invented() -> None:
    cleaned = clean([segment("您好。"), segment("再见。", start_s=30.0)], VOICED)
    assert text_of(cleaned.segments) == "您好。"
    assert cleaned.dropped == {"no_voice": 1}


def test_faster_than_anyone_speaks() -> None:
    crammed = segment("这一段话一共有二十几个字但是只有半秒钟的声音。", word_s=0.04)
    assert clean([crammed], (Span(0.0, 0.3),)).dropped == {"too_fast": 1}
    assert clean([crammed], VOICED).dropped == {}  # squeezed by the recogniser into a long stretch of speech


def test_the_prompt_said_back_with_little_confidence_is_an_echo() -> None:
    prompt = "以下是普通话的电话录音，请写出标点。"
    unsure = segment("以下是普通话的电话录音", confidence=0.4)
    sure = segment("以下是普通话的电话录音", confidence=0.95)
    assert clean([unsure], VOICED, prompt=prompt).dropped == {"echo": 1}
    assert clean([sure], VOICED, prompt=prompt).dropped == {}


def test_a_model_without_marks_gets_them_from_pauses() -> None:
    first, second = Word("您好", 0.0, 0.8), Word("我是小李", 1.3, 2.4)
    bare = Segment(0.0, 2.4, "您好我是小李", (first, second))
    assert text_of(clean([bare], VOICED).segments) == "您好，我是小李。"


@pytest.mark.parametrize(
    ("heard", "written"),
    [("妳好,請問", "妳好，请问"), ("这是WiFi套餐", "这是WiFi套餐"), ("OK, sure", "OK, sure")],
)
def test_one_script_and_full_width_marks(heard: str, written: str) -> None:
    assert written_zh(heard) == written


@given(st.lists(st.text("对好的保本，。 ab1", min_size=1, max_size=6), min_size=1, max_size=30))
def test_nothing_is_added_but_marks(texts: list[str]) -> None:
    cleaned = text_of(clean([segment(*texts)], VOICED).segments)
    allowed = iter("".join(texts))
    spoken = [char for char in cleaned if char not in "，。 "]
    assert all(char in allowed for char in spoken)  # an ordered part of what was recognised


def test_what_was_removed_is_kept_with_its_place_and_reason() -> None:
    cleaned = clean([segment("好的", "，", "字幕由Amara.org社区提供")], VOICED, channel=1)
    (gone,) = cleaned.removed
    assert (gone.reason, gone.channel, gone.text) == ("blocked", 1, "字幕由Amara.org社区提供")
    assert gone.start_s == pytest.approx(1.2)


def test_noise_put_into_words_is_unlikely() -> None:
    assert clean([segment("水面上的风", confidence=0.05)], VOICED).dropped == {"unlikely": 1}


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ("您现在方便吗", "？"),
        ("这个多少钱", "？"),
        ("您看好不好", "？"),
        ("您是哪位", "？"),
        ("我想办什么都行", "。"),
        ("我知道了", "。"),
    ],
)
def test_questions_get_their_mark_from_their_words(said: str, mark: str) -> None:
    first, second = Word(said, 0.0, 2.0), Word("好的", 3.5, 4.0)
    bare = Segment(0.0, 4.0, said + "好的", (first, second))
    assert text_of(clean([bare], VOICED).segments) == f"{said}{mark}好的。"
