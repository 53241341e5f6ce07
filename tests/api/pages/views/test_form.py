"""The form: reasons that people can read, evidence in the order in which it is heard, what needs a look."""

from __future__ import annotations

import pytest

from api.pages.views.form import FormView, form_view, readable
from qa_engine.calls import CallId, Role, Transcript, Turn
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, Pins, Result, Verdict

READABLE = {
    "坐席未说符合“(年|月)[^,。!?]{0,8}”“(一|每)(个)?”的话": "坐席未说符合 2 条句式的话",
    "前 30 秒坐席未说符合“a+”“b”“c”“d”等 6 个说法的话;坐席未说“您好”": "前 30 秒坐席未说符合 6 条句式的话;坐席未说“您好”",
    "坐席说了“您好”(0:02.3)": "坐席说了“您好”(0:02.3)",
}


def item(name: str, verdict: Verdict, *evidence: Evidence, auto_fail: str | None = None) -> ItemVerdict:
    return ItemVerdict(f"s.{name}", name, "s", verdict, None, 1.0, evidence, "因为", auto_fail)


def form(*items: ItemVerdict) -> FormView:
    evaluation = Evaluation(
        CallId("c"), "r", 1, "表", 0.0, 0.0, 0.0, 80.0, Result.FAIL, items, "", Pins("c", "r", "l", "e")
    )
    heard = Transcript(CallId("c"), 9.0, (Turn(Role.AGENT, 4.0, 6.0, "您好"),))
    return form_view(evaluation, heard, section_titles={}, formula="")


@pytest.mark.parametrize(("reason", "shown"), READABLE.items())
def test_patterns_are_counted_not_shown(reason: str, shown: str) -> None:
    assert readable(reason) == shown


def test_chips_come_in_the_order_of_the_call_facts_last_and_each_once() -> None:
    fact, late = Evidence("fact", "started_at"), Evidence("says", "稳赚", 0, start_s=7.5)
    early, of_turn = Evidence("says", "保本", 0, start_s=1.25), Evidence("says", "您好", 0)
    (section,) = form(item("a", Verdict.FAIL, fact, late, of_turn, early, late)).sections
    shown = [(chip.text, chip.start_s) for chip in section.items[0].chips]
    assert shown == [("保本", 1.25), ("您好", 4.0), ("稳赚", 7.5), ("started_at", None)]


def test_what_is_not_met_or_not_decided_needs_a_look() -> None:
    verdicts = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NA)
    assert form(*(item(verdict.value, verdict) for verdict in verdicts)).open_items == 2


def test_auto_fail_items_stand_first_and_numbers_follow_the_page() -> None:
    found = form(item("a", Verdict.PASS), item("b", Verdict.FAIL, auto_fail="call"))
    assert [(section.kind, section.items[0].title) for section in found.sections] == [
        ("auto_fail", "b"),
        ("section", "a"),
    ]
    assert [shown.number for shown in found.items] == [1, 2]
