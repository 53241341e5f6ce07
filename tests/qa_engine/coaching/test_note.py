"""Notes that can be heard, in words that can be borne."""

from __future__ import annotations

import pytest

from qa_engine.coaching.findings import Finding
from qa_engine.coaching.note import (
    Clip,
    EmptyNote,
    Note,
    UncitedBehaviour,
    check_note,
    draft,
    judgement_words,
)

CLIP = Clip("c1", 151.0, 158.0, 7, "这个没办法", "未共情")
FINDING = Finding("a", "i", 40, 0, 12, 0.6, 0.1, 0.5, 0.34, 0.66, 0.001, 4.0)


def test_the_draft_cites_the_clip_and_the_figure_and_passes_its_own_checks() -> None:
    note = draft(FINDING, CLIP, title="异议共情", day="2026-11-02", campaign="保险")
    assert "02:31" in note.behaviour
    assert "40 通" in note.impact
    assert "95% 区间 34.0 至 66.0" in note.impact
    check_note(note, CLIP, duration_s=200)
    assert judgement_words(note.behaviour + note.impact + note.situation) == []


@pytest.mark.parametrize("behaviour", ["没有共情", "大约 2 分半", "09:59 没有共情", "编号 1234:567"])
def test_a_behaviour_that_cannot_be_heard_is_refused(behaviour: str) -> None:
    with pytest.raises(UncitedBehaviour, match="时间"):
        check_note(Note("情境", behaviour, "影响"), CLIP, duration_s=200)


def test_each_part_must_say_something() -> None:
    with pytest.raises(EmptyNote, match="影响"):
        check_note(Note("情境", "02:31 停顿", " "), CLIP, duration_s=200)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你总是打断客户", ["总是"]),
        ("你从来不听,你就是懒得问", ["从来不", "你就是"]),
        ("02:31 客户问价格,停了 6 秒", []),
        ("问他行不行", []),  # the word in a phrase that judges nobody
        ("连新人都会,你必须改", ["连新人都", "你必须"]),
    ],
)
def test_words_that_judge(text: str, words: list[str]) -> None:
    assert [one.word for one in judgement_words(text)] == words


def test_a_judgement_comes_with_what_to_say_instead() -> None:
    assert "观察" in judgement_words("你总是这样")[0].advice
