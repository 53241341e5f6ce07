"""The form: evidence in the order in which it is heard, what needs a look."""

from __future__ import annotations

from api.pages.views.form import FormView, form_view
from qa_engine.calls import CallId, Role, Transcript, Turn
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, Pins, Result, Verdict


def item(name: str, verdict: Verdict, *evidence: Evidence, auto_fail: str | None = None) -> ItemVerdict:
    return ItemVerdict(f"s.{name}", name, "s", verdict, None, 1.0, evidence, "因为", auto_fail)


def form(*items: ItemVerdict) -> FormView:
    evaluation = Evaluation(
        CallId("c"), "r", 1, "表", 0.0, 0.0, 0.0, 80.0, Result.FAIL, items, "", Pins("c", "r", "l", "e")
    )
    heard = Transcript(CallId("c"), 9.0, (Turn(Role.AGENT, 4.0, 6.0, "您好"),))
    return form_view(evaluation, heard, section_titles={}, formula="")


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
