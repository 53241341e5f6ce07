"""Many stored calls, one after the other."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

from qa_engine.calls import Call, CallId
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.rescore import rescore
from tests.qa_engine.rubric.builders import HEAD, form, item, said

GREETS = item("pass_when: {says: {any_of: 您好}}")
RETIRED_HEAD = HEAD.replace("title: 小表", "title: 小表\nstatus: retired", 1)
SALES = compile_rubric(parse_rubric(form(GREETS)), code_version="test")
RETIRED = compile_rubric(parse_rubric(form(GREETS, head=RETIRED_HEAD)), code_version="test")
LINE = "坐席:您好,我是安心保险的小李,一个月三百八 / 客户:太贵了,不需要 / 坐席:理解您,现在有优惠"


def stored(number: int) -> Iterator[tuple[Call, Analysis | None]]:
    for i in range(number):
        call = said(LINE)
        call = replace(call, transcript=replace(call.transcript, call_id=CallId(f"c-{i}")))
        yield call, analyze(call, SALES.taxonomy) if i % 2 else None


def test_every_call_under_every_form_that_is_for_it():
    found = list(rescore(stored(4), [SALES, RETIRED]))
    assert found == [evaluate(call, SALES, analysis=analysis) for call, analysis in stored(4)]


def test_calls_are_taken_only_as_evaluations_are():
    calls = stored(1_000_000_000)
    assert next(rescore(calls, [SALES])).call_id == "c-0"
    assert next(calls)[0].call_id == "c-1"


def test_nothing_of_a_call_is_kept():
    def left(number: int) -> int:
        before = tracemalloc.get_traced_memory()[0]
        for _ in rescore(stored(number), [SALES]):
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        left(100)  # what is remembered for all calls
        assert left(400) < 50_000
    finally:
        tracemalloc.stop()
