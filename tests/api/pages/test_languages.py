"""Chinese text is printed with Chinese punctuation, whatever its author typed."""

from __future__ import annotations

import pytest

from api.pages.languages import Language, Words, full_width

PRINTED = {
    "评分还没有完成,本页会自动更新。": "评分还没有完成，本页会自动更新。",
    "坐席说了“保本”3 处(0:26.9 起);坐席说了“至少”(0:36.6)": "坐席说了“保本”3 处（0:26.9 起）；坐席说了“至少”（0:36.6）",
    "异议共情率 0%,得 0%": "异议共情率 0%，得 0%",
    "开头 {start},结尾 {end}": "开头 {start}，结尾 {end}",
    "设置正式模型(CALLQA_WHISPER_MODEL)": "设置正式模型（CALLQA_WHISPER_MODEL）",
    "外呼时间在 9:00–21:00": "外呼时间在 9:00–21:00",
    "Skip silence (S), then go: now!": "Skip silence (S), then go: now!",
}


@pytest.mark.parametrize(("typed", "printed"), PRINTED.items())
def test_points_and_brackets_beside_chinese_become_full_width(typed: str, printed: str) -> None:
    assert full_width(typed) == printed
    assert full_width(printed) == printed


def test_prose_is_in_the_readers_script() -> None:
    assert Words(Language.HANT).prose("客户说了,但没有回应") == "客戶說了，但沒有回應"
    assert Words(Language.ENGLISH).prose("客户说了,但没有回应") == "客户说了，但没有回应"


def test_text_that_may_name_a_file_keeps_its_punctuation() -> None:
    assert Words(Language.HANS).script("找不到 录音(1),重试.wav") == "找不到 录音(1),重试.wav"
