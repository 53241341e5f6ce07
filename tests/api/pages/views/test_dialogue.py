"""Silences and overlaps between turns, pauses in the transcript."""

from __future__ import annotations

from api.pages.views.dialogue import dialogue, overlaps, silences
from qa_engine.calls import CallId, Role, Span, Transcript, Turn

A, C = Role.AGENT, Role.CUSTOMER


def test_silence_is_where_no_turn_runs_also_at_the_ends() -> None:
    turns = [Turn(A, 2.0, 6.0, "一"), Turn(C, 3.0, 4.0, "二"), Turn(A, 7.0, 8.0, "三")]
    assert silences(turns, 12.0) == (Span(0.0, 2.0), Span(8.0, 12.0))


def test_overlap_is_two_speakers_at_once() -> None:
    turns = [
        Turn(A, 0.0, 5.0, "一"),
        Turn(C, 1.0, 2.0, "二"),
        Turn(C, 4.5, 6.0, "三"),
        Turn(C, 5.5, 7.0, "四"),
    ]
    assert overlaps(turns) == (Span(1.0, 2.0), Span(4.5, 5.0))


def test_only_long_pauses_are_printed_and_none_before_the_first_turn() -> None:
    turns = (Turn(A, 5.0, 6.0, "一"), Turn(C, 7.0, 8.0, "二"), Turn(A, 11.0, 12.0, "三"))
    views = dialogue(Transcript(CallId("c"), 12.0, turns), None)
    assert [view.pause_s for view in views] == [None, None, 3.0]
