"""hold: the dialer's word first, then silences that were announced."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import judge, said, verdict

WAITS = "客户:多少钱 / 坐席:请稍等,我查一下 / 客户:好的 / 静音:12 / 坐席:让您久等了"
SILENT = "客户:多少钱 / 坐席:这个嘛 / 静音:12 / 坐席:五百元"


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        ("{hold: {min_s: 10}}", WAITS, "pass"),
        ("{hold: {max_s: 10}}", WAITS, "fail"),
        ("{hold: {max_s: 15}}", WAITS, "pass"),
        ("{hold: {count: {min: 1}}}", WAITS, "pass"),
        ("{hold: {count: {max: 0}}}", WAITS, "fail"),
        ("{hold: {max_s: 15, count: {max: 0}}}", WAITS, "fail"),
        ("{hold: {min_s: 1}}", SILENT, "fail"),  # nobody announced it: a silence, not a hold
        ("{hold: {count: {min: 1}}}", "坐席:请稍等 / 静音:3 / 坐席:好了", "fail"),  # a pause
        ("{hold: {count: {min: 1}}}", "客户:请稍等 / 静音:9 / 坐席:好了", "fail"),  # the customer's own wait
        ("{hold: {min_s: 60}}", f"{WAITS} / 事实:hold_s=75 / 事实:holds=2", "pass"),
        ("{hold: {count: {max: 1}}}", f"{WAITS} / 事实:hold_s=75 / 事实:holds=2", "fail"),
        ("{hold: {max_s: 0}}", f"{WAITS} / 事实:hold_s=0", "pass"),
    ],
)
def test_hold(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


@pytest.mark.parametrize("condition", ["{hold: {max_s: 10}}", "{hold: {count: {min: 1}}}"])
def test_guessed_roles_and_no_word_from_the_dialer_leave_it_unknown(condition: str) -> None:
    assert verdict(condition, said(WAITS, role_confidence=0.5)) == "unknown"


def test_the_dialer_knows_without_roles() -> None:
    call = said(f"{WAITS} / 事实:hold_s=20", role_confidence=0.5)
    assert verdict("{hold: {min_s: 10}}", call) == "pass"


def test_the_silence_is_the_evidence() -> None:
    (evidence,) = judge("{hold: {min_s: 10}}", WAITS).evidence
    assert (evidence.end_s or 0) - (evidence.start_s or 0) == pytest.approx(12)
