"""Hot words: what the file may say, what the engine is told, what is put right and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_engine.calls import Corrected, Word
from qa_engine.rubric.problems import BadRubric
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.engines.prompt import MAX_HOT_CHARS, PROMPT_ZH
from qa_engine.speech.hot_word_repair import repaired
from qa_engine.speech.hot_words import BadHotWords, HotWordBook, parse_hot_words
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe

CALL = Path(__file__).parents[3] / "fixtures/calls/ins-006/audio.opus"
WORDS = ("安心保险", "李晓梅", "云联")
BOOK = """everywhere: {company: [安心保险]}
campaigns:
  ins-2026:
    products: [安心重疾险, 如意保]
    agents: [李晓梅]
"""


def words(text: str, confidence: float | None = 0.9) -> tuple[Word, ...]:
    return tuple(Word(char, at * 0.2, at * 0.2 + 0.2, confidence) for at, char in enumerate(text))


def text_of(found: Sequence[Word]) -> str:
    return "".join(word.text for word in found)


def test_a_call_has_its_campaigns_words_and_its_agents_name() -> None:
    book = parse_hot_words(BOOK, file="hotwords.yaml")
    assert book.for_call("ins-2026", "钱立伟") == ("钱立伟", "安心重疾险", "如意保", "李晓梅", "安心保险")
    assert book.for_call("other") == ("安心保险",)
    assert parse_hot_words("# nothing yet\n", file="hotwords.yaml").for_call("ins-2026", "钱立伟") == ()


@pytest.mark.parametrize(
    ("source", "line", "found"),
    [
        ("everywhere: [安心保险]", 1, "everywhere"),
        ("everywhere: {company: 安心保险}", 1, "company"),
        ("everywhere:\n  companies: [安心保险]", 2, "companies"),
        ("everywhere:\n  company:\n    - 安心保险\n    - 安", 4, "'安'"),
        ("campaigns:\n  ins: {products: [400]}", 2, "400"),
        ("campaigns: [ins]", 1, "campaigns"),
        ("campaign: {}", 1, "campaign"),
        (f"everywhere: {{other: [{', '.join(['安心'] * 501)}]}}", 1, "501"),
        ("- 安心保险", 1, "everywhere"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, line: int, found: str) -> None:
    with pytest.raises(BadHotWords) as caught:
        parse_hot_words(source, file="hotwords.yaml")
    (problem,) = caught.value.problems
    assert (problem.where.file, problem.where.line) == ("hotwords.yaml", line)
    assert found in problem.message
    assert problem.hint


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadHotWords) as caught:
        parse_hot_words("everywhere: {firm: [安心]}\ncampaigns: {a: {products: [x, 安]}}\n", file="f")
    assert len(caught.value.problems) == 3
    with pytest.raises(BadRubric):
        parse_hot_words("a: [", file="f")


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("我是安馨保鲜的李小妹", "我是安心保险的李晓梅"),  # other characters, same sound
        ("这里是岸新，保险公司", "这里是安心，保险公司"),  # a mark in between stays where it is
        ("安星保险", "安心保险"),  # xing for xin
    ],
)
def test_what_sounds_like_it_is_put_right(heard: str, written: str) -> None:
    assert text_of(repaired(words(heard), WORDS, channel=0)[0]) == written


@pytest.mark.parametrize(
    "heard",
    [
        "我是安心保险的李晓梅",  # right already
        "我想买个安全保险箱",  # another word
        "那我就安心了，保险我不买",  # the word itself is cut by what is said
        "他叫李小龙",  # one syllable is another
        "这事跟医疗无关",
    ],
)
def test_what_is_said_stays(heard: str) -> None:
    assert repaired(words(heard), WORDS, channel=0) == (words(heard), ())


def test_two_syllables_need_a_recogniser_in_doubt() -> None:
    assert text_of(repaired(words("云莲的客服", 0.4), WORDS, channel=0)[0]) == "云联的客服"
    for sure in (0.9, None):
        assert text_of(repaired(words("云莲的客服", sure), WORDS, channel=0)[0]) == "云莲的客服"


def test_one_hot_word_is_not_written_over_another() -> None:
    assert text_of(repaired(words("安馨保险"), ("安心保险", "安馨保险"), channel=0)[0]) == "安馨保险"


def test_what_was_heard_is_kept_with_its_place() -> None:
    fixed, changes = repaired(words("我是安馨保险"), WORDS, channel=1)
    assert changes == (Corrected(1, 0.4, 1.2, "安馨保险", "安心保险"),)
    assert [(w.start_s, w.end_s, w.confidence) for w in fixed] == [
        (w.start_s, w.end_s, w.confidence) for w in words("我是安馨保险")
    ]


@settings(deadline=None)  # the table of readings is built on first use
@given(st.text("安心保险李晓梅小妹鲜新云联运，。a1 ", max_size=40), st.lists(st.integers(1, 3), max_size=20))
def test_repair_keeps_every_word_and_its_length(text: str, cuts: list[int]) -> None:
    pieces: list[str] = []
    for cut in cuts:
        pieces.append(text[:cut])
        text = text[cut:]
    told = tuple(Word(p, i * 1.0, i * 1.0 + 1, 0.3) for i, p in enumerate([*pieces, text]) if p.strip())
    fixed, _ = repaired(told, WORDS, channel=0)
    assert [len(word.text) for word in fixed] == [len(word.text) for word in told]
    again, changes = repaired(fixed, WORDS, channel=0)
    assert again == fixed
    assert changes == ()


def test_words_of_several_syllables_keep_their_own() -> None:
    told = (Word("我是安", 0, 1, 0.9), Word("馨保鲜的", 1, 2, 0.9))
    assert [word.text for word in repaired(told, WORDS, channel=0)[0]] == ["我是安", "心保险的"]


def test_the_engine_is_told_as_many_as_there_is_room_for(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json"):
        (tmp_path / name).write_bytes(b"{}")
    engine = FasterWhisper(tmp_path, name="x")
    assert engine.prompt_with(()) == PROMPT_ZH
    assert engine.prompt_with(WORDS) == f"安心保险，李晓梅，云联。{PROMPT_ZH}"
    many = engine.prompt_with([f"第{n:03}号产品" for n in range(200)])
    assert many is not None
    assert len(many) <= MAX_HOT_CHARS + len(PROMPT_ZH) + 1
    assert many.endswith(PROMPT_ZH)


def test_a_model_without_prompts_is_left_alone() -> None:
    demo = load_recognizer("demo", threads=1)
    assert isinstance(demo, FasterWhisper)
    assert demo.prompt_with(WORDS) is None


def test_a_call_is_heard_with_its_hot_words() -> None:
    """The demo model hears 别再给我打电话; a hot word of that sound shows the way from the words to the signals."""
    audio = decode(CALL)
    recognizer = load_recognizer("demo", threads=1)
    plain = transcribe(audio, recognizer, call_id="c", agent_channel=0)
    hot = transcribe(audio, recognizer, call_id="c", agent_channel=0, hot_words=["省筋饼"])
    assert plain.signals.corrected == ()
    assert {change.written for change in hot.signals.corrected} <= {"省筋饼"}
    named = transcribe(audio, recognizer, call_id="c", agent_channel=0, hot_words=["别载给沃打"])
    (change,) = named.signals.corrected
    assert (change.channel, change.heard, change.written) == (1, "别再给我打", "别载给沃打")
    assert change.written in "".join(turn.text for turn in named.transcript.turns)
    assert replace(named.signals, corrected=()) == plain.signals


def test_a_book_without_words_costs_nothing() -> None:
    assert HotWordBook().for_call("ins", "李晓梅") == ()
