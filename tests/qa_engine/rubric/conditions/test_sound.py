"""loudness, pitch_movement: from what was measured of each turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_engine.calls import Call, Signals, TurnSound
from tests.qa_engine.rubric.builders import judge, said, verdict

DIALOGUE = (
    "坐席:您好 / 客户:你好 / 坐席:介绍一下 / 客户:不用了 / 坐席:很划算 / 客户:都说了不用 / 坐席:真的不要吗"
)


def sounding(*sounds: TurnSound, **changes: object) -> Call:
    """The dialogue with what was measured of its seven turns."""
    return replace(said(DIALOGUE, **changes), signals=Signals(turns=sounds))


AGENT = TurnSound(-20.0, 0.0, -14.0, 200.0, 4.0, -1.0)
CALM = TurnSound(-30.0, 1.0, -24.0, 120.0, 3.0, -2.0)
SHOUTS = TurnSound(-21.0, 5.0, -12.0, 180.0, 9.0, 4.0)
ANGRY_AT_LAST = sounding(AGENT, CALM, AGENT, CALM, AGENT, SHOUTS, AGENT)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # The customer's median is -30: the shout stands 9 dB above it.
        ("{loudness: {by: customer, level_db: {min: 6}}}", "pass"),
        ("{loudness: {by: customer, level_db: {min: 10}}}", "fail"),
        ("{loudness: {by: agent, level_db: {min: 6}}}", "fail"),
        ("{loudness: {by: customer, level_db: {min: 6}, count: {min: 2}}}", "fail"),
        ("{loudness: {by: customer, level_db: {min: 6}, within: {turns: 4}}}", "fail"),
        ("{loudness: {by: customer, level_db: {min: 6}, except: [很划算]}}", "fail"),
        ("{loudness: {by: customer, rise_db: {min: 4}}}", "pass"),
        ("{loudness: {by: agent, rise_db: {min: 4}}}", "fail"),
        ("{loudness: {by: customer, step_db: {min: 8}}}", "pass"),
        ("{loudness: {by: customer, step_db: {min: 8}, within: {turns: 4}}}", "fail"),
        ("{loudness: {by: customer, peak_dbfs: {min: -13}}}", "pass"),
        ("{loudness: {by: agent, peak_dbfs: {min: -13}}}", "fail"),
        ("{pitch_movement: {by: customer, range_st: {min: 8}}}", "pass"),
        ("{pitch_movement: {by: agent, range_st: {min: 8}}}", "fail"),
        ("{pitch_movement: {by: customer, rise_st: {min: 3}}}", "pass"),
        ("{pitch_movement: {by: customer, rise_st: {min: 3}, within: {turns: 4}}}", "fail"),
        ("{pitch_movement: {by: agent, usual_range_st: {max: 5}}}", "pass"),
        ("{pitch_movement: {by: agent, usual_range_st: {min: 5}}}", "fail"),
    ],
)
def test_sound(condition: str, expected: str) -> None:
    assert verdict(condition, ANGRY_AT_LAST) == expected


CONDITIONS = [
    "{loudness: {by: customer, level_db: {min: 6}}}",
    "{loudness: {by: customer, rise_db: {min: 4}}}",
    "{pitch_movement: {by: customer, range_st: {min: 8}}}",
    "{pitch_movement: {by: customer, usual_range_st: {min: 8}}}",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_imported_transcript_has_no_sound(condition: str) -> None:
    assert verdict(condition, DIALOGUE) == "unknown"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_turns_too_short_to_be_measured_decide_nothing(condition: str) -> None:
    assert verdict(condition, sounding(*[TurnSound()] * 7)) == "unknown"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_guessed_roles_leave_it_unknown(condition: str) -> None:
    unsure = sounding(AGENT, CALM, AGENT, CALM, AGENT, SHOUTS, AGENT, role_confidence=0.5)
    assert verdict(condition, unsure) == "unknown"


def test_two_turns_make_no_usual_level() -> None:
    few = sounding(AGENT, CALM, AGENT, TurnSound(), AGENT, SHOUTS, AGENT)
    assert verdict("{loudness: {by: customer, level_db: {min: 3}}}", few) == "unknown"


def test_a_louder_line_is_no_louder_voice() -> None:
    louder = [replace(s, loudness_dbfs=(s.loudness_dbfs or 0) + 12) for s in (CALM, CALM, CALM)]
    call = sounding(AGENT, louder[0], AGENT, louder[1], AGENT, louder[2], AGENT)
    assert verdict("{loudness: {by: customer, level_db: {min: 6}}}", call) == "fail"


def test_the_loud_turn_is_the_evidence() -> None:
    judged = judge("{loudness: {by: customer, level_db: {min: 6}}}", ANGRY_AT_LAST)
    assert [evidence.turn for evidence in judged.evidence] == [5]
